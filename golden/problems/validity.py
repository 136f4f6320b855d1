"""When a result means something: a finite run, a nudge above round-off, two echoes on either side of the free run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import positive, shortened

__all__ = ["LARGE", "WEAKEST", "asymmetry", "check_distance", "check_finite", "check_nudge", "chosen"]

LARGE = 1e30
"""Where a run has diverged: nothing in float64 comes back from there."""

WEAKEST = 1e-13
"""A weaker nudge of one step is lost in the round-off of states of size 1."""


DISTANCES = (1e-12, 1e3)
"""Of central differences, for numbers of size 1: nearer, round-off is all of the difference."""


def check_finite(cost: float, grads: Mapping[str, Array], *, steps: int, step: float) -> None:
    """Raises HelError where a run of `steps` steps of h = `step` ended in inf or nan, or beyond `LARGE`.

    >>> check_finite(1.0, {"a": np.array([np.inf])}, steps=3, step=0.5)
    Traceback (most recent call last):
    ...
    golden.errors.HelError: the run diverged within 3 steps of h = 0.5; take a smaller step, smaller parameters or ...
    """
    if not all(np.all(np.abs(value) < LARGE) for value in (np.asarray(cost), *grads.values())):
        raise HelError(
            f"the run diverged within {steps} steps of h = {step:g}; "
            "take a smaller step, smaller parameters or another eps"
        )


def check_nudge(nudge: float, eps: float) -> None:
    """Refuses a nudge of one step below `WEAKEST`; `eps` is what the user gave.

    >>> check_nudge(1e-14, 1e-11)
    Traceback (most recent call last):
    ...
    golden.errors.HelError: a nudge of one step is at least 1e-13, got 1e-14 (round-off drowns it); raise eps = 1e-11
    """
    if nudge < WEAKEST:
        raise HelError(
            f"a nudge of one step is at least {WEAKEST:g}, got {nudge:.2g} (round-off drowns it); raise eps = {eps:g}"
        )


def check_distance(eps: float) -> None:
    """Refuses a distance of central differences that moves nothing, or beyond all that a cost is smooth on.

    >>> check_distance(1e-30)
    Traceback (most recent call last):
    ...
    golden.errors.HelError: the distance eps lies between 1e-12 and 1000, got 1e-30 (round-off or the cost's ...
    """
    positive(eps, "the distance eps", "1e-5")
    nearest, farthest = DISTANCES
    if not nearest <= eps <= farthest:
        raise HelError(
            f"the distance eps lies between {nearest:g} and {farthest:g}, got {eps:g} (round-off or the cost's "
            "curvature would be all that is seen); use for example 1e-5"
        )


def chosen(names: Iterable[str] | None, known: Iterable[str]) -> list[str]:
    """The gradients that a rule's option `names` asks for: all that are known where it is None.

    >>> chosen("u", ["a", "u"]), chosen(None, ["a", "u"])
    (['u'], ['a', 'u'])
    """
    known = list(known)
    if names is None:
        return known
    if not isinstance(names, Iterable):
        raise HelError(f"names is a list such as {known[:1]}, got {shortened(names)}; leave it out for all gradients")
    wanted = [names] if isinstance(names, str) else list(names)
    words = [name if isinstance(name, str) else shortened(name) for name in wanted]
    unknown = [word for word in words if word not in known]
    if unknown:
        raise HelError(f"there is no gradient of {', '.join(unknown)}; choose from {', '.join(known)}")
    return words


def asymmetry(plus: tuple[Array, Array], minus: tuple[Array, Array], start: tuple[Array, Array]) -> float:
    """`golden.problems.report.Report.asymmetry` of two echoes' ends and the start of the free run.

    |(plus + minus) / 2 - start| / |(plus - minus) / 2| over (q, p) together, each (..., n); the largest of the batch.

    >>> at = [(np.array([x]), np.zeros(1)) for x in (1.5, 0.7, 1.0)]
    >>> round(asymmetry(*at), 9)
    0.25
    """
    middle = np.concatenate([(a + b) / 2 - c for a, b, c in zip(plus, minus, start, strict=True)], axis=-1)
    half = np.concatenate([(a - b) / 2 for a, b in zip(plus, minus, strict=True)], axis=-1)
    off, apart = np.linalg.norm(middle, axis=-1), np.linalg.norm(half, axis=-1)
    # Without a nudge both echoes return to the start but for round-off, and there is nothing to compare.
    return float(np.max(np.divide(off, apart, out=np.zeros_like(off), where=apart > 0), initial=0.0))
