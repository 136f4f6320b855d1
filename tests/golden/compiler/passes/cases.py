"""Programs, words, and what a pass must leave alone."""

import numpy as np

from golden import systems
from golden.arithmetic.formats import Formats
from golden.compiler.lower import lowered
from golden.program.execute import evaluate
from golden.systems import System


class Soft(System):
    """Softplus: the logistic in its force; a matrix and a tied number."""

    @property
    def parameters(self):
        return {"W": (self.n, self.n), "g": (), "b": (self.n,)}

    def potential(self, q, u, theta):
        z = theta["W"] @ q + theta["b"]
        return np.sum(np.log1p(np.exp(z))) + theta["g"] * np.sum(q**2) / 2 + 0.7 * (q @ q) * np.sum(q) / 8


def programs(formats=None):
    """Every system's program before any pass."""
    chosen = [systems.get(name, n=4, m=2) for name in systems.SYSTEMS] + [Soft(4, 2)]
    return [lowered(system, formats or Formats()) for system in chosen]


def words(program, seed, shape=(20,)):
    """Random parameter words, the symmetric ones symmetric, and states and inputs, some at their ends."""
    rng = np.random.default_rng(seed)
    formats = program.formats

    def of(word, size):
        plain = rng.integers(word.low, word.high + 1, size)
        return np.where(rng.random(size) < 0.2, rng.choice([word.low, word.high, 0, -1], size), plain)

    theta = {name: of(formats.theta, size) for name, size in program.parameters}
    for name in program.symmetric:
        theta[name] = np.tril(theta[name]) + np.tril(theta[name], -1).T
    return theta, of(formats.q, (*shape, program.n)), of(formats.u, (*shape, program.m))


def same(before, after, seed=0):
    """Whether two programs give the same outputs, bit for bit, up to the place of the input gradient's point."""
    theta, q, u = words(before, seed)
    one, two = (evaluate(program, theta, q, u) | {"u": u, "one": 0} for program in (before, after))
    assert (one[before.kick] == two[after.kick]).all()
    for g, h in zip(before.gradients, after.gradients, strict=True):
        if g.parameter in before.symmetric and g != h:
            continue  # each r y^T is followed by its transpose: tests/golden/compiler/passes/test_symmetry.py
        assert str(g).count(",") == str(h).count(",")
        for left, right in zip(g.operands, h.operands, strict=True):
            assert np.array_equal(one[left], two[right]), (g, h)
            both = [program.types[name].fraction for program, name in ((before, left), (after, right))]
            assert both[0] == both[1]
    assert bool(before.input_gradient) == bool(after.input_gradient)
    if before.input_gradient:
        values = [
            np.ldexp(found[program.input_gradient].astype(float), -program.types[program.input_gradient].fraction)
            for program, found in ((before, one), (after, two))
        ]
        assert (values[0] == values[1]).all()
    return True
