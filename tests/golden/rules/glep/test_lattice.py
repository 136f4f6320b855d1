"""Lattices: symmetric under reversal, weights that add up to the time."""

import pytest

from golden.errors import HelError
from golden.rules.glep.lattice import SCHEMES, lattice


@pytest.mark.parametrize("scheme", SCHEMES)
def test_symmetric_and_of_the_right_length(scheme):
    made = lattice(scheme, rows=9, step=0.25)
    weights = [node.weight for node in made.nodes]
    assert weights == weights[::-1]
    assert sum(weights) == made.drift * (len(weights) - 1) == 0.25 * made.steps
    assert [node.step for node in made.nodes if node.step is not None] == list(range(made.steps))
    assert made.steps == (9 if scheme == "leapfrog" else 8)


def test_errors():
    with pytest.raises(HelError, match="there is no scheme 'rk4'"):
        lattice("rk4", rows=3, step=0.1)
