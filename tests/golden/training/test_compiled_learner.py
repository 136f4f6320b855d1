"""The compiled learner makes every word of NumPy's: parameters, readout, curve, flags; of seeds side by side too."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.cost_functions.readout import Readout
from golden.errors import HelError
from golden.systems import Dense
from golden.training.compiled_learner import CompiledLearner
from golden.training.conversation import drive
from golden.training.learner import GoldenLearner
from golden.training.recipe import Recipe
from golden.training.sequences import Training, train


def equal_runs(*task, **how):
    """A run of both; what it ends with."""
    numpy, compiled = Training(*task, **how), Training(*task, **how)
    optimiser = numpy.recipe.optimiser
    reference = GoldenLearner(numpy.program, numpy.theta, optimiser=optimiser)
    learner = CompiledLearner(compiled.program, compiled.theta, compiled.readout, optimiser, compiled.samples.total)
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


SHORT = {"neurons": 16, "epochs": 2, "samples": 110, "validation": True}
"""Two blocks and a part of one."""


@pytest.mark.parametrize("system", ["dense", "hru", "linear"])
def test_a_training(system):
    equal_runs("digits", system, **SHORT)


def test_parameters_that_are_kept_to_a_range():
    _, learner = equal_runs("digits", Held(8, 8), epochs=1, samples=200, validation=True)
    assert set(learner.parameters()["al"].tolist()) >= {32768, 36864}


@pytest.mark.parametrize("task, cost", [("gunpoint", "averaged"), ("japanese-vowels", "final"), ("mackey-glass", None)])
def test_other_costs_and_lengths_one_sample_at_a_time(task, cost):
    """By compiled steps: the learner is that of the reference."""
    how = {"neurons": 6, "epochs": 1, "samples": 12, "validation": True, "cost": cost}
    both = [train(task, executor=executor, **how) for executor in ("numpy", "compiled")]
    assert [result.pop("executor") for result in both] == ["numpy", "compiled"]
    for result in both:
        del result["samples_per_s"]
    assert both[0] == both[1]


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
    both = [train("digits", executor=executor, **SHORT) for executor in ("numpy", "compiled")]
    assert [result.pop("executor") for result in both] == ["numpy", "compiled"]
    for result in both:
        del result["samples_per_s"]
    assert both[0] == both[1] and both[0]["trajectory"]["return_error_lsb"] == 0


def test_who_is_no_executor():
    with pytest.raises(HelError, match="an executor is compiled or numpy, got 'jax'; choose one, or leave it out"):
        train("digits", executor="jax", **SHORT)
    with pytest.raises(HelError, match="an executor is chosen for fixed-point arithmetic, got 'numpy'; leave it out"):
        train("digits", arithmetic="float", executor="numpy", **SHORT)


def test_a_readout_of_zeros_gives_no_nudge():
    training = Training("digits", neurons=4, samples=12, epochs=1, validation=True)
    inputs, labels = training.encode(training.part), training.part.labels
    readout = Readout(training.formats, np.zeros((10, 4)), np.zeros(10))
    learner = CompiledLearner(training.program, training.theta, readout)
    before = learner.parameters()
    learner.learn(inputs, labels, np.array([0]), np.array([40]))
    assert all(np.array_equal(before[name], words) for name, words in learner.parameters().items())
