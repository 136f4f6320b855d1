"""The stability that a training tells is that of its own motions, at the parameters it ended with."""

import numpy as np
import pytest

from golden.dynamics.stability import stability
from golden.systems import Dense
from golden.training.conversation import drive
from golden.training.sequences import Training, train
from golden.training.steadiness import SAMPLES, steadiness

HOW = {"neurons": 6, "epochs": 1, "samples": 30, "validation": True}


def test_both_arithmetics_tell_nearly_the_same_of_the_same_parameters():
    told = []
    for arithmetic in ("fixed", "float"):
        training = Training("digits", arithmetic=arithmetic, **HOW)
        told.append(steadiness(training, training.theta))
    assert told[0]["figure"] == pytest.approx(told[1]["figure"], rel=1e-3)
    assert told[0]["growth_log2"] == pytest.approx(told[1]["growth_log2"], abs=0.01)


def test_it_is_of_the_parameters_reached_and_the_samples_judged():
    training = Training("digits", **HOW)
    learner = training.learner()
    drive(training.conversation(), learner)
    theta = {name: words / 2.0**16 for name, words in learner.parameters().items()}
    inputs = np.repeat(training.evaluation.inputs[:SAMPLES], training.task.hold, axis=1)
    figures = [stability(Dense(6, 8), theta, u, 0.25).figure for u in inputs]
    assert train("digits", **HOW)["stability"]["figure"] == pytest.approx(max(figures), rel=1e-9)


def test_several_seeds_tell_nothing_of_one():
    assert "stability" not in train("digits", seed=[0, 1], **HOW)
