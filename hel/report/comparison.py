"""How the array compares with the golden model: words, cycles, mismatches."""

from __future__ import annotations

from typing import Any

from hel.report.read import Run
from hel.report.section import Fact, Section, Table, number

__all__ = ["section"]


NAMES = {
    "kind": "kind of word",
    "cycle": "clock cycle",
    "pass": "pass",
    "step": "time step",
    "expected": "expected, by the model",
    "found": "found, in the RTL",
    "also": "also wrong at that clock edge",
    "segment": "segment of the schedule",
    "control_word": "number of the control word in it",
    "control": "fields of the control word",
    "operation": "what the word was for",
    "statement": "statement of the program",
    "line": "line of the potential",
    "command": "to see it again with waves",
}
"""What the fields of a mismatch (`testbench.mismatch`) are called on the page; others by themselves."""


def section(run: Run) -> Section | None:
    """Of `hel verify`, and of a training of the array itself."""
    if "mismatches" not in run:
        return None
    wrong = run["mismatches"]
    facts = [Fact(number(wrong), "mismatches", "bad" if wrong else "good")]
    if "compared_words" in run:
        facts.append(Fact(number(run["compared_words"]), "words compared"))
    if "compared_cycles" in run:
        facts.append(Fact(number(run["compared_cycles"]), "cycles in which every register was compared"))
    told = {key: _told(value) for key, value in run.get("first_mismatch", {}).items()}
    rows = [(NAMES.get(key, key.replace("_", " ")), value) for key, value in told.items() if value]
    lead = "Bit for bit: no word may differ, in any cycle that is looked at."
    if "mutant" in run:
        lead += f" Here words are meant to differ: the RTL has an error put into it on purpose, {run['mutant']}."
    return Section(
        "Array against golden",
        lead,
        facts,
        tables=[Table("The first word that differs", ("", ""), rows, numbers=False)] if rows else [],
    )


def _told(value: Any) -> str:
    """A value of any kind as a line."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_told(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_told, value))
    return "" if value is None else str(value)
