"""The compiled learner makes every word of NumPy's: parameters, readout, curve, flags; of seeds side by side too."""

from dataclasses import replace

import numpy as np
import pytest

from golden import tasks
from golden.arithmetic.formats import Formats
from golden.cost_functions.readout import Readout
from golden.errors import HelError
from golden.systems import Dense
from golden.tasks import Split, Task
from golden.tasks.base import no_labels
from golden.training.compiled_learner import CompiledLearner
from golden.training.conversation import drive
from golden.training.recipe import Recipe
from golden.training.sequences import Training, train


def equal_runs(*task, **how):
    """A run of both; what it ends with."""
    numpy, compiled = Training(*task, **how), Training(*task, **how)
    reference = numpy.learner()
    how = compiled.task.cost, numpy.recipe.optimiser, compiled.samples.total
    learner = CompiledLearner(compiled.program, compiled.theta, compiled.readout, *how)
    expected, found = drive(numpy.conversation(), reference), compiled.run(learner)
    for result in (expected, found):
        assert result.pop("samples_per_s") > 0
    assert found == expected and learner.flags == reference.flags
    assert learner.argument_clamped == reference.argument_clamped
    assert learner.operand_clipped == reference.operand_clipped
    for name, words in reference.parameters().items():
        assert np.array_equal(learner.parameters()[name], words), name
    assert np.array_equal(numpy.readout.weights, compiled.readout.weights)
    assert np.array_equal(numpy.readout.bias, compiled.readout.bias)
    return expected, learner


class Held(Dense):
    """Dense, its stiffnesses between narrow ends."""

    ranges = {"al": (0.5, 0.5625)}

    def initial(self, seed):
        return {**super().initial(seed), "al": np.full(self.n, 0.53125)}


OTHER = {
    "small": Formats(10, 12, 4, 2, clip_log2=15),
    "wide": Formats(24, 22, 8, 2, 44, 2, 15),
    "smallest": Formats(6, 8, 3, 2, 30, 0, 3),
    "finest": Formats(28, 24, 6, 2, 48, 0, 15),
}


def made(kind, cost, differ):
    """16 sequences of 9 frames or less, each held for two steps; the sum of what they see is to be told."""
    rng = np.random.default_rng(5)
    inputs = rng.uniform(-1.5, 1.5, (16, 9, 2))
    lengths = rng.integers(5, 10, 16) if differ else None
    sums = np.cumsum(inputs, axis=1) / 8
    labels = (sums[:, 4, 0] > 0).astype(np.int64)
    targets = {"classification": None, "regression": sums[:, 4], "forecasting": sums[..., :1]}[kind]
    split = Split(inputs, labels if targets is None else no_labels(), lengths, targets)
    return Task(
        f"{kind}, {cost}",
        2 if targets is None else 0,
        2,
        2,
        split,
        split.first(7),
        4,
        kind,
        cost,
        3 * (cost == "per-step"),
    )


SHORT = {"neurons": 16, "epochs": 2, "samples": 110, "validation": True}
"""Two blocks and a part of one."""


@pytest.mark.parametrize("system", ["dense", "hru", "linear"])
def test_a_training(system):
    equal_runs("digits", system, **SHORT)


def test_parameters_that_are_kept_to_a_range():
    _, learner = equal_runs("digits", Held(8, 8), epochs=1, samples=200, validation=True)
    assert set(learner.parameters()["al"].tolist()) >= {32768, 36864}


@pytest.mark.parametrize("seed", [0, [0, 1]], ids=["one", "two"])
@pytest.mark.parametrize("differ", [False, True], ids=["one_length", "lengths"])
@pytest.mark.parametrize(
    "kind, cost",
    [(k, c) for k in ("classification", "regression") for c in ("final", "averaged")] + [("forecasting", "per-step")],
)
def test_every_cost_of_every_kind_on_every_length(kind, cost, differ, seed):
    """Of different lengths several seeds are NumPy's one after the other."""
    task = made(kind, cost, differ)
    how = {"neurons": 5, "epochs": 2, "recipe": Recipe(log2_inverse_rate=3)}
    if differ and seed != 0:
        _, found = equal_results(task, seed=seed, **how)
        assert len(found["cost"]) == 2 and "p_overflow" not in found["flags"]
    else:
        result, _ = equal_runs(task, seed=seed, **how)
        assert np.array(result["history"][1]["cost"]).max() < np.array(result["history"][0]["cost"]).max()


@pytest.mark.parametrize("formats", ["small", "wide", "smallest", "finest"])
@pytest.mark.parametrize(
    "kind, cost", [("classification", "averaged"), ("regression", "final"), ("forecasting", "per-step")]
)
def test_every_cost_in_other_formats(kind, cost, formats):
    recipe = Recipe(log2_inverse_rate=-4, log2_eps0=1, readout_deviation=2.0, clip_log2=OTHER[formats].clip_log2)
    _, learner = equal_runs(made(kind, cost, True), neurons=5, epochs=1, formats=OTHER[formats], recipe=recipe)
    initial = Dense(5, 2).initial(0)
    assert not np.array_equal(learner.parameters()["W"], OTHER[formats].theta.raw(initial["W"], saturating=True))


def test_what_lies_behind_a_sequence_is_never_read():
    task = made("forecasting", "per-step", True)
    part = task.train
    noisy = np.where(part.mask[..., None], part.inputs, np.nan), np.where(part.mask[..., None], part.targets, np.nan)
    words = []
    for inputs, targets in (
        (part.inputs, part.targets),
        (np.nan_to_num(noisy[0], nan=1.5), np.nan_to_num(noisy[1], nan=3.0)),
    ):
        other = replace(task, train=replace(part, inputs=inputs, targets=targets))
        training = Training(other, neurons=5, epochs=1)
        learner = CompiledLearner(training.program, training.theta, training.readout, "per-step")
        training.run(learner)
        words.append((learner.machines.theta, training.readout.weights))
    assert all(np.array_equal(a, b) for a, b in zip(*words, strict=True))


def test_lengths_of_many_seeds_make_no_conversation():
    training = Training(made("classification", "final", True), neurons=5, epochs=1, seed=[0, 1])
    with pytest.raises(HelError, match="a conversation of several seeds is about sequences of one length, those of"):
        next(training.conversation())


def test_seeds_of_different_lengths_in_float64_run_in_turn():
    told = []
    how = {"neurons": 3, "epochs": 1, "arithmetic": "float", "progress": lambda *at: told.append(at[:2])}
    task = made("classification", "final", True)
    found = train(task, seed=[4, 5], **how)
    alone = train(task, seed=5, **how)
    assert found["test_accuracy"][1] == alone["test_accuracy"] and found["history"][0]["cost"][1] == alone["cost"]
    assert "stability" not in found and told[:32] == [(k + 1, 32) for k in range(32)]


WHOLE = [name for name in tasks.names() if name != "digits-static"]


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_training_of_every_task(name):
    """One epoch at N = 16, and the evaluation: no word differs. Of watch 60 samples, for NumPy takes minutes."""
    task = tasks.get(name)
    if task.steps > 2000:
        task = replace(task, train=task.train.first(60))
    equal_runs(task, neurons=16, epochs=1)


def equal_results(*task, **how):
    """`train` by both executors; what they tell."""
    both = [train(*task, executor=executor, **how) for executor in ("numpy", "compiled")]
    assert [result.pop("executor") for result in both] == ["numpy", "compiled"]
    for result in both:
        assert result.pop("samples_per_s") > 0
    assert both[0] == both[1]
    return both


def test_seeds_on_threads():
    result, learner = equal_runs("digits", seed=[3, 4, 5], **SHORT)
    assert len(result["validation_accuracy"]) == 3 and learner.parameters()["W"].shape == (3, 16, 16)


@pytest.mark.parametrize(
    "formats",
    [Formats(10, 12, 4, 2, clip_log2=15), Formats(24, 22, 8, 2, 44, 2, 15), Formats(6, 8, 3, 2, 30, 0, 3)],
    ids=["small", "wide", "smallest"],
)
def test_other_formats_and_rates_that_do_harm(formats):
    """Parameters move by half a unit and more a sample: they saturate, except where the clip is 2^3 raw units."""
    recipe = Recipe(log2_inverse_rate=-4, log2_eps0=1, readout_deviation=2.0, clip_log2=formats.clip_log2)
    _, learner = equal_runs("digits", "dense", neurons=9, epochs=1, samples=60, formats=formats, recipe=recipe)
    assert ("theta_clipped" in learner.flags) == (formats.clip_log2 > 3)


def test_flags_and_a_result_of_the_command():
    both = equal_results("digits", **SHORT)
    assert both[0]["trajectory"]["return_error_lsb"] == 0


def test_who_is_no_executor():
    with pytest.raises(HelError, match="an executor is compiled or numpy, got 'jax'; choose one, or leave it out"):
        train("digits", executor="jax", **SHORT)
    with pytest.raises(HelError, match="an executor is chosen for fixed-point arithmetic, got 'numpy'; leave it out"):
        train("digits", arithmetic="float", executor="numpy", **SHORT)


def test_what_does_not_fit_is_told():
    """C would read beyond its arrays."""
    training = Training(made("forecasting", "per-step", True), neurons=5, epochs=1)
    for cost in ("final", "summed"):
        with pytest.raises(
            HelError, match=f"a cost is final, averaged, per-step, the last one that of a PerStepReadout, got '{cost}'"
        ):
            CompiledLearner(training.program, training.theta, training.readout, cost)
    learner = CompiledLearner(training.program, training.theta, training.readout, "per-step")
    inputs = training.encode(training.part)
    for steps in ([19] * 16, [0] * 16, [18] * 15):
        with pytest.raises(
            HelError, match=r"every sequence has 1 to 18 steps, got \[.* for 16 of them; leave them out"
        ):
            learner.logits(inputs, steps)
    with pytest.raises(IndexError):
        learner.learn(inputs, training.played(training.part).answers, np.array([16]), np.array([6]))


def test_a_readout_of_zeros_gives_no_nudge():
    training = Training("digits", neurons=4, samples=12, epochs=1, validation=True)
    inputs, labels = training.encode(training.part), training.part.labels
    readout = Readout(training.formats, np.zeros((10, 4)), np.zeros(10))
    learner = CompiledLearner(training.program, training.theta, readout)
    before = learner.parameters()
    learner.learn(inputs, labels, np.array([0]), np.array([40]))
    assert all(np.array_equal(before[name], words) for name, words in learner.parameters().items())
