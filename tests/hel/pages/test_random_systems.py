"""Batches of random systems: what is kept, what is skipped, and what a mismatch says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hel.pages import random_systems
from hel.pages.random_systems import KEPT, kept, main, rows
from testbench.random_systems import BATCHES

ROOT = Path(__file__).parents[3]


def result(mismatches: int = 0) -> dict:
    """As `testbench.random_systems.run` returns it."""
    sums = {"systems": 3, "arrays": 2, "mismatches": mismatches, "compared_words": 70, "compared_cycles": 8}
    return {**sums, "cycles": 9, "first_mismatch": ["random-1001", {}] if mismatches else None, "refused": {}}


def test_all_that_is_kept_agrees() -> None:
    """300 systems of one simulator and 40 of the other."""
    results = kept(ROOT)
    assert list(results) == [batch.name for batch in BATCHES]
    for batch in BATCHES:
        found = results[batch.name]
        assert found["mismatches"] == 0 and found["first_mismatch"] is None
        assert found["systems"] + len(found["refused"]) == batch.count
        assert all("; use " in reason for reason in found["refused"].values())
    compared = {row[1]: int(row[6]) for row in rows(results) if row[0] == "all"}
    assert compared["verilator"] >= 300 and compared["icarus"] >= 40


def test_a_row_a_batch_and_the_sums() -> None:
    found = rows({BATCHES[0].name: result(), BATCHES[1].name: result()})
    assert found[0] == ["random-1000 to 1029", "verilator", "4", "2", "2", "18", "3", "2", "0", "70", "8"]
    assert found[2] == ["all", "verilator", "", "", "", "", "6", "4", "0", "140", "16"]


def test_a_batch_that_is_there_is_kept(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(random_systems, "run", lambda batch: result())
    later, first = BATCHES[3].name, BATCHES[0].name
    assert main([later]) == main([first]) == 0
    assert list(json.loads(KEPT.read_text())["batches"]) == [first, later], "in their own order"
    monkeypatch.setattr(random_systems, "run", lambda batch: result(5))
    assert main([first]) == 0 and "kept" in capsys.readouterr().err
    assert main([first, "--force"]) == 1
    said = capsys.readouterr().err
    assert "5 mismatches in 3 systems" in said and "random-1001" in said


def test_an_unknown_batch_is_named(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["verilator-7"])
    assert "not verilator-7" in capsys.readouterr().err
