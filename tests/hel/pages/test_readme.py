"""Every number of the README comes from a committed result, and its commands are commands."""

import json
import re
from pathlib import Path

import pytest

from golden.errors import HelError
from hel.__main__ import parsed
from hel.commands import SUMMARIES
from hel.pages import readme

ROOT = Path(__file__).parents[3]


def test_readme_is_up_to_date():
    text = (ROOT / "README.md").read_text()
    tables = [readme.builds(ROOT / "bitstreams/results"), readme.accuracies(ROOT / "docs/results/digits.json")]
    assert readme.fill(text, tables) == text, "run `python -m hel.pages.readme`"


def test_commands_of_the_readme_are_accepted():
    import importlib

    lines = [line.split("#")[0].split()[1:] for line in re.findall(r"^hel .*$", (ROOT / "README.md").read_text(), re.M)]
    assert {line[0] for line in lines} <= set(SUMMARIES) and len(lines) >= 6
    for name, *rest in lines:
        parsed(name, importlib.import_module(f"hel.commands.{name}"), rest)


def test_make_targets_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make ([a-z-]+)", (ROOT / "README.md").read_text(), re.M):
        assert re.search(rf"^{target}:", makefile, re.M)


def test_tables(tmp_path):
    report = dict.fromkeys(readme.BUILD_KEYS, 16) | {
        "board": "b",
        "fmax_hz": 190e6,
        "steps_per_s": 5e5,
        "mac_per_s": 2e9,
    }
    (tmp_path / "a.json").write_text(json.dumps(report))
    (tmp_path / "element.json").write_text(json.dumps({"fmax_hz": 1.0}))
    assert readme.builds(tmp_path)[2:] == ["| b | 16 | 16 | 16 | 16 | 16/16 | 16 | 190 MHz | 1 | 16 | 500 k | 2.00 |"]
    for seed, fmax_hz in ((3, 181e6), (2, 184e6)):
        (tmp_path / f"b{seed}.json").write_text(json.dumps(report | {"seed": seed, "fmax_hz": fmax_hz, "lut": seed}))
    (tmp_path / "a.json").write_text(json.dumps(report | {"neurons": 8}))
    assert readme.builds(tmp_path)[2:] == [
        "| b | 16 | 8 | 16 | 16 | 16/16 | 16 | 190 MHz | 1 | 16 | 500 k | 2.00 |",
        "| b | 16 | 16 | 2 | 16 | 16/16 | 16 | 181 to 184 MHz | 2 | 16 | 500 k | 2.00 |",
    ]
    case = {"neurons": 32, "epochs": 4, "arithmetic": "fixed", "rule": "hel", "seeds": 5}
    (tmp_path / "digits").write_text(
        json.dumps({"rows": [{"case": case, "mean": 0.97, "deviation": 0.001, "test_accuracy": [0.969, 0.971]}]})
    )
    assert readme.accuracies(tmp_path / "digits")[2:] == ["| 32 | 4 | fixed | HEL | 0.9700 ± 0.0010 | 0.9690 | 5 |"]


def test_missing_marker():
    with pytest.raises(HelError, match="needs the two marker lines <!-- results: generated -->"):
        readme.fill("no markers", [])
