"""What pins a trajectory: the condition's claims and end data are checked where it is made."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.rules.glep import Boundary, Condition
from golden.rules.glep.pinned import PFVP


def test_data_are_those_held():
    q0, p0, end = np.zeros(2), np.ones(2), np.full(2, 3.0)
    assert PFVP.data(q0, p0) == {"q0": q0, "p0": p0}
    assert Boundary("mixed", pT=end).data(q0, p0).keys() == {"q0", "pT"}
    assert Boundary("pbvp").data(q0, p0) == {}


def test_a_wrong_claim_is_refused():
    class Wrong(Condition):
        name, given, residual_vanishes = "wrong", ("q0", "p0"), True
        local, causal, reason = True, True, "civp with another claim"

        def held(self, start, end):
            return start

    with pytest.raises(
        HelError, match="wrong claims that its residual should vanish, but for its end data it does not"
    ):
        Boundary(Wrong())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"condition": "x"}, "there is no boundary condition 'x'"),
        ({"condition": "cbvp"}, "cbvp holds q0, qT; give qT="),
        ({"condition": "pbvp", "pT": np.zeros(2)}, "pbvp holds no given numbers; drop pT="),
        ({"scheme": "euler"}, "there is no scheme 'euler'; choose from leapfrog, verlet"),
        ({"condition": "mixed", "pT": "far"}, "pT must be an array of numbers, got 'far'"),
    ],
)
def test_errors(fields, message):
    with pytest.raises(HelError, match=message):
        Boundary(**fields)
