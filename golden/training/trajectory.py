"""One sample's way forward and back, in words: what the echo without a nudge returns to, as a report shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from golden.dynamics.integrator import Integrator, twin

if TYPE_CHECKING:  # it calls this
    from golden.training.sequences import Training

__all__ = ["trajectory"]


ROWS = 256
"""A longer sequence is thinned to about so many rows."""


def trajectory(training: Training, theta: Any, *, shown: int = 4) -> dict[str, Any]:
    """Positions of the first sample that a training is judged on, forward and in an echo without a nudge.

    Parameters
    ----------
    training : of one seed, in fixed point
    theta : parameter words, name -> words; those that it ended with
    shown : how many neurons, from the first on

    Returns
    -------
    neurons, fraction_bits (of a word of q), steps (the time of each row), forward and back (for each row the words of q
    of these neurons), return_error_lsb: the largest difference of any word of q and p, in either context, between
    the start and where the echo ends. It is 0.

    >>> from golden.training.sequences import Training
    >>> training = Training("digits", neurons=8, epochs=1, samples=20, validation=True)
    >>> found = trajectory(training, training.theta, shown=2)
    >>> found["neurons"], len(found["steps"]), found["forward"] == found["back"], found["return_error_lsb"]
    ([0, 1], 33, True, 0)
    """
    n = training.system.n
    inputs, _ = training.played(training.evaluation.first(1))[0]
    steps = len(inputs)
    integrator = Integrator(training.program, theta)
    neurons = min(shown, n)
    forward, back = (np.zeros((steps + 1, neurons), np.int64) for _ in range(2))
    rest = np.zeros(n, np.int64)

    def keep(t: int, q: Any) -> None:
        forward[t + 1] = q[:neurons]

    q, p = integrator.forward_many(rest, rest, inputs, keep)

    def observe(t: int, q: Any) -> None:
        back[t + 1] = q[0, :neurons]

    q, p = integrator.echo_many(*twin(q, p), inputs, nudge=observe)
    back[0] = q[0, :neurons]
    kept = [*range(0, steps, -(-steps // ROWS)), steps]
    return {
        "neurons": list(range(neurons)),
        "fraction_bits": training.formats.q.fraction_bits,
        "steps": kept,
        "forward": forward[kept].tolist(),
        "back": back[kept].tolist(),
        "return_error_lsb": int(max(np.abs(q).max(), np.abs(p).max())),
    }
