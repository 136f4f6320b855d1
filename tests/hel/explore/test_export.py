"""Rows as Parquet, read back by another door."""

import sys

import pytest

from hel.arguments import UsageError
from hel.explore.export import parquet

ROWS = [
    {
        "digest": f"{k}-a",
        "point": {"system": "dense", "eps": "2^-3", "seed": k},
        "result": {"error": error, "flags": ["q_overflow"] * k, "mixed": mixed, "best": {"eps": 0.5}, "none": None},
        "seconds": 0.25,
        "made_by": {"command": "gradcheck", "line": f"hel gradcheck dense --seed {k}", "version": "1"},
    }
    for k, (error, mixed) in enumerate([(1, "a"), (0.5, 2)])
]
ROWS.append({key: ROWS[0][key] for key in ("digest", "point", "seconds", "made_by")} | {"error": "it failed"})


def test_it_is_read_back(tmp_path):
    reader = pytest.importorskip("pyarrow.parquet")
    path = parquet([*ROWS], tmp_path / "a.parquet")
    table = reader.read_table(path).to_pydict()
    assert (
        table["eps"] == [0.125] * 3
        and table["seed"] == [0, 1, 0]
        and table["failed"] == [None, None, "it failed"]
        and table["error"] == [1.0, 0.5, None]
    )
    assert table["best.eps"] == [0.5, 0.5, None] and table["flags"] == ["[]", '["q_overflow"]', None]
    assert table["mixed"] == ["a", "2", None] and table["none"] == [None] * 3
    assert table["digest"] == ["0-a", "1-a", "0-a"] and table["line"][1] == "hel gradcheck dense --seed 1"
    assert [each.name for each in tmp_path.iterdir()] == ["a.parquet"]


def test_what_cannot_be_written(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="--parquet must name a file in an existing folder"):
        parquet(ROWS, tmp_path / "no/a.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"--parquet needs pyarrow, .*; pip install 'hel-fpga\[explore\]'"):
        parquet(ROWS, tmp_path / "a.parquet")
