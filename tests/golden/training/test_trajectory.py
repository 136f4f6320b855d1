"""A sample's way forward and back, as a report shows it: the words of golden, and 0 LSB."""

import numpy as np
import pytest

from golden.dynamics.integrator import Integrator
from golden.training import trajectory as module
from golden.training.sequences import Training, train
from golden.training.trajectory import trajectory

SMALL = {"neurons": 6, "epochs": 1, "samples": 20, "validation": True}


@pytest.fixture(scope="module")
def training():
    return Training("digits", **SMALL)


def test_forward_is_that_of_golden_and_back_returns_to_it(training):
    found = trajectory(training, training.theta)
    inputs = training.encode(training.evaluation.first(1))[0]
    q = p = np.zeros(6, np.int64)
    rows = [q[:4].tolist()]
    for u in inputs:
        q, p = Integrator(training.program, training.theta).forward(q, p, u)
        rows.append(q[:4].tolist())
    assert found["forward"] == rows == found["back"]
    assert found["steps"] == list(range(len(inputs) + 1)) and found["neurons"] == [0, 1, 2, 3]
    assert found["fraction_bits"] == training.formats.q.fraction_bits and found["return_error_lsb"] == 0


def test_an_echo_that_does_not_return_is_told(training, monkeypatch):
    """A word that is lost at the turning point is an error at the start, and away from the way forward."""

    def off(q, p):
        q, p = (np.stack([words, words]) for words in (q, p))
        q[0, 0] += 1
        return q, p

    monkeypatch.setattr(module, "twin", off)
    found = trajectory(training, training.theta)
    assert found["return_error_lsb"] > 0 and found["forward"] != found["back"]


def test_a_long_sequence_is_thinned_to_rows_of_both_ends(training, monkeypatch):
    monkeypatch.setattr(module, "ROWS", 10)
    found = trajectory(training, training.theta, shown=1)
    assert found["steps"] == [*range(0, 32, 4), 32]
    assert len(found["forward"]) == len(found["back"]) == 9 and found["forward"] == found["back"]


def test_trainings_in_words_have_one():
    assert train("digits", **SMALL)["trajectory"]["return_error_lsb"] == 0
    assert "trajectory" not in train("digits", arithmetic="float", **SMALL)
    assert "trajectory" not in train("digits", seed=[0, 1], **SMALL)
