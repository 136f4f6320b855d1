"""Masses and angles in learning runs: integers learn what float64 learns, sample by sample."""

import pytest

from golden.systems import get
from golden.training.sequences import train


@pytest.mark.parametrize("name", ["morse", "rotor"])
def test_fixed_learns_as_float_does(name):
    """Atoms of two masses; angles that turn; a readout of both, which sees the stored position."""
    arguments = {"system": get(name, n=6, m=8), "epochs": 1, "samples": 40, "validation": True}
    fixed, exact = (train("digits", arithmetic=arithmetic, **arguments) for arithmetic in ("fixed", "float"))
    assert fixed["flags"] == [] and fixed["trajectory"]["return_error_lsb"] == 0
    assert fixed["cost"] == pytest.approx(exact["cost"], rel=1e-2)
    ways = [[point["cost"] for point in result["curve"]] for result in (fixed, exact)]
    assert ways[0] == pytest.approx(ways[1], rel=5e-2) and max(ways[0]) - min(ways[0]) > 0.1
