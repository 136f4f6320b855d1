"""The damped echo: orders in eps, outside oracles, g = 0 is RHEL bit for bit, the inverse, and its limits."""

import numpy as np
import pytest
from autograd import value_and_grad

from golden.cost_functions import FinalCost, SummedCost
from golden.dynamics.damped_leapfrog import DampedLeapfrog
from golden.errors import HelError
from golden.rules import Problem, dissipative, rhel
from tests.golden.rules.cases import COSTS, NONLINEAR, case, one_minus_cosine, relative_error, run
from tests.golden.rules.oracle import FORCES, half

NAMES = ("springs", "hru", "dense", "linear")


def cost_of(name, everything, inputs, targets, kind, step, damping):
    """C of a damped run, written out with autograd's NumPy."""
    q, p, c = everything["q0"], everything["p0"], np.exp(-damping * step / 2)
    total, mean = 0.0, 0.0
    for t in range(len(inputs)):
        p = c * p
        q = q + step / 2 * p
        p = p - step * FORCES[name](q, everything["u"][t], everything)
        q = q + step / 2 * p
        p = c * p
        if kind == "summed":
            total = total + half(q, targets[t])
        elif kind == "averaged":
            mean = mean + q**2 / len(inputs)
    if kind == "averaged":
        return half(mean, targets)
    return total if kind == "summed" else half(q, targets)


def reference(name, theta, arguments, kind, damping):
    """Gradients and cost by an outside autodiff library."""
    start = {**theta, "u": arguments["inputs"], "q0": arguments["q0"], "p0": arguments["p0"]}
    run = value_and_grad(lambda e: cost_of(name, e, e["u"], arguments["targets"], kind, arguments["step"], damping))
    cost, grads = run(start)
    return grads, cost


@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_agrees_with_autograd(name, kind):
    system, theta, arguments = case(name, kind, n=8, steps=120)
    wanted, value = reference(name, theta, arguments, kind, 0.2)
    grads, cost, report = dissipative.gradient(Problem(system, theta, **arguments), damping=0.2, eps=1e-4)
    assert cost == pytest.approx(float(value), rel=1e-12)
    assert all(one_minus_cosine(grads, wanted, [key]) < 1e-9 for key in wanted)
    assert relative_error(grads, wanted) < 1e-4
    assert (report.rule, report.passes, report.force_evaluations) == ("dissipative", 3, 360)


@pytest.mark.parametrize("kind", ["final", "summed"])
def test_agrees_with_finite_differences(kind):
    """Moved one number at a time, with a forward pass that is none of golden's."""
    system, theta, arguments = case("dense", kind, n=8, steps=100)
    grads, _, _ = dissipative.gradient(Problem(system, theta, **arguments), damping=0.3)
    start = {**theta, "u": arguments["inputs"], "q0": arguments["q0"], "p0": arguments["p0"]}
    wanted = {}
    for key in ("W", "B", "b", "al", "q0", "p0"):
        wanted[key] = np.zeros(start[key].size)
        for i in range(start[key].size):
            ends = []
            for sign in (1, -1):
                moved = start[key].copy()
                moved.flat[i] += sign * 1e-5
                e = {**start, key: moved}
                ends.append(cost_of("dense", e, e["u"], arguments["targets"], kind, 0.125, 0.3))
            wanted[key][i] = (ends[0] - ends[1]) / 2e-5
    assert one_minus_cosine(grads, wanted, list(theta)) <= 1e-6
    assert one_minus_cosine(grads, wanted, ["q0", "p0"]) <= 1e-6


@pytest.mark.parametrize(("symmetric", "order", "powers"), [(True, 2, (3, 8)), (False, 1, (6, 12))])
@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("name", NONLINEAR)
def test_order_in_eps(name, kind, symmetric, order, powers):
    system, theta, arguments = case(name, kind, n=8, steps=100)
    wanted, _ = reference(name, theta, arguments, kind, 0.1)
    eps = 2.0 ** -np.arange(*powers)
    posed, options = Problem(system, theta, **arguments), {"damping": 0.1, "symmetric": symmetric}
    errors = [relative_error(dissipative.gradient(posed, **options, eps=e)[0], wanted) for e in eps]
    assert np.polyfit(np.log(eps), np.log(errors), 1)[0] == pytest.approx(order, abs=0.1)


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("name", NAMES)
def test_without_damping_it_is_rhel_bit_for_bit(name, kind, symmetric):
    system, theta, arguments = case(name, kind, steps=30, batch=(3,))
    one, cost, report = dissipative.gradient(Problem(system, theta, **arguments), damping=0.0, symmetric=symmetric)
    two, same, other = rhel.gradient(Problem(system, theta, **arguments), symmetric=symmetric)
    assert cost == same and report.stored_words == other.stored_words
    assert all(np.array_equal(one[key], two[key]) for key in two)


def test_a_batch_is_the_sum_of_its_samples():
    system, theta, arguments = case("hru", "summed", steps=25, batch=(3,))
    grads, cost, _ = dissipative.gradient(Problem(system, theta, **arguments), damping=0.4)
    parts = []
    for k in range(3):
        one = {key: arguments[key][:, k] if key in ("inputs", "targets") else arguments[key][k] for key in ("q0", "p0")}
        one |= {key: arguments[key][:, k] for key in ("inputs", "targets")}
        parts.append(dissipative.gradient(Problem(system, theta, **one, cost=SummedCost()), damping=0.4))
    assert cost == pytest.approx(sum(part[1] for part in parts))
    assert all(np.allclose(grads[key], sum(part[0][key] for part in parts), rtol=1e-6, atol=1e-9) for key in theta)


def test_energy_falls_and_the_inverse_step_restores_it():
    system, theta, arguments = case("dense", "final", n=8)
    leapfrog = DampedLeapfrog(system, theta, 0.125, damping=0.3)
    q, p, u = arguments["q0"], arguments["p0"], np.zeros(2)
    energies, states = [], [(q, p)]
    for _ in range(200):
        q, p = leapfrog.forward(q, p, u)
        energies.append(p @ p / 2 + system.potential(q, u, theta))
        states.append((q, p))
    assert energies[-1] < energies[50] < energies[0]
    for before in states[-2::-1]:
        q, p = leapfrog.inverse(q, p, u)
        assert np.allclose((q, p), before, rtol=0, atol=1e-10)


def test_volume_contracts_by_exactly_the_damping():
    """The determinant of one step is e^{-g h n}: conformally symplectic."""
    system, theta, arguments = case("dense", "final", n=3)
    leapfrog = DampedLeapfrog(system, theta, 0.125, damping=0.7)
    start = np.concatenate([arguments["q0"], arguments["p0"]])

    def step(x):
        return np.concatenate(leapfrog.forward(x[:3], x[3:], np.ones(2)))

    jacobian = np.array([(step(start + e) - step(start - e)) / 2e-6 for e in 1e-6 * np.eye(6)])
    assert abs(np.linalg.det(jacobian)) == pytest.approx(np.exp(-0.7 * 0.125 * 3), rel=1e-7)


def test_the_step_has_order_two():
    """Against the closed form of the damped oscillator q'' + g q' + a q = 0."""
    system, theta, _ = case("linear", "final", n=1)
    theta, g, a = {"a": np.ones(1), "B": np.zeros((1, 2))}, 0.4, 1.0
    w, end = np.sqrt(a - g * g / 4), 4.0
    exact = np.exp(-g * end / 2) * (np.cos(w * end) + g / (2 * w) * np.sin(w * end))
    steps, errors = np.array([32, 64, 128, 256]), []
    for count in steps:
        leapfrog = DampedLeapfrog(system, theta, end / count, damping=g)
        q, p = np.ones(1), np.zeros(1)
        for _ in range(count):
            q, p = leapfrog.forward(q, p, np.zeros(2))
        errors.append(abs(q[0] - exact))
    assert np.polyfit(np.log(steps), np.log(errors), 1)[0] == pytest.approx(-2, abs=0.05)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"damping": -0.1}, "the damping g is one number >= 0, got -0.1"),
        ({"damping": float("nan")}, "the damping g is one number >= 0, got nan"),
        ({"damping": np.ones(4)}, "the damping g is one number >= 0, got array"),
        ({"damping": "0.1"}, "the damping g is one number >= 0, got '0.1'"),
        ({"damping": 1000.0}, "g h T is at most 40 for a final cost, got 2500; use less damping, or a smaller step"),
        ({"damping": 100.0}, "g h T is at most 40 for a final cost, got 250; use at most 3 steps, or less damping"),
        ({"damping": 0.1, "eps": 1e-20}, r"is at least 1e-13, got .* \(round-off drowns it\); raise eps = 1e-20"),
        ({"damping": 0.1, "eps": 0}, "the nudge strength eps must be a positive number, got 0"),
        ({"damping": 0.1, "q0": np.zeros(5)}, r"q0 has shape \(4,\)"),
    ],
)
def test_errors(change, message):
    system, theta, arguments = case("dense", "final")
    with pytest.raises(HelError, match=message):
        run(dissipative.gradient, Problem, system, theta, **{**arguments, **change})


def test_an_overdamped_echo_that_goes_astray_is_refused():
    """g h T = 39 is within the limit of the underdamped, but these directions decay as e^{-g t}."""
    system, theta, arguments = case("dense", "final", n=8, steps=100)
    with pytest.raises(HelError, match="the anti-damped echo ended .* away from its start"):
        dissipative.gradient(Problem(system, theta, **arguments), damping=39 / 12.5)


def test_a_cost_of_every_step_has_the_shorter_limit():
    system, theta, arguments = case("dense", "summed", steps=100)
    with pytest.raises(HelError, match="at most 20 for a cost of every step, got 25"):
        dissipative.gradient(Problem(system, theta, **arguments), damping=2.0)
    final = {**arguments, "targets": arguments["targets"][-1], "cost": FinalCost()}
    dissipative.gradient(Problem(system, theta, **final), damping=1.0)
