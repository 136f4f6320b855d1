"""Echoes in lock-step: orders in eps, agreement with autograd and finite differences, memory, batches, errors."""

import tracemalloc

import numpy as np
import pytest

from golden.cost_functions import FinalCost, cross_entropy, cross_entropy_slope
from golden.errors import HelError
from golden.rules import Problem, StackProblem, rhel, stack_bptt
from golden.rules.stack import gradient
from golden.stacks import Mixing, Stack, TanhMixing
from golden.systems import get
from tests.golden.rules.cases import one_minus_cosine, relative_error, run
from tests.golden.rules.stack_cases import COSTS, difference_gradient, oracle_gradient, stack_case

SIZES = (8, 9, 10)


def reference(theta, arguments, kind, sizes=SIZES):
    plain = {key: value for key, value in arguments.items() if key != "cost"}
    return oracle_gradient(theta, **plain, kind=kind, sizes=sizes)


@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize(("symmetric", "order"), [(True, 2), (False, 1)])
def test_order_in_eps(kind, symmetric, order):
    """Three layers, 27 neurons, 100 steps; every parameter together, and inputs and initial states each."""
    stack, theta, arguments = stack_case(kind)
    wanted, cost = reference(theta, arguments, kind)
    eps = 2.0 ** -np.arange(7, 12)
    found = [gradient(StackProblem(stack, theta, **arguments), eps=e, symmetric=symmetric) for e in eps]
    assert found[0][1] == pytest.approx(cost, rel=1e-12)
    for names in (list(theta), ["u"], ["q0"], ["p0"]):
        errors = [relative_error(grads, wanted, names) for grads, _, _ in found]
        assert order - 0.1 <= np.polyfit(np.log(eps), np.log(errors), 1)[0] <= order + 0.1


@pytest.mark.parametrize("kind", COSTS)
def test_every_gradient_agrees_with_autograd(kind):
    """Each part by itself: encoder, layers, mixings, readout."""
    stack, theta, arguments = stack_case(kind)
    wanted, _ = reference(theta, arguments, kind)
    grads, _, _ = gradient(StackProblem(stack, theta, **arguments), eps=1e-4)
    assert set(grads) == set(wanted)
    for name in wanted:
        assert relative_error(grads, wanted, [name]) < 1e-6, name


@pytest.mark.parametrize("kind", COSTS)
def test_cosine_with_finite_differences(kind):
    stack, theta, arguments = stack_case(kind)
    plain = {key: value for key, value in arguments.items() if key != "cost"}
    wanted = difference_gradient(theta, **plain, kind=kind, sizes=SIZES)
    grads, _, _ = gradient(StackProblem(stack, theta, **arguments))
    assert one_minus_cosine(grads, wanted, list(theta)) <= 1e-6
    for name in theta:
        assert one_minus_cosine(grads, wanted, [name]) <= 1e-6, name


@pytest.mark.parametrize("strengths", [[1e-3, 1e-3, 1e-3], [1e-2, 1e-3, 1e-4], [1e-4, 1e-3, 1e-2]])
def test_each_layer_has_its_own_strength(strengths):
    stack, theta, arguments = stack_case()
    wanted, _ = reference(theta, arguments, "final")
    grads, _, _ = gradient(StackProblem(stack, theta, **arguments), eps=strengths)
    assert relative_error(grads, wanted) < 50 * max(strengths) ** 2


def test_rounding_adds_up_over_the_layers_and_is_not_multiplied():
    """At eps = 1e-8 rounding alone is left: u / eps, times what the steps make of it, in every depth."""
    errors = []
    for depth in (1, 4):
        sizes = (8,) * depth
        stack, theta, arguments = stack_case(sizes=sizes)
        wanted, _ = reference(theta, arguments, "final", sizes)
        errors.append(
            relative_error(gradient(StackProblem(stack, theta, **arguments), eps=1e-8)[0], wanted, list(theta))
        )
    assert max(errors) < 1e-5 and errors[1] < 30 * errors[0]


@pytest.mark.parametrize(("kind", "extra"), [("final", 0), ("summed", 0), ("averaged", 5)])
@pytest.mark.parametrize("symmetric", [True, False])
def test_stored_words_do_not_depend_on_steps(kind, extra, symmetric):
    for steps in (20, 200):
        stack, theta, arguments = stack_case(kind, steps=steps)
        _, _, report = gradient(StackProblem(stack, theta, **arguments), symmetric=symmetric)
        assert report.stored_words == 4 * sum(SIZES) + extra
        assert (report.steps, report.passes, report.force_evaluations) == (steps, 3, 3 * steps)
    _, _, report = stack_bptt.gradient(StackProblem(stack, theta, **arguments))
    assert report.stored_words == 2 * 200 * sum(SIZES) + 2 * sum(SIZES)


def test_allocated_memory_grows_with_the_input_gradient_only():
    peaks = []
    for steps in (50, 250):
        stack, theta, arguments = stack_case(sizes=(32, 32, 32), steps=steps)
        gradient(StackProblem(stack, theta, **{**arguments, "inputs": arguments["inputs"][:2]}))
        tracemalloc.start()
        gradient(StackProblem(stack, theta, **arguments))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 200 * 3 * 8 + 8192  # one trajectory of the q alone would be 200 * 96 * 8


@pytest.mark.parametrize("kind", COSTS)
def test_batch_is_the_sum_of_its_samples(kind):
    stack, theta, arguments = stack_case(kind, sizes=(3, 4), steps=8, batch=(2, 2))
    grads, cost, _ = gradient(StackProblem(stack, theta, **arguments))
    total = 0.0
    for at in np.ndindex(2, 2):
        late = (slice(None), *at)
        one = dict(arguments, inputs=arguments["inputs"][late], q0=arguments["q0"][at], p0=arguments["p0"][at])
        one["targets"] = arguments["targets"][late if kind == "summed" else at]
        sample, sample_cost, _ = gradient(StackProblem(stack, theta, **one))
        total += sample_cost
        assert np.allclose(grads["u"][late], sample["u"], rtol=1e-7, atol=1e-9)
        assert np.allclose(grads["q0"][at], sample["q0"], rtol=1e-7, atol=1e-9)
        grads = {key: value - sample[key] if key in theta else value for key, value in grads.items()}
    assert cost == pytest.approx(total)
    assert all(np.allclose(grads[key], 0, atol=1e-8) for key in theta)


def test_a_stack_of_one_layer_that_passes_its_position_on_is_the_recurrent_echo():
    """Encoder and readout the identity, x = q: golden.rules.rhel on the system alone."""

    class Position(Mixing):
        parameters = {}

        def function(self, q, u, theta):
            return 1.0 * q

    system = get("dense", n=6, m=2)
    stack = Stack([(system, Position(6, 2, 6))], 2, 6)
    own = system.initial(3)
    theta = {f"layer1.{name}": value for name, value in own.items()}
    theta |= {"encoder.E": np.eye(2), "encoder.e": np.zeros(2), "readout.R": np.eye(6), "readout.r": np.zeros(6)}
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(30, 2)), rng.normal(size=6)
    grads, cost, _ = gradient(StackProblem(stack, theta, inputs, targets))
    wanted, same, _ = rhel.gradient(Problem(system, own, inputs, targets))
    assert cost == pytest.approx(same, rel=1e-13)
    assert all(relative_error({name: grads[f"layer1.{name}"]}, wanted, [name]) < 1e-10 for name in own)
    assert all(relative_error(grads, wanted, [name]) < 1e-10 for name in ("u", "q0", "p0"))


def test_cross_entropy_of_a_classifier():
    stack, theta, arguments = stack_case()
    arguments |= {"targets": np.eye(5)[2], "cost": FinalCost(cross_entropy, gradient=cross_entropy_slope)}
    wanted, cost, _ = stack_bptt.gradient(StackProblem(stack, theta, **arguments))
    grads, same, _ = gradient(StackProblem(stack, theta, **arguments))
    assert same == pytest.approx(cost, rel=1e-12) and relative_error(grads, wanted) < 1e-5


def test_start_defaults_to_rest():
    stack, theta, arguments = stack_case()
    resting = dict(arguments, q0=np.zeros(27), p0=np.zeros(27))
    default = {key: value for key, value in arguments.items() if key not in ("q0", "p0")}
    assert gradient(StackProblem(stack, theta, **default))[1] == gradient(StackProblem(stack, theta, **resting))[1]


def test_asymmetry_falls_with_eps():
    stack, theta, arguments = stack_case()
    found = [
        gradient(StackProblem(stack, theta, **arguments), eps=eps)[2].asymmetry for eps in (2.0**-4, 2.0**-7, 2.0**-10)
    ]
    assert found[0] > 4 * found[1] > 16 * found[2] > 0
    assert gradient(StackProblem(stack, theta, **arguments), symmetric=False)[2].asymmetry == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eps": 0.0}, "the nudge strength eps must be a positive number, got 0.0; use for example 1e-3"),
        ({"eps": [1e-3, -1e-3, 1e-3]}, "eps must be a positive number, got -0.001"),
        ({"eps": [1e-3, 1e-3]}, "eps is one number, or one for each of the 3 layers; got 2"),
        ({"step": "fast"}, "the step h must be a positive number, got 'fast'"),
        ({"step": [0.1, 0.1, 0.1, 0.1]}, "the step h is one number, or one for each of the 3 layers; got 4"),
        ({"inputs": np.zeros((5, 2))}, r"inputs of Stack\(3 -> .* have shape \(T, ..., 3\) with T >= 1, got \(5, 2\)"),
        ({"inputs": np.zeros((0, 3))}, r"T >= 1, got \(0, 3\)"),
        ({"q0": np.zeros(9)}, r"q0 has shape \(27,\), the 8 \+ 9 \+ 10 neurons of the layers; got \(9,\)"),
        ({"targets": np.zeros((7, 5))}, r"targets have the batch axes \(\) of the inputs, got \(7,\)"),
        ({"targets": np.zeros(3)}, "cannot compare the 5 outputs of the readout with targets of 3 numbers"),
        ({"targets": np.full(5, np.nan)}, "targets must be finite, got inf or nan; look where it comes from"),
        ({"inputs": "abc"}, "inputs must be an array of numbers, got 'abc'"),
        ({"eps": np.array(0.0)}, "eps must be a positive number, got 0.0"),
        ({"cost": "final"}, r"a cost is one of golden.cost_functions, for instance FinalCost\(\); got 'final'"),
        ({"eps": [1e-3, 1e-18, 1e-3]}, "a nudge of one step is at least 1e-13, got 1e-18"),
        ({"step": 50.0}, "the run diverged within 100 steps of h = "),
    ],
)
def test_errors(change, message):
    stack, theta, arguments = stack_case()
    with pytest.raises(HelError, match=message):
        run(gradient, StackProblem, stack, theta, **{**arguments, **change})


def test_errors_of_theta_and_of_the_stack_itself():
    stack, theta, arguments = stack_case()
    with pytest.raises(HelError, match=r"parameter mixing2.A of the stack has shape \(4, 9\), got \(9, 4\)"):
        gradient(StackProblem(stack, {**theta, "mixing2.A": theta["mixing2.A"].T}, **arguments))
    with pytest.raises(HelError, match="misses layer1.W and has unknown none; see stack.parameters"):
        gradient(StackProblem(stack, {name: value for name, value in theta.items() if name != "layer1.W"}, **arguments))
    with pytest.raises(HelError, match="theta of a stack maps the names of stack.parameters to arrays, got None"):
        gradient(StackProblem(stack, None, **arguments))
    with pytest.raises(HelError, match="takes a golden.stacks.Stack, got Dense"):
        gradient(StackProblem(get("dense", n=3), theta, **arguments))


def test_a_cost_of_ones_own_with_other_targets():
    stack, theta, arguments = stack_case()
    arguments |= {"targets": np.ones(3), "cost": FinalCost(cross_entropy, gradient=cross_entropy_slope)}
    for rule in (gradient, stack_bptt.gradient):
        with pytest.raises(HelError, match="the cost cannot compare the 5 outputs of the readout with targets of 3"):
            rule(StackProblem(stack, theta, **arguments))


def test_mixing_of_ones_own():
    class Squares(TanhMixing):
        def function(self, q, u, theta):
            return u + theta["M"] @ (theta["N"] @ q + theta["c"]) ** 2 * u[0]

    system = get("dense", n=4, m=2)
    stack = Stack([(system, Squares(4, 2)), (system, Squares(4, 2))], 1, 2)
    theta = {name: 0.5 * value for name, value in stack.initial(0).items()}
    inputs, y = np.random.default_rng(0).normal(size=(40, 1)), np.ones(2)
    wanted, _, _ = stack_bptt.gradient(StackProblem(stack, theta, inputs, y))
    grads, _, _ = gradient(StackProblem(stack, theta, inputs, y), eps=1e-4)
    assert all(relative_error(grads, wanted, [name]) < 1e-5 for name in wanted)
