"""From a system's gradient graph to a program: normalise, lower, run the passes, choose the formats of the cuts.

In: `golden.systems.System`. Out: `golden.program.Program`. Imports golden.language, arithmetic, program and systems.
"""

from golden.compiler.compile import compile_system

__all__ = ["compile_system"]
