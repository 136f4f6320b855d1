"""Who runs a program: compiled code, or NumPy, the reference. The words are the same; only the time differs."""

from __future__ import annotations

import sys

from golden.dynamics.stepper import MakeSteps, numpy_steps
from golden.errors import HelError
from golden.language.validate import shortened
from golden.native.build import Unavailable
from golden.native.library import library_of
from golden.native.steps import NativeSteps
from golden.program import Program

__all__ = ["COMPILED", "EXECUTORS", "NUMPY", "executor_of", "steps_by"]

COMPILED, NUMPY = "compiled", "numpy"
EXECUTORS = (COMPILED, NUMPY)

PAYS = 1 << 15
"""From so many steps on NumPy takes longer than to compile, once, and to run."""

_told: set[str] = set()
"""Reasons that standard error knows of."""


def executor_of(program: Program, asked: str | None = None, steps: int = PAYS) -> str:
    """ "compiled" or "numpy": what was asked for, or what ends first; NumPy where nothing can be compiled, and says so.

    Parameters
    ----------
    asked : a word of EXECUTORS; None: compiled code where there are enough `steps`

    Raises
    ------
    HelError : another word.
    """
    if asked is not None and asked not in EXECUTORS:
        raise HelError(f"an executor is {' or '.join(EXECUTORS)}, got {shortened(asked)}; choose one, or leave it out")
    if asked == NUMPY or asked is None and steps < PAYS:
        return NUMPY
    try:
        library_of(program)
    except Unavailable as error:
        if str(error) not in _told:
            _told.add(str(error))
            if sys.stderr is not None:
                print(f"hel: NumPy runs what could run compiled, many times faster: {error}", file=sys.stderr)
        return NUMPY
    return COMPILED


def steps_by(executor: str) -> MakeSteps:
    """What makes the steps of an executor, for `golden.dynamics.integrator.Integrator`."""
    return NativeSteps if executor == COMPILED else numpy_steps
