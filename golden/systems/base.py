"""What a system is: sizes, named parameters and a potential."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language import autodiff
from golden.language.evaluate import Evaluator
from golden.language.graph import Array, Graph, Shape
from golden.language.trace import trace_function
from golden.language.validate import reals
from golden.systems.coordinates import Coordinates, coordinates
from golden.systems.ranges import bounded

__all__ = ["System", "Theta", "symmetrised"]

Theta = Mapping[str, Array]

_MADE = ("graph", "gradient", "force", "slopes", "coordinates", "examined")
"""Members of a system that are made from the others when they are first asked for."""


class System(ABC):
    """A Hamiltonian H(q, p) = |p|^2 / 2 + V(q, u; theta) with n neurons and m inputs.

    A user's system names its parameters with their shapes and writes the potential of ONE sample in ordinary NumPy;
    `golden.language.trace` lists what it may use. Everything else (force, gradients, integer program, hardware) is
    derived.

    Members
    -------
    n, m : number of neurons and of inputs
    parameters : name -> shape (), (k,) or (k, l)
    potential(q, u, theta) : q (n,), u (m,), theta[name] of the declared shape -> one number
    initial(seed) : a random theta within [-2, 2)
    symmetric : names of the parameters that are symmetric matrices; default none. Their gradients are symmetric too
    ranges : name -> (lowest, highest), within [-2, 2], of the parameters that learning keeps to a range; default none
    mass : positive numbers that do not change, (n,) or one for all; default 1
    angles : which positions are angles, in radians: True for all, or indices; default none

    >>> class Pendulums(System):
    ...     @property
    ...     def parameters(self):
    ...         return {"g": (self.n,)}
    ...     def potential(self, q, u, theta):
    ...         return -np.sum(theta["g"] * np.cos(q)) - u[0] * np.sum(q)
    >>> pendulums = Pendulums(2)
    >>> pendulums.potential(np.zeros(2), np.ones(1), {"g": np.array([1.0, 2.0])})
    np.float64(-3.0)
    >>> print(pendulums.gradient)
    pendulums: inputs q (2), u (1); parameters g (2)
    ...
    """

    symmetric: tuple[str, ...] = ()
    ranges: Mapping[str, tuple[float, float]] = MappingProxyType({})
    mass: Any = None
    angles: bool | Sequence[int] = False

    def __init__(self, n: int, m: int = 1) -> None:
        for what, size in (("neurons n", n), ("inputs m", m)):
            if not isinstance(size, int | np.integer) or isinstance(size, bool) or size < 1:
                raise HelError(f"the number of {what} must be a whole number >= 1, got {size!r}")
        self.n = int(n)
        self.m = int(m)

    @property
    def name(self) -> str:
        return type(self).__name__.lower()

    @property
    @abstractmethod
    def parameters(self) -> Mapping[str, Shape]:
        """Name -> shape."""

    @abstractmethod
    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        """V(q, u; theta) of one sample."""

    def reduced(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        """V in the coordinates that are integrated: unit masses, angles by turns (`golden.systems.coordinates`)."""
        leaf, energy = self.coordinates.leaf, self.coordinates.energy
        if isinstance(leaf, float) and leaf == 1.0 == energy:
            return self.potential(q, u, theta)
        value = self.potential(q * leaf, u, theta)
        return value if energy == 1.0 else value * energy

    @cached_property
    def coordinates(self) -> Coordinates:
        """How the position that the potential sees is made of the one that is integrated."""
        return coordinates(self.n, self.mass, self.angles, type(self).__name__)

    def initial(self, seed: int) -> dict[str, Array]:
        """A random theta: matrices normal with variance 1 / columns, vectors and numbers uniform in [0.2, 1]; within
        their ranges."""
        rng = np.random.default_rng(seed)
        theta: dict[str, Array] = {}
        for name, shape in self.parameters.items():
            matrix = len(shape) == 2
            theta[name] = rng.normal(0.0, 1.0, shape) / np.sqrt(shape[1]) if matrix else rng.uniform(0.2, 1.0, shape)
            if name in self.symmetric:
                theta[name] = symmetrised(theta[name])
        return bounded(theta, self.ranges)

    @cached_property
    def graph(self) -> Graph:
        """The traced potential V(q, u; theta): inputs q (n,) and u (m,), one output ``potential`` of shape ().

        Raises
        ------
        HelError : an operation outside the vocabulary, shapes that do not agree, or a result that is not one number.
        """
        inputs = {"q": (self.n,), "u": (self.m,)}
        return trace_function(self.reduced, self.name, inputs, self.parameters, output="potential")

    @cached_property
    def gradient(self) -> Graph:
        """dV/dq (``"q"``, the force), dV/du and dV/dtheta, as nodes."""
        return autodiff.gradient(self.graph, self.symmetric)

    @cached_property
    def force(self) -> Evaluator:
        """Computes ``"q"``: dV/dq, on batches."""
        return Evaluator(self.gradient, ["q"])

    @cached_property
    def slopes(self) -> Evaluator:
        """Computes ``"q"``, ``"u"`` and every parameter's dV/dtheta, on batches."""
        return Evaluator(self.gradient)

    def check(self, theta: Mapping[str, Any]) -> dict[str, Array]:
        """theta as float64 arrays, each of its declared shape, leading batch axes allowed.

        Raises
        ------
        HelError : a parameter is missing, unknown, not of real numbers or of the wrong shape.
        """
        wanted = self.parameters
        if set(theta) != set(wanted):
            have, got = (", ".join(names) or "none" for names in (wanted, theta))
            raise HelError(f"{self.name} has the parameters {have}; got {got}; give each of them, and no other")
        arrays = {name: reals(theta[name], f"parameter {name} of {self.name}") for name in wanted}
        for name, shape in wanted.items():
            size = arrays[name].shape
            if size[max(0, len(size) - len(shape)) :] != tuple(shape):
                wanted_shape = f"shape {tuple(shape)}, after any batch axes"
                raise HelError(f"parameter {name} of {self.name} has {wanted_shape}; got {size}")
        return arrays

    def __setattr__(self, name: str, value: object) -> None:
        """What has been traced stays what it is: learning rules would go on with the old potential."""
        if "graph" in self.__dict__:
            raise HelError(
                f"a system does not change once its potential has been traced, got a new {name} for {self!r};"
                " make another object"
            )
        super().__setattr__(name, value)

    def __getstate__(self) -> dict[str, Any]:
        """Without what can be made again: graphs and evaluators are not copied or pickled."""
        return {name: value for name, value in self.__dict__.items() if name not in _MADE}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(n={self.__dict__.get('n', '?')}, m={self.__dict__.get('m', '?')})"


def symmetrised(matrix: Array) -> Array:
    """(W + W^T) / sqrt 2: symmetric, its elements off the diagonal of the variance of W's."""
    return np.asarray((matrix + matrix.T) / np.sqrt(2.0))
