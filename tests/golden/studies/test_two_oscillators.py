"""The two oscillators: k12 is learnt from the path, with each condition that has no pole in the way."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.rules.glep.boundary import Held
from golden.rules.glep.conditions import CONDITIONS
from golden.rules.glep.counts import Counts
from golden.rules.glep.lattice import lattice
from golden.rules.glep.motion import Motion
from golden.studies.two_oscillators import FIRST, STIFFNESS, TRUE, learn, study
from golden.systems import Springs


@pytest.mark.parametrize("condition", ["pfvp", "civp", "cbvp"])
def test_the_spring_is_learnt(condition):
    row = learn(condition, epochs=60, steps=40, step=0.125, eps=1e-4, rate=4.0)
    assert row["history"]["k12"][0] == FIRST and row["k12"] == pytest.approx(TRUE, abs=1e-4)
    assert row["cost"] < 1e-6 * row["history"]["cost"][0]
    assert np.abs(np.subtract(row["after"], row["target"])).max() < 1e-3
    assert np.abs(np.subtract(row["before"], row["target"])).max() > 0.1
    assert len(row["history"]["k12"]) == len(row["history"]["cost"]) == 61


def test_echo_learning_takes_three_passes_an_epoch():
    result = study(epochs=5)
    assert result["rows"][0]["passes"] == 3 * 6 and result["true_k12"] == TRUE


def test_a_focal_point_lies_in_the_way_of_mixed():
    """The determinant of its matrix changes sign between the first and the true spring, and descent stays behind."""

    def determinant(condition, coupling):
        theta = {"k": STIFFNESS, "kc": np.array([coupling])}
        motion = Motion(Springs(2), lattice("leapfrog", rows=40, step=0.125), theta, np.zeros((40, 1)), Counts())
        held = Held(CONDITIONS[condition], 2)
        return np.linalg.det(held.at_start + held.at_end @ motion.tangents(*np.zeros((2, 1, 2)))[0])

    assert determinant("mixed", 0.57) > 0 > determinant("mixed", 0.59)
    assert all(determinant("cbvp", coupling) < 0 for coupling in np.linspace(FIRST, TRUE, 10))
    row = learn("mixed", epochs=20, steps=40, step=0.125, eps=1e-4, rate=4.0)
    assert max(row["history"]["k12"]) < 0.58


def test_errors():
    with pytest.raises(HelError, match="the learning rate must be a positive number, got -1"):
        study(rate=-1)
    with pytest.raises(HelError, match="at least 1 epoch and 2 steps, got 0 and 40"):
        study(epochs=0)
