import numpy as np
import pytest

from golden.cost_functions import AveragedCost, FinalCost, SummedCost, projection
from golden.peers.extra import jax, precision
from golden.peers.gradients import bptt, hel
from golden.peers.jax_system import JaxSystem
from golden.problems.problem import Problem
from golden.rules import bptt as golden_bptt
from golden.rules import rhel
from golden.systems import get

T, B, N, M = 5, 3, 6, 2
COSTS = {"final": FinalCost, "averaged": AveragedCost, "per-step": SummedCost}
PAIRS = [("dense", "final"), ("hopfield", "averaged"), ("pendulum", "per-step"), ("kuramoto", "final")]


def drawn(name, seen, lead=(B,)):
    system, rng = get(name, n=N, m=M), np.random.default_rng(7)
    inputs = rng.normal(size=(T, *lead, M)) / 2
    e = rng.normal(size=(T, *lead, N) if seen == "per-step" else (*lead, N)) * 1e-2
    return system, system.initial(3), inputs, e


def found(rule, system, theta, inputs, steps, seen, e, eps=1.0, weight=1.0):
    with precision("float64"):
        model, weights = JaxSystem(system, 0.125), np.broadcast_to(weight, inputs.shape[1:-1])
        asked = jax().jit(lambda theta, inputs: rule(model, theta, inputs, steps, seen, lambda x: (e, weights, x), eps))
        grads, _ = asked(theta, inputs)
    return {name: np.asarray(value) for name, value in grads.items()}


def same(found, wanted, relative=1e-9):
    for name, value in found.items():
        np.testing.assert_allclose(value, wanted[name], rtol=0, atol=relative * np.abs(wanted[name]).max())


@pytest.mark.parametrize("name, seen", PAIRS)
def test_the_twin_echo_is_goldens(name, seen):
    system, theta, inputs, e = drawn(name, seen)
    problem = Problem(system, theta, inputs, e, cost=COSTS[seen](projection))
    eps = 2.0**-3 if seen == "per-step" else 1.0  # a summed cost has the strength 2^-ceil(log2 T)
    same(found(hel, system, theta, inputs, None, seen, e, eps), rhel.gradient(problem, eps=1.0)[0])


@pytest.mark.parametrize("name, seen", PAIRS)
def test_back_propagation_is_goldens(name, seen):
    system, theta, inputs, e = drawn(name, seen)
    problem = Problem(system, theta, inputs, e, cost=COSTS[seen](projection))
    same(found(bptt, system, theta, inputs, None, seen, e), golden_bptt.gradient(problem)[0])


@pytest.mark.parametrize("rule, seen", [(hel, "final"), (hel, "averaged"), (hel, "per-step"), (bptt, "averaged")])
def test_what_lies_behind_a_length_counts_for_nothing(rule, seen):
    system, theta, inputs, e = drawn("dense", seen)
    steps = np.array([5, 3, 1])
    if seen == "per-step":
        e = np.where(np.arange(T)[:, None, None] < steps[:, None], e, 0.0)
    # A summed cost's echo in golden has a strength by its length: in the limit of a weak nudge they agree.
    eps = 2.0**-20 if seen == "per-step" else 1.0
    together = found(rule, system, theta, inputs, steps, seen, e, eps, weight=np.array([1.0, 2.0, 4.0]))
    alone = dict.fromkeys(theta, 0.0)
    for b, count in enumerate(steps):
        own = e[:count, b] if seen == "per-step" else e[b]
        problem = Problem(system, theta, inputs[:count, b], own, cost=COSTS[seen](projection))
        one = rhel.gradient(problem, eps=eps)[0] if rule is hel else golden_bptt.gradient(problem)[0]
        alone = {name: alone[name] + 2.0**b * one[name] for name in theta}
    same(together, alone, 1e-6 if seen == "per-step" else 1e-9)


def test_the_echo_comes_nearer_with_eps_squared():
    system, theta, inputs, e = drawn("dense", "final")
    e = e * 30
    exact = found(bptt, system, theta, inputs, None, "final", e)["W"]
    errors = [
        np.abs(found(hel, system, theta, inputs, None, "final", e, eps)["W"] - exact).max() for eps in (1.0, 0.25)
    ]
    assert 14 < errors[0] / errors[1] < 18
