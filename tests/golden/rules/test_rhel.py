"""The echo's gradient: orders in eps, exact cases, size of the error at T = 1000, memory, batches, errors."""

import tracemalloc

import numpy as np
import pytest

from golden.cost_functions import FinalCost
from golden.errors import HelError
from golden.rules import Problem, bptt, rhel
from golden.systems import SYSTEMS, System, get
from tests.golden.rules.cases import COSTS, NONLINEAR, QUADRATIC, case, one_minus_cosine, relative_error, run


def slope(name, kind, symmetric, eps, names=None):
    """Fitted order of the gradient's error in eps."""
    system, theta, arguments = case(name, kind, n=6, steps=40)
    reference, _, _ = bptt.gradient(Problem(system, theta, **arguments))
    errors = [
        relative_error(
            rhel.gradient(Problem(system, theta, **arguments), eps=e, symmetric=symmetric)[0], reference, names
        )
        for e in eps
    ]
    return np.polyfit(np.log(eps), np.log(errors), 1)[0]


@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("name", NONLINEAR)
def test_symmetric_echo_has_order_two(name, kind):
    assert 1.9 <= slope(name, kind, True, 2.0 ** -np.arange(6, 12)) <= 2.1


@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("name", NONLINEAR)
def test_one_sided_echo_has_order_one(name, kind):
    assert 0.9 <= slope(name, kind, False, 2.0 ** -np.arange(8, 14)) <= 1.1


@pytest.mark.parametrize("name", NONLINEAR)
@pytest.mark.parametrize("wanted", ["u", "q0", "p0"])
def test_input_and_state_gradients_have_order_two(name, wanted):
    assert 1.9 <= slope(name, "summed", True, 2.0 ** -np.arange(6, 12), [wanted]) <= 2.1


@pytest.mark.parametrize("steps", [1, 100, 1000])
@pytest.mark.parametrize("name", QUADRATIC)
def test_quadratic_system_with_final_cost_has_no_error_in_eps(name, steps):
    system, theta, arguments = case(name, "final", n=16, steps=steps)
    reference, _, _ = bptt.gradient(Problem(system, theta, **arguments))
    for eps in (1.0, 8.0):
        grads, _, _ = rhel.gradient(Problem(system, theta, **arguments), eps=eps)
        assert relative_error(grads, reference) < 1e-12
        assert all(relative_error(grads, reference, [key]) < 1e-12 for key in reference)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", [*NONLINEAR, *QUADRATIC])
def test_thousand_steps_summed_cost_from_rest(name, seed):
    """From random states of size 1 the nonlinear systems' third derivatives matter more: up to 3e-8 (hru), as eps^4."""
    system, theta, arguments = case(name, "summed", n=16, steps=1000, seed=seed)
    arguments |= {"q0": np.zeros(16), "p0": np.zeros(16)}
    reference, cost, _ = bptt.gradient(Problem(system, theta, **arguments))
    grads, same, _ = rhel.gradient(Problem(system, theta, **arguments), eps=1e-3)
    assert same == pytest.approx(cost, rel=1e-11)
    assert one_minus_cosine(grads, reference, list(theta)) <= 1e-10
    for key in ("u", "q0", "p0"):
        assert one_minus_cosine(grads, reference, [key]) <= 1e-10


@pytest.mark.parametrize(("symmetric", "passes", "states"), [(True, 3, 4), (False, 2, 2)])
@pytest.mark.parametrize("kind", COSTS)
def test_report_counts_and_memory_does_not_depend_on_steps(kind, symmetric, passes, states):
    for steps in (3, 30, 300):
        system, theta, arguments = case("dense", kind, n=5, steps=steps)
        _, _, report = rhel.gradient(Problem(system, theta, **arguments), symmetric=symmetric)
        assert (report.steps, report.passes, report.force_evaluations) == (steps, passes, passes * steps)
        assert report.stored_words == 5 * (states + (kind == "averaged"))
        assert (report.hessian_products, report.solver_iterations) == (0, 0)


def test_allocated_memory_grows_with_the_input_gradient_only():
    peaks = []
    for steps in (100, 2100):
        system, theta, arguments = case("dense", "final", n=64, m=1, steps=steps)
        rhel.gradient(Problem(system, theta, **arguments))
        tracemalloc.start()
        rhel.gradient(Problem(system, theta, **arguments))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 2000 * 8 + 8192  # one trajectory of q alone would be 2000 * 64 * 8


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("name", SYSTEMS)
def test_batch_is_the_sum_of_its_samples(name, kind, symmetric):
    system, theta, arguments = case(name, kind, steps=8, batch=(3, 2))
    grads, cost, _ = rhel.gradient(Problem(system, theta, **arguments), symmetric=symmetric)
    total = 0.0
    for at in np.ndindex(3, 2):
        late = (slice(None), *at)
        one = dict(arguments, inputs=arguments["inputs"][late], q0=arguments["q0"][at], p0=arguments["p0"][at])
        one["targets"] = arguments["targets"][late if kind == "summed" else at]
        sample, sample_cost, _ = rhel.gradient(Problem(system, theta, **one), symmetric=symmetric)
        total += sample_cost
        assert np.allclose(grads["u"][late], sample["u"], rtol=1e-7, atol=1e-9)
        assert np.allclose(grads["q0"][at], sample["q0"], rtol=1e-7, atol=1e-9)
        grads = {key: value - sample[key] if key in theta else value for key, value in grads.items()}
    assert cost == pytest.approx(total)
    assert all(np.allclose(grads[key], 0, atol=1e-8) for key in theta)


def test_one_theta_per_sample():
    system, theta, arguments = case("dense", "final", steps=8, batch=(3,))
    batched = dict(theta, W=np.stack([theta["W"], 0.5 * theta["W"], -theta["W"]]))
    grads, _, _ = rhel.gradient(Problem(system, batched, **arguments))
    reference, _, _ = bptt.gradient(Problem(system, batched, **arguments))
    assert grads["W"].shape == (3, 4, 4) and grads["b"].shape == (4,)
    assert relative_error(grads, reference) < 1e-6


def test_start_defaults_to_rest():
    system, theta, arguments = case("dense", "final")
    resting = dict(arguments, q0=np.zeros(4), p0=np.zeros(4))
    default = {key: value for key, value in arguments.items() if key not in ("q0", "p0")}
    assert rhel.gradient(Problem(system, theta, **default))[1] == rhel.gradient(Problem(system, theta, **resting))[1]


def test_a_slope_that_does_not_depend_on_the_state_cancels():
    """dV/dc = 1 has no batch axes of its own; it is summed over the batch in both contexts."""

    class Offset(type(get("linear", n=2))):
        @property
        def parameters(self):
            return {**super().parameters, "c": (2,)}

        def potential(self, q, u, theta):
            return super().potential(q, u, theta) + np.sum(theta["c"])

    theta = {**get("linear", n=2).initial(0), "c": np.ones(2)}
    grads, _, _ = rhel.gradient(Problem(Offset(2), theta, np.ones((5, 3, 1)), np.ones((3, 2))))
    assert np.array_equal(grads["c"], np.zeros(2)) and np.any(grads["a"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eps": 0.0}, "the nudge strength eps must be a positive number, got 0.0"),
        ({"eps": float("nan")}, "eps must be a positive number, got nan"),
        ({"step": -0.125}, "the step h must be a positive number, got -0.125"),
        (
            {"inputs": np.zeros((5, 3))},
            r"inputs of Dense\(n=4, m=2\) have shape \(T, ..., 2\) with T >= 1, got \(5, 3\)",
        ),
        ({"inputs": np.zeros((0, 2))}, r"T >= 1, got \(0, 2\)"),
        ({"q0": np.zeros(5)}, r"q0 has shape \(4,\), got \(5,\)"),
        ({"targets": np.zeros((7, 4))}, r"targets have the batch axes \(\) of the inputs, got \(7,\)"),
        ({"targets": np.zeros(3)}, r"half_squared_error|operands of"),
        ({"targets": np.float64(1)}, "targets need a last axis"),
        ({"targets": np.full(4, np.nan)}, "targets must be finite, got inf or nan"),
        ({"inputs": "abc"}, "inputs must be an array of numbers, got 'abc'"),
        ({"theta": {"al": np.ones(4)}}, "dense has the parameters al, W, B, b; got al"),
        ({"theta": None}, "a rule takes a golden.systems.System and a theta by name, got .* NoneType"),
        ({"cost": FinalCost}, "a cost is one of golden.cost_functions, for instance"),
        ({"eps": 1e-18}, r"a nudge of one step is at least 1e-13, got 1e-18 \(round-off drowns it\)"),
        ({"step": 50.0}, "the run diverged within 20 steps of h = 50; take a smaller step"),
        ({"step": 50.0, "symmetric": False}, "the run diverged within 20 steps"),
    ],
)
def test_errors(change, message):
    system, theta, arguments = case("dense", "final")
    with pytest.raises(HelError, match=message):
        run(rhel.gradient, Problem, system, **{"theta": theta, **arguments, **change})


def test_nan_in_a_parameter_is_named():
    system, theta, arguments = case("dense", "final")
    with pytest.raises(HelError, match="W must be finite, got inf or nan; look where it comes from"):
        rhel.gradient(Problem(system, {**theta, "W": theta["W"] * np.nan}, **arguments))


def test_summed_targets_must_cover_every_step():
    system, theta, arguments = case("dense", "summed", steps=20)
    with pytest.raises(HelError, match=r"a summed cost needs one target per step, \(20, ..., k\); got shape \(19, 4\)"):
        rhel.gradient(Problem(system, theta, **{**arguments, "targets": arguments["targets"][1:]}))


def test_reserved_parameter_names():
    class Clash(type(get("linear", n=2))):
        @property
        def parameters(self):
            return {"q0": (2,)}

    with pytest.raises(HelError, match="gradients are named u, q0 and p0; rename the parameter q0"):
        rhel.gradient(Problem(Clash(2), {"q0": np.zeros(2)}, np.zeros((3, 1)), np.zeros(2)))


def test_a_cost_with_its_own_gradient_is_used_as_given():
    """Softmax cross-entropy, outside the traced vocabulary, with a readout matrix."""
    system, theta, arguments = case("dense", "final")
    readout = np.random.default_rng(0).normal(size=(3, 4))

    def probabilities(q):
        logits = q @ readout.T
        weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return weights / weights.sum(axis=-1, keepdims=True)

    cost = FinalCost(
        lambda q, y: -np.sum(y * np.log(probabilities(q)), axis=-1),
        gradient=lambda q, y: (probabilities(q) - y) @ readout,
    )
    arguments |= {"cost": cost, "targets": np.array([0.0, 1.0, 0.0])}
    reference, value, _ = bptt.gradient(Problem(system, theta, **arguments))
    grads, same, _ = rhel.gradient(Problem(system, theta, **arguments))
    assert same == pytest.approx(value) and relative_error(grads, reference) < 1e-5


def test_asymmetry_falls_with_eps_and_tells_chaos():
    """Where the way back has drowned in round-off the gradient means nothing, and the report says so."""
    system, theta, arguments = case("dense", "final", n=8, steps=60)
    found = [
        rhel.gradient(Problem(system, theta, **arguments), eps=eps)[2].asymmetry for eps in (2.0**-4, 2.0**-7, 2.0**-10)
    ]
    assert found[0] > 4 * found[1] > 16 * found[2] > 0
    assert rhel.gradient(Problem(system, theta, **arguments), symmetric=False)[2].asymmetry == 0
    wild = {**theta, "W": 3 * theta["W"]}
    system, _, arguments = case("dense", "final", n=8, steps=1000)
    grads, _, report = rhel.gradient(Problem(system, wild, **arguments), eps=1e-6)
    reference, _, _ = bptt.gradient(Problem(system, wild, **arguments))
    assert one_minus_cosine(grads, reference, system.parameters) > 0.1
    assert report.asymmetry > 0.5


class Idle(System):
    """c has a constant slope, g and e none."""

    @property
    def parameters(self):
        return {"c": (3,), "g": (), "e": (0,), "k": (3,)}

    def potential(self, q, u, theta):
        return np.sum(np.arange(3) * theta["c"]) + np.sum(theta["k"] * q**2) / 2 - u[0] * q[0]


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("batch", [(), (2,)])
def test_what_does_not_act_has_no_gradient(batch, symmetric):
    system, rng = Idle(3), np.random.default_rng(0)
    arguments = {"inputs": rng.normal(size=(5, *batch, 1)), "targets": rng.normal(size=(*batch, 3))}
    reference, _, _ = bptt.gradient(Problem(system, system.initial(0), **arguments))
    grads, _, _ = rhel.gradient(Problem(system, system.initial(0), **arguments), eps=1e-5, symmetric=symmetric)
    for name, shape in system.parameters.items():
        assert grads[name].shape == shape and np.allclose(grads[name], reference[name], atol=1e-4)
    assert not grads["g"].any() and abs(grads["c"]).max() < 1e-9 and grads["k"].any()


@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("batch", [(), (3,)])
def test_gradients_at_several_strengths_are_those_of_each(kind, batch):
    system, theta, arguments = case("dense", kind, steps=30, batch=batch)
    posed = Problem(system, theta, **arguments)
    eps = [2.0**-9, 2.0**-5, 0.3]
    found, total, asymmetries = rhel.gradients_by_eps(posed, eps)
    for one, off, strength in zip(found, asymmetries, eps, strict=True):
        wanted, cost, report = rhel.gradient(posed, eps=strength)
        assert total == cost and off == pytest.approx(report.asymmetry, rel=1e-6)
        assert sorted(one) == sorted(theta) and relative_error(one, wanted, list(theta)) < 1e-9


def test_parameters_of_each_sample_at_several_strengths():
    system, theta, arguments = case("hru", "final", steps=20, batch=(2,))
    posed = Problem(system, {name: np.stack([value, value / 2]) for name, value in theta.items()}, **arguments)
    (found,), _, _ = rhel.gradients_by_eps(posed, [2.0**-6])
    wanted, _, _ = rhel.gradient(posed, eps=2.0**-6)
    assert found["w"].shape == wanted["w"].shape and relative_error(found, wanted, list(theta)) < 1e-9


def test_a_strength_that_is_none():
    system, theta, arguments = case("dense", "final")
    with pytest.raises(HelError, match="the nudge strength eps must be a positive number, got -1"):
        rhel.gradients_by_eps(Problem(system, theta, **arguments), [0.5, -1.0])
