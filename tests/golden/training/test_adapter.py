"""A model that goes on learns the words of a training, by both executors; readout alone leaves the system as it was."""

import numpy as np
import pytest

from golden.cost_functions.readout import onehot
from golden.errors import HelError
from golden.training.adapter import Adapter, ReadoutAdapter, positions
from golden.training.conversation import drive
from golden.training.optimiser import Optimiser
from golden.training.recipe import Recipe
from golden.training.sequences import Training

EXECUTORS = ("numpy", "compiled")
CASES = {
    "final": {"task": "digits", "samples": 40, "neurons": 8},
    "averaged": {"task": "gunpoint", "samples": 10, "neurons": 8},
    "lengths": {"task": "japanese-vowels", "samples": 12, "neurons": 8, "cost": "averaged"},
}


def training(case):
    return Training(**CASES[case], epochs=1, validation=True)


def same(one, other):
    """Every word of two models."""
    words = [np.array_equal(one.theta[name], other.theta[name]) for name in one.theta]
    return all(words) and np.array_equal(one.weights, other.weights) and np.array_equal(one.bias, other.bias)


@pytest.mark.parametrize("case", CASES)
def test_from_the_start_it_is_a_training(case):
    ran, posed = training(case), training(case)
    learner = ran.learner()
    drive(ran.conversation(), learner)
    rates = [posed.recipe.rate(done, posed.samples.total) for done in range(posed.samples.total)]
    for executor in EXECUTORS:
        adapter = Adapter(posed, executor=executor)
        adapter.learn(posed.played(posed.part), posed.orders, rates)
        found = adapter.model
        assert all(np.array_equal(found.theta[name], words) for name, words in learner.parameters().items())
        assert np.array_equal(found.weights, ran.readout.weights) and np.array_equal(found.bias, ran.readout.bias)
        assert adapter.flags == learner.flags


@pytest.mark.parametrize("case", CASES)
def test_it_goes_on_where_it_stopped(case):
    posed = training(case)
    played = posed.played(posed.part)
    count, half = len(played), len(played) // 2
    order, rates = np.arange(count), np.full(count, 7)
    at_once = Adapter(posed, executor="numpy")
    errors = at_once.learn(played, order, rates)
    first = Adapter(posed, executor="compiled")
    head = first.learn(played, order[:half], rates[:half])
    then = Adapter(posed, first.model, executor="compiled")
    tail = then.learn(played, order[half:], rates[half:])
    assert np.array_equal(errors, np.concatenate([head, tail])) and same(at_once.model, then.model)
    assert np.array_equal(at_once.classes(played), then.classes(played))
    assert not same(first.model, then.model)


@pytest.mark.parametrize("case", CASES)
def test_a_readout_over_a_frozen_system(case):
    """Its words are those of a readout whose system is never updated; what it tells is told before it learns."""
    posed = training(case)
    played, start = posed.played(posed.part), Adapter(posed).model
    seen = [positions(posed, start, played, executor) for executor in EXECUTORS]
    assert np.array_equal(*seen)
    x, labels, order = seen[0], played.answers, np.arange(len(played))[::-1]
    adapter = ReadoutAdapter(posed, start)
    assert np.array_equal(adapter.classes(x), Adapter(posed, start).classes(played))
    errors = adapter.learn(x, labels, order, np.full(len(order), 5))
    by_hand = start.readout(posed.readout)
    for done, index in enumerate(order):
        p = by_hand.probabilities(x[index])
        assert np.abs(errors[done] + (onehot(labels[index], len(p)) << 17) - p).max() <= 1  # 1 - 0 saturates
        by_hand.update(errors[done], x[index], 5)
    found = adapter.model(start.theta)
    assert np.array_equal(found.weights, by_hand.weights) and np.array_equal(found.bias, by_hand.bias)
    assert same(found, found) and not np.array_equal(found.weights, start.weights)
    assert np.array_equal(start.weights, posed.readout.weights)  # the model that it began from is left alone


@pytest.mark.parametrize("asked", [{"arithmetic": "float"}, {"seed": [0, 1]}, {"task": "mackey-glass"}])
def test_what_cannot_adapt_is_refused(asked):
    posed = Training(**{"task": "digits", "neurons": 8, "epochs": 1, "samples": 4, **asked})
    with pytest.raises(HelError, match="what adapts is a classification in fixed arithmetic, of one seed; got a"):
        Adapter(posed)


@pytest.mark.parametrize("how", [{"name": "sign"}, {"batch": 4}, {"rates": {"readout": 1}}])
def test_other_optimisers_are_refused(how):
    recipe = Recipe(optimiser=Optimiser(**how))
    posed = Training("digits", neurons=8, epochs=1, samples=4, recipe=recipe)
    with pytest.raises(HelError, match="what adapts steps plainly, at one rate, got Optimiser"):
        Adapter(posed)
