"""How far apart two gradients are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from golden.language.graph import Array

__all__ = ["compare"]


def compare(grads: Mapping[str, Array], reference: Mapping[str, Array], names: Iterable[str]) -> tuple[float, float]:
    """(cosine, relative error) over the named gradients together.

    >>> compare({"a": np.array([3.0, 4.0])}, {"a": np.array([3.0, 0.0])}, ["a"])
    (0.6, 1.3333333333333333)
    """
    names = list(names)
    g, r = (np.concatenate([np.ravel(side[name]) for name in names]) for side in (grads, reference))
    if not g.any() or not r.any():
        return 0.0, 1.0
    return float(g @ r / np.linalg.norm(g) / np.linalg.norm(r)), float(np.linalg.norm(g - r) / np.linalg.norm(r))
