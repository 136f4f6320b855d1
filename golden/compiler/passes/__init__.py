"""Passes: program in, program out. Each keeps every bit, and is checked by `Program.verify` after it.

May import of golden: arithmetic, program.
"""

from golden.compiler.passes.pipeline import PASSES, pipeline, shown

__all__ = ["PASSES", "pipeline", "shown"]
