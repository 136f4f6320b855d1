"""Errors of one problem's gradient over powers of two of the nudge's strength eps, in integers and in float64.

The echo's error has two ends. A strong nudge leaves the linear response: that nonlinearity falls with eps^2, and
float64 has it too. A weak one drowns in the last places of the words: that round-off grows as 1 / eps, and is what
fixed point differs from float64 by. Between them lies the best eps; where depends on system, cost and length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from golden.checks.comparison import compare
from golden.language.graph import Array
from golden.problems.problem import Problem
from golden.problems.report import Gradients
from golden.problems.validity import LARGE
from golden.program import Program
from golden.rules import rhel, rhel_fixed
from golden.rules.rhel_fixed import MAX_EPS_LOG2

__all__ = ["FIRST", "Figure", "Progress", "Strengths", "raised"]

Progress = Callable[[int, int, str], None]

FIRST = range(-14, 5)
"""log2 eps at first; both ends move on while the best is near one."""

USUAL = -5
"""Taken where no strength is better than another: the gradient is zero."""

_MORE, _NEAR = 6, 2
_BATCH_WORDS = 1 << 24
"""Gradient words of one batch of echoes."""


@dataclass(frozen=True)
class Figure:
    """A gradient against the reference.

    Members
    -------
    cosine, error : as `golden.checks.comparison.compare`; of a gradient that is not finite 0 and infinity
    asymmetry : of the two echoes in float64, 0 in integers
    """

    cosine: float
    error: float
    asymmetry: float = 0.0


def raised(report: rhel_fixed.FixedReport) -> frozenset[str]:
    """Names of the flags of a run; `argument_clamped` with them, where an argument left its table."""
    names = {flag.name.lower() for flag in report.flags if flag.name}
    return frozenset(names | ({"argument_clamped"} if report.argument_clamped else set()))


class Strengths:
    """What is measured of a problem, each strength once; e is log2 eps throughout.

    Parameters
    ----------
    problem, program : as `golden.rules.rhel_fixed.gradient`
    wanted : the reference gradient of the parameters
    progress : called with (done, total, text)
    executor : as `golden.rules.rhel_fixed.gradient`

    >>> from golden.arithmetic.formats import Formats
    >>> from golden.checks.cases import Case, problem, reference
    >>> from golden.compiler import compile_system
    >>> case = Case("dense", 3, 1, 30)
    >>> posed, (wanted, _) = problem(case, 0), reference(case, 0, 18, 0.125)
    >>> found = Strengths(posed, wanted, compile_system(posed.system, Formats()))
    >>> best = found.best()
    >>> -8 < best < 0, found.fixed[best].error < found.fixed[best - 5].error, found.flags(best)
    (True, True, frozenset())
    """

    def __init__(
        self,
        problem: Problem,
        wanted: Mapping[str, Array],
        program: Program,
        progress: Progress | None = None,
        executor: str | None = None,
    ) -> None:
        self.problem, self.wanted, self.program, self.executor = problem, wanted, program, executor
        self.names = list(problem.theta)
        self.progress = progress or (lambda done, total, text: None)
        self.fixed: dict[int, Figure] = {}
        self.float: dict[int, Figure] = {}
        self.round_off: dict[int, float] = {}
        self._words: dict[int, Gradients] = {}
        self._flags: dict[int, frozenset[str]] = {}
        self._size = float(np.linalg.norm(np.concatenate([np.ravel(wanted[name]) for name in self.names])))

    def in_fixed(self, exponents: Iterable[int]) -> None:
        """Measures `fixed` where it is not known yet."""
        for part in self._parts(exponents, self.fixed, "fixed point"):
            grads, _, _ = self._gradients(part)
            for e, one in zip(part, grads, strict=True):
                self.fixed[e] = Figure(*compare(one, self.wanted, self.names))
                self._words[e] = one

    def in_float(self, exponents: Iterable[int]) -> None:
        """Measures `float` and `fixed`, and `round_off`, |fixed - float| / |reference|."""
        exponents = list(exponents)
        self.in_fixed(exponents)
        for part in self._parts(exponents, self.float, "float64"):
            grads, _, off = rhel.gradients_by_eps(self.problem, [2.0**e for e in part])
            for e, one, asymmetry in zip(part, grads, off, strict=True):
                finite = all(np.all(np.abs(value) < LARGE) for value in one.values())
                angle = compare(one, self.wanted, self.names) if finite else (0.0, np.inf)
                self.float[e] = Figure(*angle, asymmetry if np.isfinite(asymmetry) else np.inf)
                self.round_off[e] = self.apart(self._words[e], one) if finite else np.inf

    def apart(self, fixed: Mapping[str, Array], exact: Mapping[str, Array]) -> float:
        """|fixed - exact| / |reference|, over all parameters together."""
        differences = np.concatenate([np.ravel(fixed[name] - exact[name]) for name in self.names])
        return float(np.linalg.norm(differences) / self._size) if self._size else 0.0

    def flags(self, e: int) -> frozenset[str]:
        """What the passes at this strength alone raise."""
        if e not in self._flags:
            self._flags[e] = self._raised([e])
        return self._flags[e]

    def all_flags(self, exponents: Sequence[int]) -> None:
        """Measures `flags` of many strengths, groups that raise no more than the weakest does at once."""
        if not exponents:
            return
        found = self._raised(exponents)
        if len(exponents) == 1 or found == self.flags(min(self.fixed)):
            self._flags.update(dict.fromkeys(exponents, found))
            return
        middle = len(exponents) // 2
        self.all_flags(exponents[:middle])
        self.all_flags(exponents[middle:])

    def best(self) -> int:
        """The strength with the smallest error in fixed point among those that raise no flag of their own."""
        if not self._size:
            self.in_fixed([USUAL])
            return USUAL
        self.in_fixed(FIRST)
        while True:
            found, low, high = self._best_known(), min(self.fixed), max(self.fixed)
            if found - low < _NEAR and low > -MAX_EPS_LOG2:
                self.in_fixed(range(max(low - _MORE, -MAX_EPS_LOG2), low))
            elif high - found < _NEAR and high < MAX_EPS_LOG2 and self.flags(high) == self.flags(low):
                self.in_fixed(range(high + 1, min(high + _MORE, MAX_EPS_LOG2) + 1))
            else:
                return found

    def best_in_float(self, highest: int) -> int:
        """The strength with the smallest error in float64, none above `highest`."""
        self.in_float([e for e in self.fixed if e <= highest])
        while True:
            found = min((e for e in self.float if e <= highest), key=lambda e: self.float[e].error)
            low = min(self.float)
            if found - low >= _NEAR or low <= -MAX_EPS_LOG2:
                return found
            self.in_float(range(max(low - _MORE, -MAX_EPS_LOG2), low))

    def _best_known(self) -> int:
        quiet = self.flags(min(self.fixed))
        ranked = sorted(self.fixed, key=lambda e: (self.fixed[e].error, abs(e - USUAL)))
        return next(e for e in ranked if self.flags(e) == quiet)

    def _raised(self, exponents: Sequence[int]) -> frozenset[str]:
        return raised(self._gradients(exponents)[2])

    def _gradients(self, exponents: Sequence[int]) -> tuple[list[Gradients], float, rhel_fixed.FixedReport]:
        eps = [2.0**e for e in exponents]
        return rhel_fixed.gradients_by_eps(self.problem, eps, program=self.program, executor=self.executor)

    def _parts(self, exponents: Iterable[int], known: Mapping[int, Figure], text: str) -> Iterable[list[int]]:
        """The strengths that are not known, in batches that fit the memory."""
        missing = [e for e in exponents if e not in known]
        size = sum(value.size for value in self.problem.theta.values())
        length = max(1, _BATCH_WORDS // (8 * max(1, size)))
        for start in range(0, len(missing), length):
            self.progress(start, len(missing), text)
            yield missing[start : start + length]
