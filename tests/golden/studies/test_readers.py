"""What an update reads, whatever the size of the chain."""

import pytest

from golden.studies.readers import readers


@pytest.mark.parametrize("n", [4, 8, 16])
def test_local_rules_read_two_neurons(n):
    assert readers(n) == {"slope": 2, "residual": n, "adjoint": 2, "cost": n}
