"""The ceilings of docs/systems.md are what is kept, and what is kept is what the compiler says."""

import json
from pathlib import Path

import pytest

from golden import systems
from hel.pages import ceilings

ROOT = Path(__file__).parents[3]
KEPT = json.loads((ROOT / ceilings.KEPT).read_text())


def test_the_page_is_what_is_kept() -> None:
    text = (ROOT / ceilings.PAGE).read_text()
    assert ceilings.fill(text, KEPT) == text, "run `python -m hel.pages.ceilings --page`"


def test_every_system_has_a_row_in_the_first_table() -> None:
    assert {row["system"] for row in KEPT["rows"] if row["neurons"] == 64} >= set(systems.SYSTEMS)


@pytest.mark.parametrize("name", ["springs", "linear", "hru"])
def test_what_is_kept_is_what_the_compiler_says(name: str) -> None:
    row = next(row for row in KEPT["rows"] if row["system"] == name)
    assert ceilings.measured(name, ceilings.SIZES[0]) == row, "run `python -m hel.pages.ceilings`"


def test_no_step_undercuts_its_bound_and_most_come_near() -> None:
    steps = [row[step] for row in KEPT["rows"] for step in ("forward", "echo")]
    assert all(step["slots"] <= step["bound"] <= step["cycles"] for step in steps)
    assert all(step["bound"] >= 0.75 * step["cycles"] for step in steps)


def test_the_command_writes_the_page_from_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for file in (ceilings.KEPT, ceilings.PAGE):
        file.parent.mkdir(parents=True, exist_ok=True)
    ceilings.KEPT.write_text(json.dumps(KEPT))
    marks = "".join(f"<!-- ceilings_{k}: generated -->\n<!-- ceilings_{k}: end -->\n" for k in range(2))
    ceilings.PAGE.write_text(marks)
    assert ceilings.main(["--check"]) == 1 and ceilings.PAGE.read_text() == marks
    assert ceilings.main(["--page"]) == 0 and ceilings.main(["--check"]) == 0
    assert "| springs | 8 |" in ceilings.PAGE.read_text()
