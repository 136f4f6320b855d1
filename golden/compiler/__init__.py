"""From a system's gradient graph to a program: normalise, lower, run the passes, choose the formats of the cuts.

In: `golden.systems.System`. Out: `golden.program.Program`.

May import of golden: errors, arithmetic, language, program, systems, compiler.passes.
"""

from golden.compiler.compile import compile_system

__all__ = ["compile_system"]
