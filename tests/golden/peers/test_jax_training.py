import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from golden.peers.jax_training import JaxTrainer, train
from golden.training import sequences
from golden.training.recipe import Recipe
from golden.training.sequences import Training

SMALL = {"neurons": 6, "epochs": 1, "samples": 12, "validation": True}


@pytest.mark.parametrize("clip_log2", [5, 11])
def test_the_clip_is_that_of_the_formats(clip_log2):
    """At a rate that takes every step to its end; 2^-7 is what the reference formats and the readout have."""
    made = {"formats": Formats(log2_inverse_step=2, clip_log2=clip_log2), "recipe": Recipe(-4, clip_log2=clip_log2)}
    training = Training("digits", arithmetic="float", **{**SMALL, "samples": 10, "seed": 1}, **made)
    (found,) = JaxTrainer(training, dtype="float64").run([training])
    learner = training.learner("hel")
    sequences.drive(training.conversation(), learner)
    for name, value in learner.parameters().items():
        np.testing.assert_allclose(found["parameters"][name], value, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["readout"]["weights"], training.readout.weights, rtol=1e-9, atol=1e-12)


def test_side_by_side_each_is_goldens_training():
    """Costs, accuracies and parameters of two seeds, by the echo, in double precision."""
    trainings = [Training("digits", arithmetic="float", **{**SMALL, "epochs": 2}, seed=seed) for seed in (3, 4)]
    found = JaxTrainer(trainings[0], dtype="float64").run(trainings)
    for training, one in zip(trainings, found, strict=True):
        learner = training.learner("hel")
        wanted = sequences.drive(training.conversation(), learner)
        assert one["validation_accuracy"] == wanted["validation_accuracy"]
        assert [each["cost"] for each in one["history"]] == pytest.approx(
            [e["cost"] for e in wanted["history"]], rel=1e-9
        )
        for name, value in learner.parameters().items():
            np.testing.assert_allclose(one["parameters"][name], value, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(one["readout"]["weights"], training.readout.weights, rtol=1e-9, atol=1e-12)


def test_sequences_of_their_own_lengths():
    options = {**SMALL, "samples": 6, "seed": 1}
    training = Training("japanese-vowels", arithmetic="float", **options)
    (found,) = JaxTrainer(training, rule="bptt", dtype="float64").run([training])
    wanted = sequences.train("japanese-vowels", arithmetic="float", rule="bptt", **options)
    assert found["cost"] == pytest.approx(wanted["cost"], rel=1e-9)
    assert found["validation_accuracy"] == wanted["validation_accuracy"]


@pytest.mark.slow
@pytest.mark.parametrize("task, cost", [("covid-deaths", "averaged"), ("mackey-glass", "per-step")])
@pytest.mark.parametrize("rule", ["hel", "bptt"])
def test_targets(task, cost, rule):
    options = {**SMALL, "samples": 6, "seed": 1, "cost": cost}
    training = Training(task, arithmetic="float", **options)
    eps = 2.0**-8 if task == "mackey-glass" else 1.0  # T = 200, see test_gradients
    (found,) = JaxTrainer(training, rule=rule, dtype="float64", eps=eps).run([training])
    wanted = sequences.train(task, arithmetic="float", rule=rule, **options)
    for key in ("cost", "validation_nmse"):
        assert found[key] == pytest.approx(wanted[key], rel=1e-8)
    assert found["history"][0]["training_nmse"] == pytest.approx(wanted["history"][0]["training_nmse"], rel=1e-8)


def test_a_minibatch_is_the_mean_of_its_samples_and_the_last_may_be_small():
    """Twelve samples as 5 + 5 + 2: with a rate too small to matter, every sample meets the first parameters."""
    training = Training("digits", arithmetic="float", **SMALL)
    result = train("digits", **SMALL, batch=5, rule="bptt", optimiser="adam", rate=2.0**-40)
    readout, learner = training.readout, training.learner("bptt")
    played, costs = training.played(training.part), []
    for index in training.orders:
        sequence, answer = played[index]
        errors = readout.errors(learner.forward(sequence), answer)
        costs.append(float(training.measure.met(errors, answer, 1.0)[0]))
    assert result["cost"] == pytest.approx(np.mean(costs), rel=1e-5)
    assert result["batch"] == 5 and result["samples_per_s"] > 0


def test_adam_learns():
    result = train(
        "digits", neurons=12, epochs=3, batch=16, rule="bptt", optimiser="adam", rate=2.0**-6, validation=True
    )
    assert result["validation_accuracy"] > 0.8
    assert result["history"][-1]["cost"] < result["history"][0]["cost"] / 2


@pytest.mark.parametrize(
    "options, line",
    [
        ({"rule": "ep"}, "a training in JAX knows the rules hel, bptt, got 'ep'; choose one of them"),
        ({"optimiser": "sgd"}, "a training in JAX knows the optimisers own, adam, got 'sgd'; choose one of them"),
        ({"batch": 0}, "the samples of a minibatch must be a whole number >= 1, got 0"),
        ({"rate": -1.0}, "a learning rate must be a positive number, got -1.0"),
        ({"seed": [1, 2]}, "train takes one seed, got .1, 2.; run them by JaxTrainer.run side by side"),
        ({"cuts": "default"}, "cuts"),
    ],
)
def test_wrong_requests(options, line):
    with pytest.raises(HelError, match=line):
        train("digits", **{**SMALL, **options})


@pytest.mark.parametrize("other", [{"validation": False}, {"samples": 13}, {"neurons": 7}, {"cost": "averaged"}])
def test_another_setting_needs_another_trainer(other):
    """Above all: what was chosen on the validation part is not judged there when the test set is meant."""
    trainer = JaxTrainer(Training("digits", arithmetic="float", **SMALL))
    with pytest.raises(HelError, match="trainings run on the data .* got digits .*; make another trainer"):
        trainer.run([Training("digits", arithmetic="float", **{**SMALL, **other})])


def test_as_many_epochs_as_each_other():
    trainings = [Training("digits", arithmetic="float", **{**SMALL, "epochs": epochs}) for epochs in (1, 2)]
    with pytest.raises(HelError, match="have as many epochs as each other, got .1, 2.; run them apart"):
        JaxTrainer(trainings[0]).run(trainings)
    with pytest.raises(HelError, match="got .*; run them apart"):
        JaxTrainer(trainings[0]).run([])


def test_a_rate_for_each_training():
    training = Training("digits", arithmetic="float", **SMALL)
    with pytest.raises(HelError, match="a rate belongs to each training, got 2 for 1; give as many"):
        JaxTrainer(training).run([training], [0.1, 0.2])
