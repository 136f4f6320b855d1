"""Systems by name: the built-in ones, and a user's own as `path/to/file.py:Class`.

In: a name and sizes. Out: a `System`: parameters, their initial values, potential, graph.

May import of golden: errors, own_packages, language.
"""

from __future__ import annotations

import re
from typing import Any

from golden.errors import HelError
from golden.systems import load
from golden.systems.banded import Banded
from golden.systems.base import System
from golden.systems.dense import Dense
from golden.systems.fput import Fput
from golden.systems.gated import Gated
from golden.systems.hopfield import Hopfield
from golden.systems.hru import Hru
from golden.systems.linear import Linear
from golden.systems.pendulum import Pendulum
from golden.systems.phi4 import Phi4
from golden.systems.random import Random
from golden.systems.spring_graph import SpringGraph
from golden.systems.springs import Springs
from golden.systems.stacked_dense import StackedDense

__all__ = ["SYSTEMS", "Banded", "Dense", "Fput", "Gated", "Hopfield", "Hru", "Linear", "Pendulum", "Phi4", "Random",
           "SpringGraph", "Springs", "StackedDense", "System", "get", "is_random", "load"]  # fmt: skip

SYSTEMS: dict[str, type[System]] = {
    "springs": Springs,
    "hru": Hru,
    "dense": Dense,
    "linear": Linear,
    "graph": SpringGraph,
    "banded": Banded,
    "pendulum": Pendulum,
    "phi4": Phi4,
    "fput": Fput,
    "hopfield": Hopfield,
    "stack": StackedDense,
    "gated": Gated,
}
"""The built-in systems by the names that users type."""

_RANDOM = r"random(?:-(\d+))?"


def is_random(name: str) -> bool:
    """Whether a system's name means a random potential: `random`, or `random-3` for the seed 3.

    >>> is_random("random-17"), is_random("dense")
    (True, False)
    """
    return re.fullmatch(_RANDOM, name) is not None


def get(name: str, *, n: int, m: int = 1, **options: Any) -> System:
    """The built-in system `name`, or a user's `path/to/file.py:Class`, with n neurons and m inputs.

    `random` takes a seed: get("random", n=8, seed=3), or by name alone get("random-3", n=8). Other options go to the
    built-in system's class: get("graph", n=3, edges=[(0, 1), (1, 2)]).

    >>> get("dense", n=4, m=2).parameters
    {'al': (4,), 'W': (4, 4), 'B': (4, 2), 'b': (4,)}
    >>> get("random-3", n=4, m=2).terms == get("random", n=4, m=2, seed=3).terms
    True
    """
    if load.is_file(name):
        return load.make(name, n, m)
    seeded = re.fullmatch(_RANDOM, name)
    if seeded:
        return Random(n, m, **({"seed": int(seeded[1])} if seeded[1] else options))
    if name not in SYSTEMS:
        raise HelError(
            f"there is no built-in system {name!r}; choose from {', '.join(SYSTEMS)}, or name path/to/file.py:Class"
        )
    return SYSTEMS[name](n, m, **options)
