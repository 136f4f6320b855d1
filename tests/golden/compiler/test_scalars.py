"""Numbers anywhere in a potential: constants, inputs, parameters, elements and sums, in sums, products and functions.

A seed writes an expression; the program in real numbers is held to the potential as NumPy computes it.
"""

import numpy as np
import pytest

from golden.compiler.real import values
from tests.golden.compiler.test_lower import made, slope

SHAPES = {"g": (), "h": (), "c": (4,), "B": (4, 2)}
CONSTANTS = [1.0, 0.5, -0.25, 0.3, 2.0, -1.5]
FUNCTIONS = [np.tanh, np.sin, np.cos]


class Writer:
    """Draws one expression of numbers and vectors."""

    def __init__(self, seed, q, u, theta):
        self.rng, self.q, self.u, self.theta = np.random.default_rng(seed), q, u, theta
        self.function = FUNCTIONS[self.draw(3)]

    def draw(self, count):
        return int(self.rng.integers(count))

    def constant(self):
        return CONSTANTS[self.draw(len(CONSTANTS))]

    def number(self, depth):
        q, u, theta = self.q, self.u, self.theta
        leaves = [u[0], u[-1], theta["g"], theta["h"], q[self.draw(4)], theta["c"][1], np.sum(q * theta["c"])]
        if not depth:
            return leaves[self.draw(7)]
        match self.draw(7):
            case 0:
                return leaves[self.draw(7)]
            case 1:
                return self.constant() + self.number(depth - 1)
            case 2:
                return self.number(depth - 1) - self.constant() * self.number(depth - 1)
            case 3:
                return self.number(depth - 1) * self.number(depth - 1)
            case 4:
                return (self.constant() + self.number(depth - 1)) * self.number(depth - 1)
            case 5:
                return self.function(self.number(depth - 1))
        return np.sum(self.vector(depth - 1))

    def vector(self, depth):
        if not depth:
            return [self.q, self.theta["c"], np.roll(self.q, 1)][self.draw(3)]
        match self.draw(5):
            case 0:
                return (self.constant() + self.number(depth - 1)) * self.vector(depth - 1)
            case 1:
                return self.number(depth - 1) + self.constant() * self.vector(depth - 1) - self.constant()
            case 2:
                return self.vector(depth - 1) * self.vector(depth - 1)
            case 3:
                return self.function(self.vector(depth - 1))
        return self.vector(depth - 1) + self.vector(depth - 1)

    def potential(self):
        total = self.number(3) / 4 * (self.constant() + self.number(2)) + self.number(3) / 8
        if self.function is np.tanh:
            angle = (self.constant() + self.number(2)) * self.vector(1)
            total = total + np.sum(np.log(np.cosh(angle))) / 8
        return total


def energy(seed):
    """What the seed writes, and a little of every parameter."""

    def potential(q, u, theta):
        rest = np.sum(theta["c"] * q**2) + theta["g"] * np.sum(q**2) + theta["h"] * q[0] ** 2 + q @ (theta["B"] @ u)
        return rest / 2 + Writer(seed, q, u, theta).potential()

    return potential


def density(program, gradient, found):
    """dV/d(parameter) of a program's values in real numbers, without what does not depend on q."""
    total = 0.0
    for term in gradient.terms:
        r, y = found[term.r], found[term.y]
        product = np.multiply.outer(r, y) if term.product == "outer" else r * y
        total = total + term.sign * 2.0**-term.halvings * product
    return total


@pytest.mark.parametrize("seed", range(60))
def test_numbers_stand_wherever_a_number_can(seed):
    potential = energy(seed)
    program, rng = made(SHAPES, potential, n=4, m=2), np.random.default_rng([seed, 1])
    theta = {name: rng.uniform(0.2, 0.9, shape) for name, shape in SHAPES.items()}
    u, two, slopes = rng.normal(0.0, 0.5, 2), [], dict.fromkeys(SHAPES, 0.0)
    force_of = next(op.source for op in program.ops if op.name == program.kick)
    for sign in (1, -1):
        q = rng.normal(0.0, 0.5, 4)
        two.append(values(program, theta, q, u))
        force = slope(lambda at: potential(at, u, theta), q)
        assert two[-1][force_of] == pytest.approx(force, rel=1e-3, abs=1e-3)
        pushed = slope(lambda at, q=q: potential(q, at, theta), u)
        assert two[-1][program.input_gradient] == pytest.approx(pushed, rel=1e-3, abs=1e-3)
        for name in SHAPES:
            slopes[name] += sign * slope(lambda at, name=name, q=q: potential(q, u, theta | {name: at}), theta[name])
    for gradient in program.gradients:
        got = density(program, gradient, two[0]) - density(program, gradient, two[1])
        assert np.reshape(got, SHAPES[gradient.parameter]) == pytest.approx(
            slopes[gradient.parameter], rel=1e-3, abs=2e-3
        )
