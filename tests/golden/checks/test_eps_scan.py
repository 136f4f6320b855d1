"""A scan says what the errors are made of: orders, shares, flags, and a reason for each side of the best."""

import json

import pytest

from golden.checks.eps_scan import FLAGS, NONLINEARITY, ROUND_OFF, scan, side
from golden.checks.gradcheck import gradcheck
from golden.errors import HelError
from golden.systems import SYSTEMS

KEYS = {"cosine_float", "relative_error_float", "cosine_fixed", "relative_error_fixed", "return_error_lsb"}


@pytest.mark.parametrize("name", ["dense", "pendulum", "phi4"])
@pytest.mark.parametrize("cost", ["final", "summed", "averaged"])
def test_a_nonlinear_system_has_both_ends(name, cost):
    found = scan(name, neurons=6, inputs=2, steps=60, cost=cost, seed=1)
    weaker, stronger = found["fixed"]["weaker"], found["fixed"]["stronger"]
    assert weaker["limit"] == ROUND_OFF and stronger["limit"] in (NONLINEARITY, FLAGS)
    assert -1.6 < weaker["order"] < -0.6
    assert 1.9 <= found["float"]["stronger"]["order"] <= 2.1 and found["float"]["stronger"]["limit"] == NONLINEARITY
    assert found["float"]["weaker"]["limit"] == ROUND_OFF
    assert found["float"]["best_eps"] < found["fixed"]["best_eps"] == found["eps"] == found["best_eps"]


def test_a_quadratic_system_has_round_off_and_flags_alone():
    found = scan("springs", neurons=6, steps=60)
    assert found["fixed"]["weaker"]["limit"] == ROUND_OFF == found["float"]["stronger"]["limit"]
    assert found["fixed"]["stronger"]["flagged_eps"] > found["eps"]
    assert "p_overflow" in found["fixed"]["stronger"]["flags"] and found["flags"] == []
    assert all(row["round_off_share"] == pytest.approx(1.0) for row in found["rows"])


def test_rows_hang_together():
    found = scan("hru", neurons=4, inputs=2, steps=50)
    rows = found["rows"]
    assert [row["eps"] / rows[0]["eps"] for row in rows] == [2.0**k for k in range(len(rows))]
    for row in rows:
        exact, apart = row["relative_error_float"], row["round_off"]
        assert row["round_off_share"] == pytest.approx(apart**2 / (apart**2 + exact**2))
        assert abs(exact - apart) <= row["relative_error_fixed"] * (1 + 1e-9)
        assert row["relative_error_fixed"] <= (exact + apart) * (1 + 1e-9)
        assert row["limit"] == (FLAGS if row["flags"] else ROUND_OFF if apart > exact else NONLINEARITY)
    best = next(row for row in rows if row["eps"] == found["eps"])
    assert best["relative_error_fixed"] == found["relative_error_fixed"] == found["best_relative_error_fixed"]
    assert set(found) >= KEYS
    json.dumps(found, allow_nan=False)


def test_a_row_is_a_gradcheck():
    found = scan("gated", neurons=4, inputs=2, steps=40, cost="summed")
    for row in found["rows"][::5]:
        one = gradcheck("gated", neurons=4, inputs=2, steps=40, cost="summed", eps=row["eps"])
        assert (one["cosine_fixed"], one["relative_error_fixed"]) == (row["cosine_fixed"], row["relative_error_fixed"])
        assert one["relative_error_float"] == pytest.approx(row["relative_error_float"], rel=1e-3, abs=1e-8)
        assert one["flags"] == row["flags"] and one["best_eps"] == found["eps"]


def test_echoes_that_diverge_are_no_numbers():
    found = scan("phi4", neurons=3, inputs=1, steps=60, seed=2, cost="averaged")
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_has_a_best_without_flags(name):
    found = scan(name, neurons=6, inputs=2, steps=20)
    assert found["flags"] == [] and found["cosine_fixed"] > 0.9999 and found["return_error_lsb"] == 0
    assert all(found[kind][which]["limit"] for kind in ("fixed", "float") for which in ("weaker", "stronger"))


def test_sides_without_strengths():
    best = {"eps": 1.0, "limit": ROUND_OFF, "flags": [], "relative_error_float": 1e-9, "relative_error_fixed": 1e-3}
    assert side(best, [], "fixed") is None
    flagged = {**best, "eps": 2.0, "limit": FLAGS, "flags": ["p_overflow"], "relative_error_fixed": 0.2}
    found = side(best, [flagged], "fixed")
    assert (found["limit"], found["flagged_eps"], found["eps"], found["order"]) == (FLAGS, 2.0, 2.0, None)


def test_errors():
    with pytest.raises(HelError, match="there is no built-in system 'quartic'"):
        scan("quartic")
    with pytest.raises(HelError, match="the size of a target must be a whole number >= 1, got 0"):
        scan("dense", targets=0)
