"""Equilibrium propagation: orders in eps, outside oracles, batches, memory, and energies it must refuse."""

import numpy as np
import pytest
from autograd import grad, jacobian
from scipy.optimize import root

from golden.cost_functions import AveragedCost, FinalCost, SummedCost
from golden.errors import HelError
from golden.rules import StaticProblem, ep
from golden.systems import System, get
from tests.golden.rules.cases import NONLINEAR, one_minus_cosine, relative_error, run
from tests.golden.rules.oracle import FORCES, half

NAMES = ("springs", "hru", "dense", "linear")


def case(name, *, n=8, m=3, seed=1, batch=()):
    rng = np.random.default_rng(seed)
    system = get(name, n=n, m=1 if name == "springs" else m)
    return system, system.initial(seed), rng.normal(size=(*batch, system.m)), rng.normal(size=(*batch, n))


def at_rest(name, theta, u):
    """The minimum, by SciPy's root finder on forces written by hand."""
    found = root(lambda q: FORCES[name](q, u, theta), np.zeros(len(next(iter(theta.values())))), tol=1e-14)
    return found.x


def implicit(name, theta, u, y):
    """dC/dtheta = -(dC/dq) H^-1 dF/dtheta at rest, derivatives of the hand-written force by autograd."""
    q = at_rest(name, theta, u)
    force = FORCES[name]
    adjoint = np.linalg.solve(jacobian(lambda x: force(x, u, theta))(q).T, grad(half)(q, y))
    wanted = {key: grad(lambda v, key=key: -adjoint @ force(q, u, {**theta, key: v}))(theta[key]) for key in theta}
    return {**wanted, "u": grad(lambda v: -adjoint @ force(q, v, theta))(u)}, half(q, y)


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_implicit_differentiation(name, symmetric):
    system, theta, u, y = case(name)
    wanted, value = implicit(name, theta, u, y)
    grads, cost, report = ep.gradient(
        StaticProblem(system, theta, u, y), eps=1e-5, tolerance=1e-13, symmetric=symmetric
    )
    assert cost == pytest.approx(value, rel=1e-10)
    assert all(relative_error(grads, wanted, [key]) < (1e-6 if symmetric else 1e-3) for key in wanted)
    assert report.residual <= 1e-13


@pytest.mark.parametrize("name", NONLINEAR)
def test_agrees_with_finite_differences(name):
    """Defaults, 10 neurons: every number moved, the state found again by SciPy."""
    system, theta, u, y = case(name, n=10)
    grads, _, _ = ep.gradient(StaticProblem(system, theta, u, y))
    wanted = {}
    for key in (*theta, "u"):
        start = u if key == "u" else theta[key]
        wanted[key] = np.zeros(start.size)
        for i in range(start.size):
            ends = []
            for sign in (1, -1):
                moved = start.copy()
                moved.flat[i] += sign * 1e-5
                changed = theta if key == "u" else {**theta, key: moved}
                ends.append(half(at_rest(name, changed, moved if key == "u" else u), y))
            wanted[key][i] = (ends[0] - ends[1]) / 2e-5
    assert one_minus_cosine(grads, wanted, list(theta)) <= 1e-6
    assert one_minus_cosine(grads, wanted, ["u"]) <= 1e-6


@pytest.mark.parametrize(("symmetric", "order"), [(True, 2), (False, 1)])
@pytest.mark.parametrize("wanted", ["parameters", "u"])
@pytest.mark.parametrize("name", NONLINEAR)
def test_order_in_eps(name, wanted, symmetric, order):
    system, theta, u, y = case(name)
    reference, _ = implicit(name, theta, u, y)
    names = list(theta) if wanted == "parameters" else ["u"]
    eps = 2.0 ** -np.arange(5, 11)
    errors = [
        relative_error(
            ep.gradient(StaticProblem(system, theta, u, y), eps=e, symmetric=symmetric, tolerance=1e-13)[0],
            reference,
            names,
        )
        for e in eps
    ]
    assert np.polyfit(np.log(eps), np.log(errors), 1)[0] == pytest.approx(order, abs=0.1)


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_a_batch_is_the_sum_of_its_samples(name, symmetric):
    system, theta, u, y = case(name, batch=(3, 2))
    grads, cost, _ = ep.gradient(StaticProblem(system, theta, u, y), symmetric=symmetric)
    total = 0.0
    for at in np.ndindex(3, 2):
        one, sample, _ = ep.gradient(StaticProblem(system, theta, u[at], y[at]), symmetric=symmetric)
        total += sample
        assert np.allclose(grads["u"][at], one["u"], atol=1e-5)
        grads = {key: value - one[key] if key in theta else value for key, value in grads.items()}
    assert cost == pytest.approx(total)
    assert all(np.allclose(grads[key], 0, atol=1e-5) for key in theta)


def test_one_theta_per_sample():
    system, theta, u, y = case("dense", batch=(3,))
    batched = dict(theta, W=np.stack([theta["W"], 0.5 * theta["W"], -theta["W"]]))
    grads, _, _ = ep.gradient(StaticProblem(system, batched, u, y), eps=1e-5, tolerance=1e-13)
    wanted = [implicit("dense", {**theta, "W": batched["W"][k]}, u[k], y[k])[0] for k in range(3)]
    assert grads["W"].shape == (3, 8, 8) and grads["b"].shape == (8,)
    assert relative_error(grads, {"W": np.stack([each["W"] for each in wanted])}) < 1e-6
    assert relative_error(grads, {"b": sum(each["b"] for each in wanted)}) < 1e-6


def test_a_cost_of_ones_own_and_a_start_of_ones_own():
    system, theta, u, y = case("dense")
    cost = FinalCost(lambda q, t: np.sum(np.logaddexp(0, -t * q)))
    one, value, _ = ep.gradient(StaticProblem(system, theta, u, y, cost=cost))
    two, same, _ = ep.gradient(StaticProblem(system, theta, u, y, cost=cost, q0=np.full(8, 3.0)))
    assert value == pytest.approx(same, rel=1e-9) and relative_error(one, two) < 1e-6
    q = at_rest("dense", theta, u)
    assert value == pytest.approx(np.sum(np.logaddexp(0, -y * q)), rel=1e-9)


def test_report_counts():
    system, theta, u, y = case("dense")
    _, _, report = ep.gradient(StaticProblem(system, theta, u, y))
    _, _, one_sided = ep.gradient(StaticProblem(system, theta, u, y), symmetric=False)
    per_context = 2 * 8 + 1 + 8  # q and force, a step, eight energies
    assert (report.rule, report.steps, report.passes, report.stored_words) == ("ep", 1, 3, 2 * per_context)
    assert (one_sided.rule, one_sided.passes, one_sided.stored_words) == ("ep one-sided", 2, per_context)
    assert report.force_evaluations == report.solver_iterations + 3
    assert one_sided.force_evaluations == one_sided.solver_iterations + 2
    assert report.hessian_products == 0


@pytest.mark.parametrize("symmetric", [True, False])
def test_a_nudge_below_the_tolerance_tightens_it(symmetric):
    """eps dC/dq of 1e-6, a tolerance of 1e-4: without care neither state would move."""
    system, theta, u, y = case("dense")
    wanted, _ = implicit("dense", theta, u, y)
    grads, _, report = ep.gradient(StaticProblem(system, theta, u, y), eps=1e-6, tolerance=1e-4, symmetric=symmetric)
    assert report.residual > 1e-7 or not symmetric
    assert relative_error(grads, wanted) < 0.05


def test_at_the_target_the_gradient_is_zero():
    system, theta, u, _ = case("dense")
    grads, cost, _ = ep.gradient(StaticProblem(system, theta, u, at_rest("dense", theta, u)), eps=1e-3)
    assert cost < 1e-15 and all(np.abs(value).max() < 1e-6 for value in grads.values())


def test_an_empty_batch_has_no_gradient():
    system, theta, _, _ = case("dense")
    with pytest.raises(HelError, match=r"have shape \(..., 3\), none empty, got \(0, 3\)"):
        StaticProblem(system, theta, np.zeros((0, 3)), np.zeros((0, 8)))


class Wells(System):
    """A double well for each neuron, coupled to the input."""

    @property
    def parameters(self):
        return {"w": (self.n,)}

    def potential(self, q, u, theta):
        return np.sum(theta["w"] * (q**2 - 1) ** 2) / 4 - u[0] * np.sum(q)


def test_wells_from_a_start_inside_one():
    """A non-convex energy: the gradient is that of the well the start lies in."""
    system, theta = Wells(3), {"w": np.array([1.0, 1.5, 0.7])}
    start = np.array([0.9, -0.8, 1.3])
    grads, _, _ = ep.gradient(
        StaticProblem(system, theta, np.array([0.05]), np.zeros(3), q0=start), eps=1e-4, tolerance=1e-12
    )

    def cost(u):
        return half(root(lambda q: theta["w"] * (q**3 - q) - u, start, tol=1e-13).x, np.zeros(3))

    assert grads["u"][0] == pytest.approx((cost(0.05 + 1e-6) - cost(0.05 - 1e-6)) / 2e-6, rel=1e-5)


@pytest.mark.parametrize("symmetric", [True, False])
def test_a_free_state_on_a_saddle_is_refused(symmetric):
    system, theta = Wells(3), {"w": np.ones(3)}
    with pytest.raises(HelError, match="below the free one in the potential: it left its basin, or the free state is"):
        ep.gradient(StaticProblem(system, theta, np.zeros(1), np.ones(3), q0=np.zeros(3)), symmetric=symmetric)


def test_a_strong_nudge_that_leaves_the_well_is_refused():
    """Tilted wells, the start in the upper one; the target pulls every neuron over the barrier."""
    system, theta = Wells(2), {"w": np.ones(2)}
    posed = StaticProblem(system, theta, np.array([0.3]), np.full(2, 2.0), q0=np.full(2, -0.9))
    with pytest.raises(HelError, match="it left its basin"):
        ep.gradient(posed, eps=0.5)


def test_an_energy_without_a_minimum_is_refused():
    system, theta, u, y = case("dense")
    with pytest.raises(HelError, match=r"the free energy has no minimum near the start: .* \(al > 0\)"):
        ep.gradient(StaticProblem(system, {**theta, "al": -theta["al"] - 3.0}, u, y))


def test_a_nudge_that_takes_the_minimum_away_is_refused():
    """-eps |q - y|^2 / 2 outweighs al q^2 / 2."""
    system, theta, u, y = case("linear")
    with pytest.raises(HelError, match="the energy with the nudge \\+3, -3 has no minimum near the start"):
        ep.gradient(StaticProblem(system, theta, u, y), eps=3.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eps": 1e-12}, "the nudge eps dC/dq, .*, is lost in round-off; raise eps, got 1e-12"),
        ({"eps": 0.0}, "the nudge strength eps must be a positive number, got 0.0"),
        ({"cost": SummedCost()}, "a state at rest has no steps: its cost is a FinalCost, got SummedCost"),
        ({"cost": AveragedCost()}, "got AveragedCost"),
        ({"inputs": np.zeros(4)}, r"static inputs of Dense\(n=8, m=3\) have shape \(..., 3\), got \(4,\)"),
        ({"inputs": np.array(1.0)}, r"have shape \(..., 3\), got \(\)"),
        ({"inputs": np.full(3, np.nan)}, "inputs must be finite, got inf or nan"),
        ({"inputs": np.full(3, np.inf)}, "inputs must be finite, got inf or nan"),
        ({"targets": np.full(8, np.nan)}, "targets must be finite, got inf or nan"),
        ({"q0": np.zeros(5)}, r"q0 has shape \(8,\)"),
        ({"targets": np.zeros((7, 8))}, r"targets have the batch axes \(\) of the inputs, got \(7,\)"),
        ({"max_iterations": 3}, "the free energy did not come to rest: residual .* after 3 iterations"),
        ({"tolerance": float("inf")}, "tolerance of a relaxation must be a positive number, got inf"),
    ],
)
def test_errors(change, message):
    system, theta, u, y = case("dense")
    with pytest.raises(HelError, match=message):
        run(ep.gradient, StaticProblem, system, theta, **{"inputs": u, "targets": y, **change})
