"""Rows of a sweep with their seeds together: the newest of each point, in the order of seeds, none that has failed."""

import json

import pytest

from golden.errors import HelError
from golden.studies.sweeps import seeds_together

HEAD = {"exploration": "a", "command": "train"}


def row(seed, accuracy, rate=3, sources="s", flags=(), **other):
    result = {"test_accuracy": accuracy, "flags": list(flags)}
    point = {"rate": rate, "seed": seed}
    made = {"digest": f"{rate}{seed}-{sources}", "point": point, "result": result, "made_by": {"line": "hel train a"}}
    return {**made, **other}


def written(tmp_path, *rows):
    file = tmp_path / "a.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in (HEAD, *rows)))
    return file


def test_seeds_are_together_in_their_order(tmp_path):
    rows = row(1, 0.5), row(0, 1.0, flags=["q_overflow"]), row(0, 0.25, rate=4)
    first, second = seeds_together(written(tmp_path, *rows), "test_accuracy")
    assert first == {
        "case": {"rate": 3, "seeds": 2}, "test_accuracy": [1.0, 0.5], "mean": 0.75, "deviation": 0.25,
        "flags": ["q_overflow"],
    }  # fmt: skip
    assert second["case"] == {"rate": 4, "seeds": 1} and second["test_accuracy"] == [0.25]


def test_the_newest_row_of_a_point_counts(tmp_path):
    (found,) = seeds_together(written(tmp_path, row(0, 0.5), row(0, 1.0, sources="other")), "test_accuracy")
    assert found["test_accuracy"] == [1.0]


def test_what_has_failed_is_told(tmp_path):
    failed = row(1, 0.5, error="no way")
    del failed["result"]
    with pytest.raises(HelError, match="a.jsonl have test_accuracy, hel train a has none: no way; run it again"):
        seeds_together(written(tmp_path, row(0, 0.5), failed), "test_accuracy")
    with pytest.raises(HelError, match="have cost, hel train a has none: its result has test_accuracy, flags; run it"):
        seeds_together(written(tmp_path, row(0, 0.5)), "cost")
