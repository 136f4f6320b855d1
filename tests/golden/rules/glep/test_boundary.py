"""The algebra of boundary conditions: which residuals vanish, and claims that do not hold."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.rules.glep import CONDITIONS, Condition
from golden.rules.glep.boundary import Ends, Held, omega


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=list(CONDITIONS))
def test_claims_hold_for_any_size(condition):
    condition.check()
    for n in (1, 3, 8):
        assert (condition.residual_of_kernels(n) < 1e-9) == condition.residual_vanishes
    assert [name for name, c in CONDITIONS.items() if not c.residual_vanishes] == ["civp"]
    assert [name for name, c in CONDITIONS.items() if c.local and c.causal] == ["pfvp"]


def test_omega_is_antisymmetric_and_conserved():
    rng = np.random.default_rng(0)
    a, b = (Ends.of(rng.normal(size=(5, 12))) for _ in range(2))
    assert np.allclose(omega(a, b), -omega(b, a)) and np.allclose(omega(a, a), 0)
    still = [Ends(*pair, *pair) for pair in rng.normal(size=(2, 2, 3))]
    assert abs(omega(*still)) < 1e-15


def made(held, nudged=None, **members):
    default = {"name": "mine", "given": (), "residual_vanishes": True, "local": True, "causal": False, "reason": ""}
    methods = {"held": lambda self, start, end: held(start, end)}
    if nudged:
        methods["held_nudged"] = lambda self, start, end: nudged(start, end)
    return type("Mine", (Condition,), {**default, **members, **methods})()


@pytest.mark.parametrize(
    ("held", "vanishes"),
    [
        (lambda start, end: (start[0], start[1] + end[1]), False),
        (lambda start, end: (start[1] - 0.3 * start[0], end[1] + 2 * end[0]), True),  # Robin: elastic ends
        (lambda start, end: (start[1], end[1]), True),  # Neumann: free ends
        (lambda start, end: (2 * start[0] - end[0], 0.5 * start[1] - end[1]), True),  # a symplectic twist
        (lambda start, end: (2 * start[0] - end[0], 2 * start[1] - end[1]), False),  # a dilation is none
        (lambda start, end: end, False),
    ],
)
def test_the_algebra_decides(held, vanishes):
    made(held, residual_vanishes=vanishes).check()
    claim = "vanishes" if vanishes else "does not"
    with pytest.raises(HelError, match=f"mine claims that its residual .* {claim}; set residual_vanishes = {vanishes}"):
        made(held, residual_vanishes=not vanishes).check()


def test_a_nudged_side_of_its_own():
    made(lambda start, end: end, lambda start, end: start, given=("qT", "pT")).check()  # pfvp in the mirror


@pytest.mark.parametrize(
    ("held", "message"),
    [
        (lambda start, end: (start[0] ** 2, end[0]), "two vectors of n numbers linear in the ends"),
        (lambda start, end: (start[0] + 1, end[0]), "two vectors of n numbers linear in the ends"),
        (lambda start, end: (start[0],), "two vectors of n numbers linear in the ends"),
        (lambda start, end: (start[0], 2 * start[0]), "mine must hold 4 independent numbers, got 2"),
    ],
)
def test_what_is_no_condition(held, message):
    with pytest.raises(HelError, match=message):
        made(held).check()


def test_unknown_data():
    with pytest.raises(HelError, match="mine: a condition gives some of q0, p0, qT, pT, not q1"):
        made(lambda start, end: start, given=("q1",)).check()


def test_missing_members():
    class Bare(Condition):
        given, residual_vanishes = (), False

        def held(self, start, end):
            return start

    with pytest.raises(HelError, match="Bare: a condition says name, given, .*; add name, local, causal, reason"):
        Bare().check()


def test_values_are_what_is_held_at_the_data():
    data = {"q0": np.ones((1, 2)), "qT": np.full((1, 2), 3.0)}
    assert Held(CONDITIONS["cbvp"], 2).values(data).tolist() == [[1, 1, 3, 3]]
    assert Held(CONDITIONS["pbvp"], 2).values(data).tolist() == [[0, 0, 0, 0]]
