"""The motion: equal to the leapfrog, its tangents to differences, reversible; the Hessian product of every system."""

import numpy as np
import pytest

from golden.dynamics.leapfrog import Leapfrog
from golden.rules.glep.counts import Counts
from golden.rules.glep.lattice import SCHEMES, lattice
from golden.rules.glep.motion import Motion
from golden.systems import SYSTEMS, get


def moving(name, scheme, steps=30, n=4):
    rng = np.random.default_rng(3)
    system = get(name, n=n, m=2)
    rows = lattice(scheme, rows=steps + (scheme == "verlet"), step=0.125)
    inputs = rng.normal(size=(steps + (scheme == "verlet"), 2))
    counts = Counts()
    return Motion(system, rows, system.initial(1), inputs, counts), *rng.normal(size=(2, 3, n)), counts


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_lattice_of_the_leapfrog_is_the_leapfrog(name):
    motion, q, p, _ = moving(name, "leapfrog")
    leapfrog = Leapfrog(motion.system, motion.theta, 0.125)
    x, v = q, p
    for u in motion.inputs:
        x, v = leapfrog.forward(x, v, u)
    last = motion.run(q, p)
    assert np.array_equal(last[0], x) and np.array_equal(last[1], v)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", SYSTEMS)
def test_tangents_are_the_derivative_and_symplectic(name, scheme):
    motion, q, p, counts = moving(name, scheme)
    matrix = motion.tangents(q, p)
    n = q.shape[-1]
    assert counts.hessian_products == 3 * 2 * n * (30 + (scheme == "verlet"))
    delta = 1e-6
    for j in range(2 * n):
        push = delta * np.eye(2 * n)[j]
        ends = [np.concatenate(motion.run(q + s * push[:n], p + s * push[n:]), axis=-1) for s in (1, -1)]
        assert matrix[..., j] == pytest.approx((ends[0] - ends[1]) / (2 * delta), rel=1e-6, abs=1e-7)
    form = np.kron([[0, 1], [-1, 0]], np.eye(n))
    assert matrix.swapaxes(-1, -2) @ form @ matrix == pytest.approx(np.broadcast_to(form, matrix.shape), abs=1e-9)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_backwards_undoes_forwards(scheme):
    motion, q, p, counts = moving("dense", scheme)
    back = motion.run(*motion.run(q, p), back=True)
    assert back[0] == pytest.approx(q, abs=1e-12) and back[1] == pytest.approx(p, abs=1e-12)
    assert counts.passes == 6 and counts.words == 24
