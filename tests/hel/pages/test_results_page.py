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
        results_page.accuracies(ROOT / "docs/results/digits.json"),
        results_page.many_seeds(ROOT / "docs/results/digits_seeds.json"),
    ]
    assert results_page.fill(text, tables) == text, "run `python -m hel.pages.results_page`"


def test_many_seeds_are_a_sentence(tmp_path):
    assert results_page.many_seeds(tmp_path / "none.json") == []
    case = {"neurons": 4, "epochs": 2, "seeds": 2}
    row = {"case": case, "mean": 0.9, "deviation": 0.1, "validation_accuracy": [0.8, 1.0], "flags": ["q_overflow"]}
    (tmp_path / "seeds.json").write_text(json.dumps({"rows": [row]}))
    (said,) = results_page.many_seeds(tmp_path / "seeds.json")
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
    case = {"neurons": 32, "epochs": 4, "arithmetic": "fixed", "rule": "hel", "seeds": 5}
    (tmp_path / "digits").write_text(
        json.dumps({"rows": [{"case": case, "mean": 0.97, "deviation": 0.001, "test_accuracy": [0.969, 0.971]}]})
    )
    assert results_page.accuracies(tmp_path / "digits")[2:] == [
        "| 32 | 4 | fixed | HEL | 0.9700 ± 0.0010 | 0.9690 | 5 |"
    ]


def test_missing_marker():
    with pytest.raises(HelError, match="needs the two marker lines <!-- results: generated -->"):
        results_page.fill("no markers", [])
