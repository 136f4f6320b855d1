"""The files of docs/explore: every point can be asked, and digits.toml asks what the study of digits reports."""

import json
from pathlib import Path

import pytest

from golden.studies.digits import accuracy_rows
from hel.commands import SUMMARIES
from hel.explore.points import points
from hel.explore.spec import read
from tests.hel.commands import answer
from tests.hel.explore.sweeps import rows

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "docs/explore").glob("*.toml"))
CASE = ("neurons", "epochs", "arithmetic", "rule")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_point_can_be_asked(path):
    text = (ROOT / "docs/how_to/explore.md").read_text()
    assert f"[{path.name}](../explore/{path.name})" in text and len(points(read(path, SUMMARIES, 1000))) >= 10
    assert path.read_text().startswith("# "), "it says what it is for"


def test_digits_asks_what_the_study_reports():
    asked = points(read(ROOT / "docs/explore/digits.toml", SUMMARIES, 1000))
    cases = [{name: case[name] for name in CASE} for case, _ in accuracy_rows(5)]
    assert len(asked) == 5 * len(cases)
    for case in cases:
        seeds = [point.options["seed"] for point in asked if case.items() <= point.options.items()]
        assert seeds == [0, 1, 2, 3, 4], case


@pytest.mark.slow
def test_digits_gives_what_the_study_reports(tmp_path, capfd):
    """Of 4 epochs: five trainings of half a minute."""
    text = (ROOT / "docs/explore/digits.toml").read_text()
    head, _, zipped = text.partition("[[zip]]\n")
    short = [f"{line.partition('=')[0]}= [{line.partition('[')[2].split(',')[0]}]" for line in zipped.splitlines()]
    (tmp_path / "digits.toml").write_text("\n".join([head, "[[zip]]", *short]))
    assert answer(capfd, "explore", tmp_path / "digits.toml")["ran"] == 5
    found = {row["point"]["seed"]: row["result"]["test_accuracy"] for row in rows(tmp_path / "digits.jsonl")}
    study = json.loads((ROOT / "docs/results/digits.json").read_text())["rows"]
    case = dict(zip(CASE, (32, 4, "fixed", "hel"), strict=True))
    written = next(row["test_accuracy"] for row in study if case.items() <= row["case"].items())
    assert [found[seed] for seed in range(5)] == written
