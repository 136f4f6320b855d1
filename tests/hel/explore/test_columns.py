"""Rows as columns, by name; what a figure is of."""

import pytest

from hel.arguments import UsageError
from hel.explore.columns import flat, names, series, value

ROWS = [
    {
        "point": {"system": system, "eps": f"2^-{k}", "fraction-bits": 16},
        "result": {"error": 10.0 * k, "fixed": {"best": k}, "history": [{"cost": 3.0}, {"cost": k}], "text": "a"},
        "seconds": 0.25,
    }
    for system in ("dense", "hru")
    for k in (1, 2)
]


def test_values():
    assert value(ROWS[0], "eps") == 0.5 and value(ROWS[0], "system") == "dense" and value(ROWS[0], "seconds") == 0.25
    assert value(ROWS[1], "fixed.best") == 2 and value(ROWS[1], "history.-1.cost") == 2
    assert value(ROWS[0], "fraction_bits") == value(ROWS[0], "fraction-bits") == 16
    assert value(ROWS[0], "history.7.cost") is None and value(ROWS[0], "nothing") is None
    assert list(flat(ROWS[0])) == names(ROWS)
    assert names([*ROWS, {"point": {}, "error": "no", "seconds": 1.0}])[-1] == "failed"


def test_lines_are_sorted_and_gather_what_is_left():
    assert series(ROWS, "eps", "error", "system") == {
        "dense": {0.25: [20.0], 0.5: [10.0]},
        "hru": {0.25: [20.0], 0.5: [10.0]},
    }
    assert series(ROWS, "eps", "error", None) == {None: {0.25: [20.0, 20.0], 0.5: [10.0, 10.0]}}
    assert list(series(ROWS, "system", "seconds", None)[None]) == ["dense", "hru"]
    failed = {"point": {"system": "dense", "eps": "2^-3"}, "error": "no", "seconds": 1.0}
    assert 0.125 not in series([*ROWS, failed], "eps", "error", None)[None]


def test_what_cannot_be_drawn():
    with pytest.raises(UsageError, match="none has 'eror', did you mean error\\? they have system, eps"):
        series(ROWS, "eps", "eror", None)
    with pytest.raises(UsageError, match="draws numbers, text is a; name a number"):
        series(ROWS, "eps", "text", None)
