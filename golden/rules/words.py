"""A problem's arrays as the words of a format; what no word holds is named by its array and in its own units."""

from __future__ import annotations

import numpy as np

from golden.arithmetic.formats import SQ, Formats
from golden.arithmetic.rounding import Words
from golden.errors import HelError
from golden.language.graph import Array
from golden.problems.problem import Problem
from golden.problems.static_problem import StaticProblem

__all__ = ["array_words", "theta_words"]

_WIDEN = "scale the value down or raise integer_bits of the formats"
_FIXED = "the same in all formats: scale the value down, and multiply by a power of two in the potential instead"


def array_words(problem: Problem | StaticProblem, formats: Formats, name: str) -> Words:
    """Raw words of the problem's "inputs", "q0", "p0" or "targets".

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> array_words(Problem(linear, linear.initial(0), np.full((10, 1), 20.0), np.ones(2)), Formats(), "inputs")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: SQ(5, 13) holds raw values -131072 to 131071, that is -16 to 15.9999, got 20 in ...
    """
    word = {"inputs": formats.u, "q0": formats.q, "p0": formats.p, "targets": formats.q}[name]
    return _raw(word, getattr(problem, name), name, _FIXED if name == "inputs" else _WIDEN)


def theta_words(problem: Problem | StaticProblem, formats: Formats) -> dict[str, Words]:
    """Raw words of every parameter."""
    return {name: _raw(formats.theta, value, f"parameter {name}", _FIXED) for name, value in problem.theta.items()}


def _raw(word: SQ, value: Array, what: str, way: str) -> Words:
    try:
        return word.raw(value)
    except HelError:
        low, high = word.value(np.array([word.low, word.high]))
        far = value.flat[int(np.argmax(np.maximum(value - high, low - value)))]
        held = f"{word} holds raw values {word.low} to {word.high}, that is {low:g} to {high:g}"
        raise HelError(f"{held}, got {far:g} in {what}; {way}") from None
