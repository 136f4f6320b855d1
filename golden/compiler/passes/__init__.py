"""Passes: program in, program out. Each keeps what the program computes and is checked by `Program.verify` after it."""

from golden.compiler.passes.pipeline import PASSES, pipeline, shown

__all__ = ["PASSES", "pipeline", "shown"]
