"""What an integer rule says of dC/du where its program has no dV/du."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from golden.language.graph import uniform
from golden.problems.report import Gradients
from golden.program import Program
from golden.systems.base import System

__all__ = ["undriven"]


def undriven(grads: Gradients, shape: tuple[int, ...], program: Program, system: System) -> Gradients:
    """The gradients of a program without dV/du, with dC/du = 0 of that shape where the potential has no u in it.

    Where it has, and dV/du has no integer form, "u" is left out, and asked for, it says why.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> grads = undriven({}, (3, 1), Program.parse("program linear n=2 m=1"), linear)
    >>> "u" in grads
    False
    >>> grads["u"]
    Traceback (most recent call last):
    ...
    golden.errors.HelError: the program of linear has no dV/du: ...
    """
    if uniform(system.gradient.outputs["u"]) == 0.0:
        return grads | {"u": np.zeros(shape)}
    return _WithoutInputs(grads, program)


class _WithoutInputs(Gradients):
    """Gradients without "u"."""

    def __init__(self, grads: Gradients, program: Program) -> None:
        super().__init__(grads)
        self._program = program

    def __missing__(self, name: str) -> NoReturn:
        raise self._program.without_inputs if name == "u" else KeyError(name)
