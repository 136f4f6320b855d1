"""Systems by name: the built-in ones, and a user's own as `path/to/file.py:Class`.

In: a name and sizes. Out: a `System`: parameters, their initial values, potential, graph.

May import of golden: errors, own_packages, language.
"""

from __future__ import annotations

import inspect
import re
from difflib import get_close_matches
from typing import Any

from golden.errors import HelError
from golden.language.validate import known_options, shortened, whole
from golden.systems import load
from golden.systems.banded import Banded
from golden.systems.base import System
from golden.systems.dense import Dense
from golden.systems.fput import Fput
from golden.systems.gated import Gated
from golden.systems.henon_heiles import HenonHeiles
from golden.systems.hopfield import Hopfield
from golden.systems.horn import Horn
from golden.systems.hru import Hru
from golden.systems.josephson import Josephson
from golden.systems.kuramoto import Kuramoto
from golden.systems.lennard_jones import LennardJones
from golden.systems.linear import Linear
from golden.systems.morse import Morse
from golden.systems.pendulum import Pendulum
from golden.systems.phi4 import Phi4
from golden.systems.random import Random
from golden.systems.rotor import Rotor
from golden.systems.sine_gordon import SineGordon
from golden.systems.spring_graph import SpringGraph
from golden.systems.springs import Springs
from golden.systems.stacked_dense import StackedDense
from golden.systems.toda import Toda
from golden.systems.various import FIRST, Various

__all__ = ["SYSTEMS", "Banded", "Dense", "Fput", "Gated", "HenonHeiles", "Hopfield", "Horn", "Hru", "Josephson",
           "Kuramoto", "LennardJones", "Linear", "Morse", "Pendulum", "Phi4", "Random", "Rotor", "SineGordon",
           "SpringGraph", "Springs", "StackedDense", "System", "Toda", "Various", "get", "is_random", "load",
           "sized"]  # fmt: skip

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
    "kuramoto": Kuramoto,
    "josephson": Josephson,
    "rotor": Rotor,
    "sine_gordon": SineGordon,
    "toda": Toda,
    "morse": Morse,
    "lennard_jones": LennardJones,
    "henon_heiles": HenonHeiles,
    "horn": Horn,
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

    `random` takes a seed: get("random", n=8, seed=3), or by name alone get("random-3", n=8); seeds from 1000 on draw
    from the whole language (`golden.systems.various`). Other options go to the
    built-in system's class: get("graph", n=3, edges=[(0, 1), (1, 2)]).

    >>> get("dense", n=4, m=2).parameters
    {'al': (4,), 'W': (4, 4), 'B': (4, 2), 'b': (4,)}
    >>> get("random-3", n=4, m=2).terms == get("random", n=4, m=2, seed=3).terms
    True
    """
    if not isinstance(name, str):
        raise HelError(f'a system\'s name is a word such as "dense", got {shortened(name)}; give a name')
    if load.is_file(name):
        if options:
            raise HelError(
                f"a system of a file is made with n and m alone, got {', '.join(options)} for {name}; leave it out, or"
                " import the class and make the system with it"
            )
        return load.make(name, n, m)
    seeded = re.fullmatch(_RANDOM, name)
    if seeded and seeded[1]:
        known_options(options, (), f"the system {name}")
        options = {"seed": int(seeded[1])}
    if not seeded and name not in SYSTEMS:
        near = get_close_matches(name.lower(), [*SYSTEMS, "random"], n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise HelError(
            f"there is no built-in system {name!r}; choose from {', '.join(SYSTEMS)}, or name path/to/file.py:Class"
            + hint
        )
    made = Random if seeded else SYSTEMS[name]
    known_options(options, list(inspect.signature(made).parameters)[2:], f"the system {name}")
    if seeded and whole(options.get("seed", 0), "the seed of a random potential", 0) >= FIRST:
        made = Various
    return made(n, m, **options)


def sized(system: object, *, neurons: int | None, inputs: int | None, usual_neurons: int, usual_inputs: int) -> System:
    """The system that a name and its sizes mean, or a `System` as it is; sizes left out (None) are the usual ones.

    Raises
    ------
    HelError : sizes that are not those of the `System`; and what `get` and `load.examined` raise.

    >>> sized("dense", neurons=8, inputs=None, usual_neurons=16, usual_inputs=4)
    Dense(n=8, m=4)
    >>> sized(Hru(6, 2), neurons=None, inputs=3, usual_neurons=16, usual_inputs=4)
    Traceback (most recent call last):
    ...
    golden.errors.HelError: Hru(n=6, m=2) has 2 inputs, got inputs = 3; leave it out, or make another
    """
    if isinstance(system, str):
        n = usual_neurons if neurons is None else neurons
        return get(system, n=n, m=usual_inputs if inputs is None else inputs)
    made = load.examined(system)
    for what, asked, has in (("neurons", neurons, made.n), ("inputs", inputs, made.m)):
        if asked not in (None, has):
            raise HelError(f"{made!r} has {has} {what}, got {what} = {asked!r}; leave it out, or make another")
    return made
