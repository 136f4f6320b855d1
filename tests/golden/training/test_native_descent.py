"""Every optimiser as compiled code: each word, flag and readout of NumPy's; minibatches across calls and seeds."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.tasks import Split, Task
from golden.training.optimiser import Optimiser
from golden.training.recipe import Recipe
from golden.training.sequences import train
from tests.golden.training.test_compiled_learner import Held, equal_runs

SHORT = {"epochs": 1, "samples": 107, "validation": True}
"""More than a call's samples; no minibatch ends where a call or the training does."""

NAMES = ("plain", "momentum", "sign")


@pytest.mark.parametrize("batch", [1, 4, 16])
@pytest.mark.parametrize("name", NAMES)
def test_words(name, batch):
    how = Optimiser(name, batch=batch, rates={"al": 2, "W": -1, "readout": 1}, schedule="eighths")
    equal_runs("digits", "dense", neurons=5, recipe=Recipe(4, optimiser=how), **SHORT)


@pytest.mark.parametrize("system", ["hru", "linear", Held(8, 8)])
def test_other_systems_and_ranges(system):
    neurons = None if isinstance(system, Held) else 6
    how = Optimiser("sign", momentum=2, batch=2, threshold=9)
    equal_runs("digits", system, neurons=neurons, recipe=Recipe(3, optimiser=how), **SHORT)


def test_seeds_on_threads():
    recipe = Recipe(optimiser=Optimiser("momentum", batch=8))
    equal_runs("digits", neurons=5, seed=[3, 4], recipe=recipe, **SHORT)


@pytest.mark.parametrize(
    "formats",
    [Formats(10, 12, 4, 2, clip_log2=14), Formats(24, 22, 8, 2, 44, 2, 14), Formats(6, 8, 3, 2, 30, 0, 3)],
    ids=["small", "wide", "smallest"],
)
@pytest.mark.parametrize("name", NAMES)
def test_other_formats_and_rates_that_do_harm(name, formats):
    """Words saturate where the clip lets them; where it is small, v has more fraction bits than G is shifted by."""
    more = {"sign": {"threshold": 12}, "momentum": {"momentum": 1}}.get(name, {})
    how = Optimiser(name, batch=2, **more)
    recipe = Recipe(-12, log2_eps0=1, readout_deviation=2.0, clip_log2=formats.clip_log2, optimiser=how)
    short = {**SHORT, "samples": 61}
    _, learner = equal_runs("digits", "dense", neurons=9, formats=formats, recipe=recipe, **short)
    assert ("theta_clipped" in learner.flags) == (formats.clip_log2 > 3)


def forecast():
    """Sequences of 3 to 20 steps, so that minibatches have sums of unequal kappa."""
    rng = np.random.default_rng(2)

    def drawn(count):
        inputs = rng.normal(size=(count, 20, 1))
        lengths = rng.integers(3, 21, count)
        return Split(inputs, None, lengths, 0.5 * np.roll(inputs, 1, axis=1))

    return Task("echo", 0, 1, 2, drawn(24), drawn(6), 4, kind="forecasting", cost="per-step")


@pytest.mark.parametrize(
    "task, cost",
    [("gunpoint", "averaged"), ("japanese-vowels", "final"), ("mackey-glass", "per-step"), (forecast(), "per-step")],
    ids=["averaged", "lengths", "per-step", "per-step of lengths"],
)
def test_other_costs_and_lengths(task, cost):
    recipe = Recipe(4, optimiser=Optimiser("momentum", batch=4, rates={"readout": 1}))
    how = {"neurons": 6, "epochs": 1, "samples": 14, "validation": True, "cost": cost, "recipe": recipe}
    both = [train(task, executor=executor, **how) for executor in ("numpy", "compiled")]
    assert [result.pop("executor") for result in both] == ["numpy", "compiled"]
    for result in both:
        del result["samples_per_s"]
    assert both[0] == both[1]
