"""The README: its line of results is today's, its commands are commands, and it keeps its order and its size."""

import importlib
import re
import shlex
from pathlib import Path

import pytest

from golden.errors import HelError
from hel.__main__ import parsed
from hel.commands import SUMMARIES
from hel.pages import readme

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_line_of_results_is_up_to_date():
    assert readme.filled_in(TEXT, ROOT) == TEXT, "run `python -m hel.pages.readme`"


def test_it_is_short_and_in_order():
    assert len(TEXT.splitlines()) < 130
    heads = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", TEXT, flags=re.M | re.S), re.M)
    assert heads == ["hel-fpga", "Set it up", "Your own Hamiltonian", "Where it stands", "For, and not for",
                     "Where things are"]  # fmt: skip
    before = TEXT.partition("## Set it up")[0]
    picture = re.search(r"!\[(.{100,})\]\((docs/pictures/overview\.svg)\)", before)
    assert picture and (ROOT / picture[2]).exists() and before.index(".") < before.index("![")


def test_its_commands_are_accepted():
    lines = re.findall(r"^(?:\$ )?(hel .*)$", TEXT, re.M)
    assert len(lines) >= 4
    assert set(re.findall(r"`hel ([a-z]+)", TEXT)) <= set(SUMMARIES)
    for line in lines:
        _, name, *rest = shlex.split(line.split("#")[0])
        assert name in SUMMARIES, line
        parsed(name, importlib.import_module(f"hel.commands.{name}"), rest)


def test_its_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"\bmake ([a-z-]+)", TEXT)
    assert {"demo", "test", "docs"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_its_links_lead_to_files():
    for link in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (ROOT / link).exists(), link


def test_the_line_compares_like_with_like_and_takes_the_worst_seed_of_the_largest_build():
    def row(arithmetic, rule, epochs, mean, neurons=32):
        case = {"arithmetic": arithmetic, "rule": rule, "epochs": epochs, "neurons": neurons, "seeds": 5}
        return {"case": case, "mean": mean, "deviation": 0.01}

    rows = [row("fixed", "hel", 10, 0.9), row("fixed", "hel", 20, 0.95), row("float", "bptt", 10, 0.96)]
    rows.append(row("fixed", "hel", 20, 0.99, neurons=64))
    report = {
        "system": "dense",
        "board": "ulx3s_85f",
        "elements": 16,
        "neurons": 64,
        "fmax_hz": 182e6,
        "steps_per_s": 6e5,
    }
    reports = [report, report | {"fmax_hz": 181e6}, report | {"elements": 8, "fmax_hz": 1e6}, {"fmax_hz": 1.0}]
    said = readme.line(rows, reports)
    assert "0.900 ± 0.010 in the array's arithmetic after 10 epochs (0.950 ± 0.010 after 20), 0.960" in said
    assert "N = 64 on 16 elements closes at 181 MHz on an ULX3S-85F, 600 k steps/s" in said


def test_missing_marker():
    with pytest.raises(HelError, match="needs the two marker lines <!-- results: generated -->"):
        readme.filled_in("no markers", ROOT)
