"""A drifting channel: symbols of four levels through dispersion, a nonlinearity and noise, for an equaliser to tell.

The wireless channel of H. Jaeger and H. Haas, "Harnessing nonlinearity: predicting chaotic systems and saving energy in
wireless communication", Science 304, 78 (2004): symbols d in {-3, -1, 1, 3}, each as likely,

    q(n) = sum over k = -2 .. 7 of c_k d(n - k),     u(n) = q(n) + 0.036 q(n)^2 - 0.011 q(n)^3 + v(n)

with v normal at a ratio of signal to noise in decibels. To be told is d(n - 2) from u(n), u(n - 1), .... Their c_k stay
what they are; here each swings about its own, slowly, with a period and a phase of its own:

    c_k(n) = c_k + swing sin(2 pi n / P_k + phi_k),     P_k = period / r_k,  r_k uniform in [0.7, 1.3]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from golden.tasks.base import Split
from golden.tasks.normalise import INPUT_RANGE, rounded

__all__ = ["LEVELS", "Channel"]

LEVELS = 4
TAPS = (0.08, -0.12, 1.0, 0.18, -0.1, 0.091, -0.05, 0.04, 0.03, 0.01)
"""c_-2 to c_7."""
AHEAD = 2
SCALE = 4.0
"""An input is u / SCALE, rounded to what an operand holds."""


@dataclass(frozen=True)
class Channel:
    """One channel and its noise.

    Members
    -------
    seed : of periods and phases; symbols and noise have seeds of their own
    period : in symbols; None: the coefficients stay what they are at n = 0
    swing : of every coefficient
    noise_db : ratio of signal to noise

    >>> Channel(0, None, swing=0.0).coefficients(np.arange(3))[2].tolist()
    [0.08, -0.12, 1.0, 0.18, -0.1, 0.091, -0.05, 0.04, 0.03, 0.01]
    """

    seed: int
    period: float | None
    swing: float
    noise_db: float = 28.0

    def coefficients(self, n: NDArray[np.int64]) -> NDArray[np.float64]:
        """c_k at each time: (len(n), 10)."""
        rng = np.random.default_rng([self.seed, 3])
        ratio, phase = rng.uniform(0.7, 1.3, len(TAPS)), rng.uniform(0, 2 * np.pi, len(TAPS))
        turns = np.zeros((len(n), 1)) if self.period is None else n[:, None] / self.period
        return np.asarray(TAPS + self.swing * np.sin(2 * np.pi * turns * ratio + phase))

    def received(self, count: int, draw: int, start: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Symbols 0 to 3 of times `start` to start + count - 1, and u(n) at these times; `draw` seeds both.

        >>> symbols, u = Channel(0, 100.0, swing=0.1).received(5, draw=1)
        >>> symbols.shape, u.shape
        ((5,), (5,))
        """
        rng = np.random.default_rng([self.seed, 4, draw])
        before = len(TAPS) - 1 - AHEAD
        symbols = rng.integers(0, LEVELS, before + count + AHEAD)
        d = 2.0 * symbols - (LEVELS - 1)
        # Column k is d(n + 2 - k) at the times n asked for.
        seen = np.stack([d[before + AHEAD - k :][:count] for k in range(len(TAPS))], axis=1)
        q = (self.coefficients(np.arange(start, start + count)) * seen).sum(1)
        clean = q + 0.036 * q**2 - 0.011 * q**3
        noise = rng.normal(0.0, clean.std() * 10 ** (-self.noise_db / 20), count)
        return symbols[before : before + count], clean + noise

    def windows(self, count: int, frames: int, draw: int, start: int = 0) -> Split:
        """`count` samples: the last u of times n - frames + 1 to n, n from `start` on, and the symbol of n - 2.

        >>> split = Channel(0, None, swing=0.1).windows(6, 8, draw=1)
        >>> split.inputs.shape, bool(np.all(split.inputs[0, 1:] == split.inputs[1, :-1]))
        ((6, 8, 1), True)
        """
        symbols, u = self.received(count + frames - 1, draw, start - frames + 1)
        inputs = rounded(np.clip(u / SCALE, -INPUT_RANGE, INPUT_RANGE))
        seen = np.lib.stride_tricks.sliding_window_view(inputs, frames)
        return Split(seen[..., None].copy(), symbols[frames - 1 - AHEAD :][:count])
