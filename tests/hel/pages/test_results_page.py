"""Every number of the results page comes from a committed result."""

import json
from pathlib import Path

import pytest

from golden.errors import HelError
from hel.pages import results_page

ROOT = Path(__file__).parents[3]


def test_the_page_is_up_to_date():
    text = (ROOT / results_page.PAGE).read_text()
    tables = [
        results_page.builds(ROOT / "bitstreams/results"),
        results_page.accuracies(ROOT / "docs/results/digits.jsonl"),
        results_page.many_seeds(ROOT / "docs/results/digits_seeds.jsonl"),
    ]
    assert results_page.fill(text, tables) == text, "run `python -m hel.pages.results_page`"


def swept(file, *rows):
    """A file of rows: (point, result) each."""
    lines = [
        {"digest": f"{k}-s", "point": point, "result": result, "made_by": {"line": "hel train"}}
        for k, (point, result) in enumerate(rows)
    ]
    head = {"exploration": "digits", "command": "train"}
    file.write_text("".join(json.dumps(line) + "\n" for line in (head, *lines)))
    return file


def test_many_seeds_are_a_sentence(tmp_path):
    assert results_page.many_seeds(tmp_path / "none.jsonl") == []
    size = {"neurons": 4, "epochs": 2}
    file = swept(
        tmp_path / "seeds.jsonl",
        ({**size, "seed": 0}, {"validation_accuracy": 0.8, "flags": []}),
        ({**size, "seed": 1}, {"validation_accuracy": 1.0, "flags": ["q_overflow"]}),
    )
    (said,) = results_page.many_seeds(file)
    assert "From 2 seeds, N = 4, 2 epochs" in said and "the lowest 0.8000; flags raised: q_overflow." in said


def test_tables(tmp_path):
    report = dict.fromkeys(results_page.BUILD_KEYS, 16) | {
        "board": "b",
        "fmax_hz": 190e6,
        "steps_per_s": 5e5,
        "mac_per_s": 2e9,
    }
    (tmp_path / "a.json").write_text(json.dumps(report))
    (tmp_path / "element.json").write_text(json.dumps({"fmax_hz": 1.0}))
    assert results_page.builds(tmp_path)[2:] == [
        "| b | 16 | 16 | 16 | 16 | 16/16 | 16 | 190 MHz | 1 | 16 | 500 k | 2.00 |"
    ]
    for seed, fmax_hz in ((3, 181e6), (2, 184e6)):
        (tmp_path / f"b{seed}.json").write_text(json.dumps(report | {"seed": seed, "fmax_hz": fmax_hz, "lut": seed}))
    (tmp_path / "a.json").write_text(json.dumps(report | {"neurons": 8}))
    assert results_page.builds(tmp_path)[2:] == [
        "| b | 16 | 8 | 16 | 16 | 16/16 | 16 | 190 MHz | 1 | 16 | 500 k | 2.00 |",
        "| b | 16 | 16 | 2 | 16 | 16/16 | 16 | 181 to 184 MHz | 2 | 16 | 500 k | 2.00 |",
    ]
    case = {"neurons": 32, "epochs": 4, "arithmetic": "fixed", "rule": "hel"}
    rows = [({**case, "seed": seed}, {"test_accuracy": 0.969 + seed / 500}) for seed in (0, 1)]
    assert results_page.accuracies(swept(tmp_path / "digits.jsonl", *rows))[2:] == [
        "| 32 | 4 | fixed | HEL | 0.9700 ± 0.0010 | 0.9690 | 2 |"
    ]


def test_missing_marker():
    with pytest.raises(HelError, match="needs the two marker lines <!-- results: generated -->"):
        results_page.fill("no markers", [])
