"""Training at rest: it learns, seeds repeat, gradients are the cost's, and bad requests are refused."""

import json

import numpy as np
import pytest

from golden.errors import HelError
from golden.training.recipe import StaticRecipe
from golden.training.still_images import FLOOR, StaticTraining, train

SHORT = {"neurons": 16, "epochs": 5, "samples": 300, "validation": True}


def test_short_training_learns():
    """Five epochs of 300 samples; ten labels by chance would be 0.1."""
    result = train(**SHORT)
    assert result["validation_accuracy"] > 0.8 and result["test_accuracy"] is None
    assert result["history"][4]["cost"] < 0.5 * result["history"][0]["cost"]
    assert [row["samples"] for row in result["history"]] == [300, 600, 900, 1200, 1500] and len(result["curve"]) == 50
    json.dumps(result, allow_nan=False)


def test_same_seed_same_bits():
    runs = [StaticTraining("digits-static", seed=seed, **SHORT) for seed in (3, 3, 4)]
    results = [run.run()["cost"] for run in runs]
    assert results[0] == results[1] != results[2]
    assert all(np.array_equal(runs[0].theta[name], runs[1].theta[name]) for name in runs[0].theta)


def test_the_gradient_is_that_of_the_mean_cost():
    """Differences of -log p of the states at rest, moved along random directions of every parameter."""
    recipe = StaticRecipe(tolerance=1e-11, eps=1e-3)
    training = StaticTraining("digits-static", recipe=recipe, **SHORT)
    inputs, labels = training.part.inputs[:6, 0], training.part.labels[:6]
    start = np.zeros((6, 16))
    grads, _, _ = training.gradient(inputs, labels, start)
    words = {**training.theta, "R": training.readout.weights, "c": training.readout.bias}

    def cost():
        rest = training.landscape(inputs).settle(start)
        logits = training.readout.logits(rest.q)
        return float(np.mean(np.log(np.exp(logits).sum(1)) - logits[np.arange(6), labels]))

    rng = np.random.default_rng(0)
    for name, value in words.items():
        direction, kept, ends = rng.normal(size=value.shape), value.copy(), []
        for move in (1e-5, -1e-5):
            value[...] = kept + move * direction
            ends.append(cost())
        value[...] = kept
        assert np.sum(grads[name] * direction) == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-4), name


def test_a_frozen_system_stays_and_learns_less():
    frozen = StaticTraining("digits-static", recipe=StaticRecipe(frozen=True), **SHORT)
    before = {name: value.copy() for name, value in frozen.theta.items()}
    result = frozen.run()
    assert all(np.array_equal(frozen.theta[name], before[name]) for name in before)
    assert result["cost"] > train(**SHORT)["cost"]


@pytest.mark.parametrize("system", ["hru", "linear"])
def test_other_systems_train(system):
    training = StaticTraining("digits-static", system, **SHORT)
    result = training.run()
    assert result["history"][-1]["cost"] < result["history"][0]["cost"]
    assert min(training.theta["a" if system == "linear" else "al"]) >= FLOOR


def test_progress_reaches_the_end():
    seen = []
    train(neurons=4, epochs=2, samples=40, validation=True, progress=lambda *row: seen.append(row))
    assert [row[0] for row in seen] == [16, 32, 40, 56, 72, 80] and seen[-1][1] == 80


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"task": "digits"}, "learns still images, and digits has 32 steps; use the task digits-static"),
        ({"system": "springs"}, "systems that train at rest are dense, hru, linear, got 'springs'"),
        ({"epochs": 0}, "the number of epochs must be a whole number >= 1, got 0"),
        ({"samples": 0}, "the number of samples must be a whole number >= 1, got 0"),
        ({"recipe": StaticRecipe(rate=0.0)}, "rate, batch, eps and tolerance of a recipe are positive, got rate 0.0"),
        ({"recipe": StaticRecipe(batch=0)}, "are positive, got batch 0"),
    ],
)
def test_bad_requests(options, message):
    with pytest.raises(HelError, match=message):
        train(**{**SHORT, **options})


@pytest.mark.slow
def test_full_training_reaches_its_target():
    """The whole training set, one seed of the recipe; the committed file holds five."""
    assert train(neurons=32, epochs=20, seed=0)["test_accuracy"] >= 0.95
