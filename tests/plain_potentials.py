"""Potentials that users write in ways of their own: constants with scalars, arrays in every shape, masses, turns.

None needs a table of its own function; those that do are in `tests.potentials`.
"""

import numpy as np
import scipy.sparse

from golden.systems import System


class InputScaled(System):
    """A stiffness modulated by the input."""

    @property
    def parameters(self):
        return {"k": (self.n,)}

    def potential(self, q, u, theta):
        return (1 + u[0]) * np.sum(theta["k"] * q**2) / 2


class ParametricPendulum(InputScaled):
    """The swing."""

    def potential(self, q, u, theta):
        return -(1 + u[0] / 2) * np.sum(theta["k"] * np.cos(q))


class InputTimesLogCosh(InputScaled):
    """Force and density read tanh alone; dV/du, which nobody asks for, is log cosh."""

    def potential(self, q, u, theta):
        return np.sum(q**2) / 2 + u[0] * np.sum(np.log(np.cosh(theta["k"] * q)))


class PhasesAllToAll(System):
    """A symmetric parameter in two quadratic forms."""

    symmetric = ("K",)

    @property
    def parameters(self):
        return {"K": (self.n, self.n), "B": (self.n, self.m)}

    def potential(self, q, u, theta):
        c, s = np.cos(q), np.sin(q)
        return -(c @ (theta["K"] @ c) + s @ (theta["K"] @ s)) / 2 + np.sum(q**2) / 2 - (theta["B"] @ u) @ q


class Masses(InputScaled):
    """One a neuron."""

    @property
    def mass(self):
        return np.linspace(1.0, 2.0, self.n)

    def potential(self, q, u, theta):
        return np.sum(theta["k"] * q**2) / 2 - u[0] * q[0]


class Turns(InputScaled):
    """A driven rotor in turns: the period of its cosine is 1."""

    def potential(self, q, u, theta):
        return -np.sum(theta["k"] * np.cos(2 * np.pi * q)) / 8 - u[0] * np.sum(q)


class SparseLaplacian(InputScaled):
    """A sparse constant is the matrix it is."""

    def potential(self, q, u, theta):
        laplacian = scipy.sparse.diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(self.n, self.n), format="csr")
        return q @ (laplacian @ q) / 2 + np.sum(theta["k"] * q**2) / 2 - u[0] * q[0]


class AllPairs(InputScaled):
    """Differences of all pairs by broadcasting."""

    def potential(self, q, u, theta):
        d = q[:, None] - q[None, :]
        return np.sum(np.log(np.cosh(d))) / 4 + np.sum(theta["k"] * q**2) / 2 - u[0] * q[0]


class AxisArgument(InputScaled):
    """A sum along an axis."""

    def potential(self, q, u, theta):
        return (theta["k"] * q**2).sum(axis=0) / 2 - u[0] * q[0]


PLAIN = (InputScaled, ParametricPendulum, InputTimesLogCosh, PhasesAllToAll, Masses, Turns, SparseLaplacian, AllPairs,
         AxisArgument)  # fmt: skip
