"""A stack: encoder, Hamiltonian layers joined by static mixings, readout. Sizes, parameters, and the static maps.

At every step t, from below::

    u^1_t     = E v_t + e                          encoder, v_t the raw input
    (q, p)^l  <- leapfrog step of layer l with input u^l_t
    u^{l+1}_t = mixing_l(q^l_t, u^l_t)             q^l_t the position at the end of step t
    z_t       = R u^{L+1}_t + r                    readout; the cost reads z_t

A layer feels those below it only through its input, at the same step; nothing flows downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array, Shape
from golden.language.validate import numbers
from golden.stacks.mixing import Mixing
from golden.stacks.static import StaticMap
from golden.systems.base import System

__all__ = ["Stack"]

Layer = tuple[System, Mixing]


class Stack:
    """L layers between a linear encoder and a linear readout.

    Parameters
    ----------
    layers : (system, mixing) from the bottom up. A mixing has its system's n and m, and gives the next system's m
    channels : raw inputs m of one step
    outputs : numbers k the readout gives, for instance classes

    Members
    -------
    n : neurons of all layers together; states (..., n) are those of the layers side by side, bottom first
    m, k : channels and outputs
    parameters : name -> shape; names are ``encoder.E``, ``layer1.W``, ``mixing1.M`` ... ``readout.R``

    >>> from golden.systems import get
    >>> from golden.stacks.mixing import TanhMixing
    >>> stack = Stack([(get("hru", n=3, m=2), TanhMixing(3, 2)), (get("linear", n=4, m=2), TanhMixing(4, 2))], 1, 5)
    >>> stack
    Stack(1 -> hru(3, 2) tanhmixing -> linear(4, 2) tanhmixing -> 5)
    >>> stack.n, stack.parameters["readout.R"], len(stack.parameters)
    (7, (5, 2), 16)
    """

    def __init__(self, layers: Sequence[Layer], channels: int, outputs: int) -> None:
        if not isinstance(layers, Sequence):
            raise HelError(f"layers are a list of pairs (System, Mixing), got {layers!r:.60}")
        self.layers = list(layers)
        if not self.layers:
            raise HelError("a stack has at least one layer, got none; give (system, mixing) pairs")
        for what, size in (("channels", channels), ("outputs", outputs)):
            if not isinstance(size, int | np.integer) or size < 1:
                raise HelError(f"the number of {what} of a stack must be a whole number >= 1, got {size!r}")
        for at, layer in enumerate(self.layers, 1):
            if not (isinstance(layer, tuple | list) and len(layer) == 2 and isinstance(layer[0], System)
                    and isinstance(layer[1], Mixing)):  # fmt: skip
                raise HelError(f"layer {at} of a stack must be a pair (System, Mixing), got {layer!r}")
        for at, (system, mixing) in enumerate(self.layers, 1):
            if (mixing.n, mixing.m) != (system.n, system.m):
                raise HelError(
                    f"the mixing of layer {at} must have n = {system.n} and m = {system.m} of {system!r}, "
                    f"got {mixing!r}"
                )
            if at < len(self.layers) and mixing.k != self.layers[at][0].m:
                raise HelError(
                    f"layer {at} gives {mixing.k} numbers, but layer {at + 1} takes m = {self.layers[at][0].m}; "
                    "make them equal"
                )
        self.m, self.k = int(channels), int(outputs)
        width = self.layers[0][0].m
        self.encoder = _affine("encoder", "v", "E", "e", self.m, width)
        self.readout = _affine("readout", "x", "R", "r", self.layers[-1][1].k, self.k)
        self.parts: dict[str, Mapping[str, Shape]] = {"encoder": {"E": (width, self.m), "e": (width,)}}
        for at, (system, mixing) in enumerate(self.layers, 1):
            self.parts |= {f"layer{at}": system.parameters, f"mixing{at}": mixing.parameters}
        self.parts["readout"] = {"R": (self.k, self.layers[-1][1].k), "r": (self.k,)}

    @property
    def n(self) -> int:
        return sum(system.n for system, _ in self.layers)

    @property
    def parameters(self) -> dict[str, Shape]:
        return {f"{part}.{name}": tuple(s) for part, shapes in self.parts.items() for name, s in shapes.items()}

    def initial(self, seed: int) -> dict[str, Array]:
        """A random theta: each part's own, encoder and readout normal with variance 1 / columns, offsets 0."""
        random: dict[str, Callable[[int], dict[str, Array]]] = {}
        for at, (system, mixing) in enumerate(self.layers, 1):
            random |= {f"layer{at}": system.initial, f"mixing{at}": mixing.initial}
        theta: dict[str, Array] = {}
        for at, (part, shapes) in enumerate(self.parts.items()):
            own = random[part](seed + at) if part in random else _linear(shapes, seed + at)
            theta |= {f"{part}.{name}": value for name, value in own.items()}
        return theta

    def check(self, theta: Mapping[str, Any]) -> dict[str, dict[str, Array]]:
        """theta by part, part -> name -> float64 array of exactly its shape.

        Raises
        ------
        HelError : a parameter is missing, unknown or of the wrong shape.
        """
        wanted = self.parameters
        if not isinstance(theta, Mapping):
            raise HelError(f"theta of a stack maps the names of stack.parameters to arrays, got {theta!r:.60}")
        if set(theta) != set(wanted):
            missing, unknown = (", ".join(sorted(names)) or "none" for names in
                                (set(wanted) - set(theta), set(theta) - set(wanted)))  # fmt: skip
            raise HelError(f"theta of the stack misses {missing} and has unknown {unknown}; see stack.parameters")
        parts: dict[str, dict[str, Array]] = {part: {} for part in self.parts}
        for name, shape in wanted.items():
            part, own = name.split(".", 1)
            value = numbers(theta[name], f"parameter {name} of the stack")
            if value.shape != shape:
                raise HelError(f"parameter {name} of the stack has shape {shape}, got {value.shape}")
            parts[part][own] = value
        return parts

    def split(self, state: Array) -> list[Array]:
        """(..., n) into one (..., n_l) per layer.

        >>> from golden.systems import get
        >>> from golden.stacks.mixing import TanhMixing
        >>> stack = Stack([(get("hru", n=n), TanhMixing(n, 1)) for n in (1, 2)], 1, 1)
        >>> stack.split(np.arange(3.0))
        [array([0.]), array([1., 2.])]
        """
        sizes = np.cumsum([system.n for system, _ in self.layers])[:-1]
        return np.split(state, sizes, axis=-1)

    def __repr__(self) -> str:
        inner = " -> ".join(f"{s.name}({s.n}, {s.m}) {type(x).__name__.lower()}" for s, x in self.layers)
        return f"Stack({self.m} -> {inner} -> {self.k})"


def _affine(name: str, x: str, matrix: str, offset: str, columns: int, rows: int) -> StaticMap:
    """matrix x + offset."""
    shapes: dict[str, Shape] = {matrix: (rows, columns), offset: (rows,)}
    return StaticMap(name, lambda x, theta: theta[matrix] @ x + theta[offset], {x: (columns,)}, shapes, rows)


def _linear(shapes: Mapping[str, Shape], seed: int) -> dict[str, Array]:
    """Matrices normal with variance 1 / columns, offsets 0."""
    rng = np.random.default_rng(seed)
    scale = {name: 1 / np.sqrt(shape[1]) if len(shape) == 2 else 0.0 for name, shape in shapes.items()}
    return {name: rng.normal(0.0, scale[name], shape) for name, shape in shapes.items()}
