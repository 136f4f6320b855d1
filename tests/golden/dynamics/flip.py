"""The echo as theory writes it: flip p, run the SAME forward map on reversed inputs, flip p.

    p <- wrap(-p);   for t = T..1:  p <- wrap(p + e_t);  (q, p) <- forward(q, p, u_t);   p <- wrap(-p)

An independent check of golden.dynamics.integrator, whose echo is the inverse step with a direction bit: the two give
the same words at every step, because D(-p) = -D(p) for the exact drift and K depends on q alone. One caveat: the most
negative word -2**(n-1) is its own negative after wrapping, and q, which has more bits than p, then drifts the wrong way
by one range of p. The direction bit has no such case; `most_negative` tells whether it arose.
"""

from collections.abc import Callable

import numpy as np

from golden.arithmetic.rounding import Words, wrap
from golden.dynamics.integrator import Integrator

__all__ = ["echo_by_flip", "most_negative"]


def echo_by_flip(
    integrator: Integrator,
    q: Words,
    p: Words,
    inputs: Words,
    nudge: Callable[[int, Words], Words | None] | None = None,
) -> tuple[Words, Words]:
    """Undoes the T steps of forward_many(..., inputs) for one context.

    q, p (..., n); inputs (T, ..., m); nudge(t, q) gives e in p's raw format, subtracted from p before step t is undone.
    """
    width = integrator.program.formats.p.width
    p = wrap(np.negative(p), width)
    for t in range(len(inputs) - 1, -1, -1):
        e = None if nudge is None else nudge(t, q)
        if e is not None:
            p = wrap(np.add(p, e), width)
        q, p = integrator.forward(q, p, inputs[t])
    return q, wrap(np.negative(p), width)


def most_negative(integrator: Integrator, p: Words) -> bool:
    """Whether a momentum word has no negative."""
    return bool((p == integrator.program.formats.p.low).any())
