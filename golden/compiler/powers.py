"""Factors that cost nothing: signed powers of two."""

from __future__ import annotations

import numpy as np

__all__ = ["signed_powers"]


def signed_powers(factor: float) -> list[tuple[int, int]] | None:
    """factor, not 0, as one or two signed powers of two, [(sign, log2)], or None.

    >>> signed_powers(-0.75), signed_powers(0.1)
    ([(-1, 0), (1, -2)], None)
    """
    found = []
    rest = factor
    for _ in range(2):
        log2 = round(float(np.log2(abs(rest))))
        if abs(abs(rest) - 2.0**log2) >= abs(abs(rest) - 2.0 ** (log2 + 1)):
            log2 += 1
        found.append((1 if rest > 0 else -1, log2))
        rest -= found[-1][0] * 2.0**log2
        if abs(rest) < 2.0**-40 * abs(factor):  # 2 / 3 + 1 / 3 is 1, whatever the order
            return found
    return None
