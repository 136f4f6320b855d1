"""Passes: program in, program out. Each is checked by `Program.verify`; those of `pipeline` keep every bit.

`formats` is the exception, and no part of the pipeline: it chooses the formats of cuts after a calibration run.

May import of golden: errors, arithmetic, program.
"""

from golden.compiler.passes.pipeline import PASSES, pipeline, shown

__all__ = ["PASSES", "pipeline", "shown"]
