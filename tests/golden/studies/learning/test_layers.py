"""Stacks of layers: one layer is dense, two are the system `stack`; chosen as fixed HEL is, and never tested."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from golden.studies.learning import __main__ as study
from golden.studies.learning import layers, selection
from golden.studies.learning.layers import Layers
from golden.systems import get

ROOT = Path(__file__).parents[4]
STACK = {"W1": "V1", "C1": "B", "W2": "V2", "C2": "C"}


@pytest.mark.parametrize("n", [2, 7])
@pytest.mark.parametrize(
    ("count", "other", "names"), [(1, "dense", {"W1": "W", "C1": "B", "b1": "b"}), (2, "stack", STACK)]
)
def test_one_layer_is_dense_and_two_are_the_system_stack(n, count, other, names):
    ours, theirs = Layers(n, 3, count), get(other, n=n, m=3)
    theta, wanted = ours.initial(4), theirs.initial(4)
    renamed = {names.get(name, name): value for name, value in theta.items()}
    assert renamed.keys() == wanted.keys()
    assert all(np.array_equal(renamed[name], value) for name, value in wanted.items())
    q, u = np.random.default_rng(0).normal(size=n), np.ones(3)
    assert ours.potential(q, u, theta) == theirs.potential(q, u, wanted)


def test_a_layer_sees_the_one_below_and_the_lowest_the_inputs():
    stack = Layers(10, 2, 3)
    theta, q = stack.initial(0), np.random.default_rng(0).normal(size=10)
    assert stack.sizes == (3, 3, 4)

    def cross(i, j):
        """d2V / dq_i dq_j, by differences."""
        value = 0.0
        for a in (1, -1):
            for b in (1, -1):
                moved = q.copy()
                moved[i] += a * 1e-3
                moved[j] += b * 1e-3
                value += a * b * stack.potential(moved, np.zeros(2), theta)
        return value / 4e-6

    assert abs(cross(0, 9)) < 1e-6  # first and third: no term has both
    assert abs(cross(0, 4)) > 1e-3 and abs(cross(4, 9)) > 1e-3
    other = {**theta, **{name: np.zeros_like(theta[name]) for name in ("W1", "C1", "b1")}}
    assert stack.potential(q, np.ones(2), other) == stack.potential(q, np.zeros(2), other)


def test_every_stack_stands_beside_one_layer_of_as_many():
    for count, neurons in layers.SIZES:
        assert (1, neurons) in layers.SIZES and neurons in (32, 32 * count) or count == 1
    assert {count for count, _ in layers.SIZES} == {1, 2, 3, 4}


def test_candidates_and_choice_are_fixed_hel_s(monkeypatch):
    asked = []

    def trained(neurons, runs, candidate, *, frozen, system):
        asked.append((neurons, system.sizes, system.m, candidate, frozen))
        return [np.full(2, 0.1 * len(asked)) for _ in runs]

    monkeypatch.setattr(layers.echo, "trained", trained)
    row = layers.measure({"task": "mackey-glass", "layers": 4, "neurons": 32})
    assert [one[3] for one in asked] == row["candidates"] and len(asked) == 4
    assert {one[:3] + one[4:] for one in asked} == {(32, (8, 8, 8, 8), 1, False)}
    assert row["chosen"] == 0 and row["by_sample"] == "0.1 0.1"  # an error: the smallest


def test_the_command_writes_rows_of_its_own(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(layers, "measure", lambda case: {"chosen": 0})
    assert study.main(["--layers", "--task", "digits"]) == 0
    (file,) = (tmp_path / "docs/results").iterdir()
    found = [row["case"] for row in json.loads(file.read_text())["rows"]]
    assert file.name == "learning_layers.json"
    assert found == [{"task": "digits", "layers": count, "neurons": n} for count, n in layers.SIZES]


def test_no_test_sample_is_read():
    names = {node.id for node in ast.walk(ast.parse(Path(layers.__file__).read_text())) if isinstance(node, ast.Name)}
    assert "selection_runs" in names and "test_runs" not in names


def test_committed_rows_are_those_of_the_command_and_one_layer_is_fixed_hel_s_choice():
    rows = json.loads((ROOT / layers.LAYERS).read_text())["rows"]
    wanted = [str(case) for case in layers.cases(list(layers.TASKS), ["hel-fixed"])]
    found = [str(row["case"]) for row in rows]
    assert len(set(found)) == len(found) and set(found) <= set(wanted)
    chosen = json.loads((ROOT / selection.SELECTION).read_text())["rows"]
    for row in rows:
        assert len(row["candidates"]) == 4
        if row["case"]["layers"] == 1 and row["case"]["neurons"] == 32:
            case = {"task": row["case"]["task"], "model": "hel-fixed", "neurons": 32}
            (other,) = (one for one in chosen if one["case"] == case)
            assert all(row[key] == other[key] for key in ("candidates", "validation", "chosen"))
