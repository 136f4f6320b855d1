"""The Legendre correspondence: PFVP and the echo are one trajectory to the last bit; it makes the action stationary."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from golden.errors import HelError
from golden.rules import Problem
from golden.rules.glep.action import action
from golden.rules.glep.trajectories import echo, trajectories
from tests.golden.rules.cases import COSTS, case
from tests.golden.rules.glep.cases import EXACT, problem


@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("name", ["dense", "hru", "springs", "linear"])
def test_pfvp_is_the_echo_bit_for_bit(name, kind):
    """Lagrangian side: the action's nodes from T back. Hamiltonian side: flip p, the forward map on reversed inputs."""
    system, theta, arguments = case(name, kind, n=8, steps=200)
    found = trajectories(Problem(system, theta, **arguments), eps=0.01)
    positions, momenta = echo(found.family)
    assert np.array_equal(positions, [found.plus, found.minus])
    assert np.array_equal(momenta, [-found.plus_p, -found.minus_p])
    assert np.abs(found.plus - found.minus).max() > 1e-4 and np.array_equal(found.plus[-1], found.free[-1])


def test_the_echo_belongs_to_pfvp():
    posed, boundary = problem("pbvp", n=4, steps=30)
    with pytest.raises(
        HelError, match="the echo corresponds to pfvp with the scheme leapfrog, got pbvp with the scheme"
    ):
        echo(trajectories(posed, boundary).family)


@pytest.mark.parametrize("scheme", ["leapfrog", "verlet"])
@pytest.mark.parametrize("condition", EXACT)
def test_nudged_trajectories_make_the_action_stationary(condition, scheme):
    """autograd differentiates the action of its definition; at the ends its slopes are the momenta."""
    posed, boundary = problem(condition, n=3, steps=12, scheme=scheme)

    class Autograd(type(posed.system)):
        def potential(self, q, u, theta):
            z = theta["W"] @ q + theta["B"] @ u + theta["b"]
            return anp.sum(theta["al"] * q**2) / 2 + anp.sum(anp.log(anp.cosh(z)))

    eps, setting = 0.02, trajectories(posed, boundary, eps=0.02).family.setting
    family = trajectories(posed, boundary, eps=eps).family
    nodes = np.zeros((2, len(setting.lattice.nodes), 3))

    def visit(k, x, p):
        nodes[:, k] = x

    ends = family.run(visit=visit)

    def cost(positions):
        return sum(anp.sum((q - y) ** 2) / 2 for q, y in zip(positions, posed.targets, strict=True))

    for i, beta in enumerate((family.beta, -family.beta)):
        slope = grad(
            lambda x, beta=beta: action(
                Autograd(3, 2), setting.lattice, posed.theta, posed.inputs, x, beta=beta, cost=cost
            )
        )(nodes[i])
        assert np.abs(slope[1:-1]).max() < 1e-11
        assert slope[0] == pytest.approx(-ends.p0[i], abs=1e-11)
        assert slope[-1] == pytest.approx(ends.pT[i], abs=1e-11)
