import json
from pathlib import Path

import pytest

from golden.arithmetic.formats import Formats
from golden.checks.cases import Case
from golden.compiler import compile_system
from golden.studies import operand_cuts

ROOT = Path(__file__).parents[3]


def test_the_tables_of_the_document_are_those_of_the_committed_rows():
    document = json.loads((ROOT / "docs/results/operand_cuts.json").read_text())
    assert document["formats"] == str(Formats())
    assert operand_cuts.render(document["rows"]) in (ROOT / "docs/numerics.md").read_text()


def test_a_row_is_reproduced():
    rows = json.loads((ROOT / "docs/results/operand_cuts.json").read_text())["rows"]
    name = "dense, final, T = 100"
    row = next(row for row in rows if (row["table"], row["case"], row["column"]) == ("fraction", name, 16))
    again = operand_cuts.best(operand_cuts.CASES[name], Formats())
    assert again["eps_log2"] == row["eps_log2"] and again["loss"] == pytest.approx(row["loss"], rel=1e-3)


def test_floor_kick_changes_one_operation():
    case = Case("linear", 3, 1)
    one, two = compile_system(case.build(), Formats()), operand_cuts.floor_kick(case, Formats())
    changed = [str(b) for a, b in zip(one.ops, two.ops, strict=True) if a != b]
    assert changed == ["K = round floor F 16"]
