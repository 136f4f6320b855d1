"""Masses and angles in learning runs: integers learn what float64 learns, sample by sample."""

import pytest

from golden.arithmetic.formats import Formats
from golden.systems import get
from golden.training.sequences import train


@pytest.mark.parametrize(("name", "k"), [("morse", 3), ("rotor", 4)])
def test_fixed_learns_as_float_does(name, k):
    """Atoms of two masses; angles that turn; a readout of both, which sees the stored position: its word must not wrap,
    so the rotors take half the time step.
    """
    arguments = {"system": get(name, n=6, m=8), "epochs": 1, "samples": 40, "validation": True}
    arguments["formats"] = Formats(log2_inverse_step=k)
    fixed, exact = (train("digits", arithmetic=arithmetic, **arguments) for arithmetic in ("fixed", "float"))
    assert fixed["flags"] == [] and fixed["trajectory"]["return_error_lsb"] == 0
    assert fixed["cost"] == pytest.approx(exact["cost"], rel=1e-2)
    ways = [[point["cost"] for point in result["curve"]] for result in (fixed, exact)]
    assert ways[0] == pytest.approx(ways[1], rel=5e-2) and max(ways[0]) - min(ways[0]) > 0.1
