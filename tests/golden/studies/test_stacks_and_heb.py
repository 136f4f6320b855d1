"""The committed figures of stacks and HEB: what they must show, and one of them computed again."""

import json
import re
from pathlib import Path

import pytest

from golden.checks.comparison import compare
from golden.rules import stack, stack_bptt
from golden.studies import stacks_and_heb

FOUND = json.loads((Path(__file__).parents[3] / "docs/results/stacks_and_heb.json").read_text())


@pytest.mark.parametrize("row", FOUND["stacks"]["rows"], ids=lambda row: f"{row['layers']} {row['cost']}")
def test_stacks_of_any_depth_have_order_two(row):
    assert 1.9 <= row["order_symmetric"] <= 2.1
    assert row["best_error"] < 1e-9 and row["one_minus_cosine_at_1e-4"] < 1e-12


def test_rounding_adds_up_over_the_layers():
    """Proportional to 1/eps at any depth, and at four layers far from what a product of layers would give."""
    rows = [row for row in FOUND["stacks"]["rows"] if row["cost"] == "final"]
    assert [row["layers"] for row in rows] == [1, 2, 3, 4]
    for row in rows:
        assert 3 < row["errors"]["1e-08"] / row["errors"]["1e-07"] < 30
        assert row["rounding_times_eps"] < 1e-15 * row["layers"]
    assert rows[3]["undivided_error"] > 100 * rows[3]["errors"]["0.001"]


def test_memory_does_not_grow_with_steps():
    few, many = FOUND["stacks"]["stored_words"]
    assert few["rhel"] == many["rhel"] and many["steps"] == 10 * few["steps"] and many["bptt"] > 9 * few["bptt"]


def test_heb_has_the_orders_of_the_derivation():
    found = FOUND["heb"]
    assert -1.1 <= found["order_mass_error"] <= -0.9 and -2.2 <= found["order_mass_cosine"] <= -1.8
    assert 1.9 <= found["order_eps_symmetric"] <= 2.1 and 0.9 <= found["order_eps_one_sided"] <= 1.1
    assert found["finite_differences_one_minus_cosine"] <= 1e-6 and found["infinite_mass_against_rhel"] < 1e-10


def test_one_figure_again():
    row = FOUND["stacks"]["rows"][2]
    posed = stacks_and_heb.stack_problem(3)
    wanted, _, _ = stack_bptt.gradient(posed)
    _, error = compare(stack.gradient(posed, eps=1e-3)[0], wanted, posed.theta)
    assert error == pytest.approx(row["errors"]["0.001"], rel=1e-4)
    assert posed.stack.n == row["neurons"] == 27


def test_the_page_says_what_was_measured():
    page = (Path(__file__).parents[3] / "docs/stacks_and_heb.md").read_text()
    for place, lines in stacks_and_heb.lines(FOUND).items():
        assert "\n".join(lines) in page and place not in page.split()


def test_the_pages_example_runs(capsys):
    page = (Path(__file__).parents[3] / "docs/stacks_and_heb.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(code, {})
    assert capsys.readouterr().out.strip() == re.search(r"# (\d+ \(.*\))$", code.strip()).group(1)
