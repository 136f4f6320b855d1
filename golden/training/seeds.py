"""What a seed draws for a training: the readout's first weights and the order of the samples.

Each from a generator of its own, of [seed, 1] and [seed, 2]; the system's parameters are `system.initial(seed)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from golden.errors import HelError
from golden.language.validate import shortened, whole

__all__ = ["first_readout", "sample_order", "seeds_of", "side_by_side"]


def seeds_of(seed: object) -> int | list[int]:
    """A seed, or a list of seeds, as Python ints.

    >>> seeds_of(3), seeds_of(np.arange(2))
    (3, [0, 1])
    """
    if isinstance(seed, np.ndarray) and seed.ndim == 1:
        seed = seed.tolist()
    if isinstance(seed, Sequence) and not isinstance(seed, str | bytes):
        if not len(seed):
            raise HelError(f"a training has at least one seed, got {shortened(seed)}; use for example 0")
        return [whole(one, "a seed", 0) for one in seed]
    return whole(seed, "the seed", 0)


def side_by_side(seed: int | Sequence[int], make: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """make(seed); of S seeds, every array of all of them, with an axis (S,) before its own.

    >>> side_by_side([3, 4], lambda seed: {"a": np.array([seed, 0])})["a"].tolist()
    [[3, 0], [4, 0]]
    """
    if isinstance(seed, int):
        return make(seed)
    made = [make(one) for one in seed]
    return {name: np.stack([each[name] for each in made]) for name in made[0]}


def first_readout(seed: int, classes: int, neurons: int, deviation: float) -> dict[str, Any]:
    """weights (classes, neurons), normal; bias (classes,), zero.

    >>> {name: value.shape for name, value in first_readout(0, 10, 32, 0.3).items()}
    {'weights': (10, 32), 'bias': (10,)}
    """
    weights = np.random.default_rng([seed, 1]).normal(0.0, deviation, (classes, neurons))
    return {"weights": weights, "bias": np.zeros(classes)}


def sample_order(seed: int, samples: int, epochs: int) -> NDArray[np.int64]:
    """(epochs, samples) indices: a permutation of the samples for every epoch.

    >>> sample_order(0, 4, 2).shape
    (2, 4)
    """
    rng = np.random.default_rng([seed, 2])
    return np.stack([rng.permutation(samples) for _ in range(epochs)])
