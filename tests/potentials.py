"""Potentials that users write and that no system of golden.systems has: functions, and what they are made of.

Each line says what is tried.
"""

import numpy as np

from golden.systems import System


class Driven(System):
    """One learnt vector k, and a drive at the first neuron."""

    @property
    def parameters(self):
        return {"k": (self.n,)}

    def initial(self, seed=0):
        return {"k": np.random.default_rng(seed).uniform(0.25, 0.5, self.n)}

    def own(self, q, k):
        raise NotImplementedError

    def potential(self, q, u, theta):
        return self.own(q, theta["k"]) + np.sum(q**2) / 2 - u[0] * q[0]


class Toda(Driven):
    """Exponential springs: the parameter inside, so force and density read one exp."""

    def own(self, q, k):
        return np.sum(np.exp(k[1:] * np.diff(q)))


class Morse(Driven):
    """Bonds (1 - exp(-d))**2: products of one exp."""

    def own(self, q, k):
        return np.sum(k[1:] * (1 - np.exp(-np.diff(q))) ** 2)


class Gaussians(Driven):
    """A well read by force and density alike, and a cosine: two functions."""

    def own(self, q, k):
        return -np.sum(np.exp(-((k * q) ** 2))) - np.sum(np.cos(q)) / 4


class StrengthOfLogCosh(Driven):
    """A learnt strength: its density is log cosh itself, the force reads tanh."""

    def own(self, q, k):
        return np.sum(k * np.log(np.cosh(q)))


class SoftCoulomb(Driven):
    """A quotient by a root: the potential and its slope are two functions of d."""

    def own(self, q, k):
        return np.sum(k[1:] / np.sqrt(1.0 + np.diff(q) ** 2))


class NonlinearLine(Driven):
    """A range that is stated: (1 + d) log(1 + d) has an end at d = -1."""

    def own(self, q, k):
        d = np.clip(np.diff(q) / 8, -0.75, 3.0)
        return np.sum(k[1:] * ((1 + d) * np.log(1 + d) - d))


class LogSumExp(Driven):
    """A soft maximum: a table of 1 / S on a cut sum of tables."""

    def own(self, q, k):
        return np.log(np.sum(np.exp(k * q)))


class InverseSquareRepulsion(Driven):
    """A power of a distance that stays away from 0."""

    def own(self, q, k):
        return np.sum(k[1:] * np.clip(2 + np.diff(q) / 4, 1.0, 3.0) ** -2)


class Attention(System):
    """The logarithm of a sum of exponentials of scores: its force weighs them by their softmax."""

    @property
    def parameters(self):
        return {"W": (self.n, self.n)}

    def potential(self, q, u, theta):
        scores = np.tanh(theta["W"] @ np.tanh(q))
        return np.log(np.sum(np.exp(scores))) + np.sum(q**2) / 2 - u[0] * q[0]


class SimulatedBifurcation(System):
    """Kerr oscillators with a learnt pump and couplings: products alone."""

    symmetric = ("J",)

    @property
    def parameters(self):
        return {"J": (self.n, self.n), "pump": ()}

    def potential(self, q, u, theta):
        return (
            np.sum(q**4) / 4
            + np.sum(q**2) / 2
            - theta["pump"] * np.sum(q**2) / 2
            - u[0] * q[0]
            - q @ theta["J"] @ q / 2
        )


RUN = (Toda, Morse, Gaussians, StrengthOfLogCosh, SoftCoulomb, NonlinearLine, LogSumExp, InverseSquareRepulsion,
       Attention, SimulatedBifurcation)  # fmt: skip
