"""One word for the formats of a program's cuts, what a report says of them, and what they gain."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.checks.gradcheck import gradcheck
from golden.compiler.calibrate import calibrated, reached
from golden.compiler.compile import compile_system, described, seeds
from golden.compiler.cut_formats import by_interval
from golden.compiler.lower import lowered
from golden.errors import HelError
from golden.language.user_function import table
from golden.program import Program
from golden.systems import SYSTEMS, System, get


def test_the_word_says_which_program():
    system, formats = get("springs", n=4), Formats(operand_bits=16)
    usual = compile_system(system, formats)
    first = calibrated(usual, system)
    assert usual == compile_system(system, formats) != first == compile_system(system, formats, "calibrated")
    assert compile_system(system, formats, "calibrated-4") == calibrated(usual, system, seeds=[4, 5, 6])


@pytest.mark.parametrize(
    "word", ["", "Calibrated", "calibrated-", "calibrated--1", "calibrated-x", "default-1", None, 3]
)
def test_another_word_is_an_error(word):
    with pytest.raises(HelError, match="cuts are default, calibrated or calibrated-SEED, got"):
        seeds(word)


def test_a_report_has_every_cut_with_both_formats_and_its_line():
    system = get("springs", n=4)
    rows = described(compile_system(system, cuts="calibrated"), "calibrated")["cut_formats"]
    assert [(row["name"], row["of"], row["format"], row["default"]) for row in rows] == [
        ("x", "q", "SQ(5, 13)", "SQ(5, 13)"),
        ("d", "C_x", "SQ(4, 14)", "SQ(5, 13)"),
        ("d1", "kc_d", "SQ(3, 15)", "SQ(5, 13)"),
    ]
    assert rows[1]["line"].startswith("springs.py:") and rows[1]["line"].endswith("`q[:-1] - q[1:]`")
    found = described(compile_system(system), "default")
    assert found["cuts"] == "default" and all(row["format"] == row["default"] for row in found["cut_formats"])


@pytest.mark.parametrize("name", ["springs", "graph", "pendulum", "phi4", "fput", "stack", "gated"])
def test_calibrated_programs_are_verified_and_round_trip(name):
    program = compile_system(get(name, n=4, m=2), cuts="calibrated-2")
    assert Program.parse(str(program)).verify() == program


@pytest.mark.parametrize(
    ("name", "eps", "gain"),
    [("springs", 1.0, 1.2), ("graph", 1.0, 1.5), ("phi4", 2.0**-6, 1.0), ("gated", 2.0**-6, 1.2)],
)
def test_the_gradient_in_fixed_point_gains(name, eps, gain):
    """Geometric means of the relative error over three problems, by interval and calibrated."""
    errors = {
        cuts: [gradcheck(name, neurons=8, inputs=2, eps=eps, seed=seed, cuts=cuts) for seed in range(3)]
        for cuts in ("default", "calibrated")
    }
    assert all(result["return_error_lsb"] == 0 and not result["flags"] for rows in errors.values() for result in rows)
    logs = {cuts: np.mean([np.log(row["relative_error_fixed"]) for row in rows]) for cuts, rows in errors.items()}
    assert np.exp(logs["default"] - logs["calibrated"]) > gain


class Two(System):
    """exp of one parameter's product, a bump with f(0) = 1 on a range that is stated."""

    low, high = -9.0, 9.0

    @property
    def parameters(self):
        return {"k": (self.n,), "W": (self.n, self.n)}

    def potential(self, q, u, theta):
        bump = np.exp(-(np.clip(theta["W"] @ q - u[0], self.low, self.high) ** 2))
        return np.sum(np.exp(theta["k"] * q)) - np.sum(bump) + np.sum(q**2) / 2 - u[0] * q[0]


@pytest.mark.parametrize("cuts", ["default", "calibrated"])
def test_a_report_has_every_table(cuts):
    program = compile_system(Two(4, 1), cuts=cuts)
    rows = {row["function"]: row for row in described(program, cuts)["tables"]}
    assert len(rows) == len(program.tables) == 2
    row = rows["exp(x)"]
    assert not row["stated"] and -8 < row["low"] < -0.5 < 0.5 < row["high"] < 8
    assert row["steep"] == ["below", "above"] and row["fold"] == ""
    assert row["line"].startswith("test_compile.py:") and row["line"].endswith('`np.exp(theta["k"] * q)`')
    (row,) = (row for function, row in rows.items() if function != "exp(x)")
    assert row["stated"] and (row["low"], row["high"]) == (-9.0, 9.0)
    for one in program.tables:
        (row,) = (row for row in rows.values() if row["name"] == one.name)
        assert (row["segments"], row["argument_fraction"]) == (one.segments, one.fraction)
        assert f"SQ({18 - one.origin.fraction_bits}, {one.origin.fraction_bits})" == row["format"]
        assert row["error"] == row["error_lsb"] * 2.0**-one.origin.fraction_bits < 1e-3


def test_a_range_follows_what_is_reached():
    """Twice that, where the function has values, by the very seeds of the cuts."""
    program, other = (compile_system(Two(4, 1), cuts=cuts) for cuts in ("default", "calibrated-5"))
    spans = reached(lowered(Two(4, 1)), Two(4, 1), seeds=range(3), steps=1000)
    (low, high) = next(span for function, span in spans.items() if str(function) == "exp(x)")
    (origin,) = (one.origin for one in program.tables if one.origin.function == "exp(x)")
    assert (origin.low, origin.high) == (2 * low, 2 * high)
    (origin,) = (one.origin for one in other.tables if one.origin.function == "exp(x)")
    assert (origin.low, origin.high) != (2 * low, 2 * high)


class Narrow(Two):
    low, high = -0.25, 0.5


class Mine(Two):
    """The same by hel.table, whose range a calibration leaves."""

    def potential(self, q, u, theta):
        return np.sum(theta["k"] * STATED(q)) + np.sum(theta["W"] @ q) ** 2 / 2 + np.sum(q**2) - u[0] * q[0]


STATED = table(np.sinh, np.cosh, low=-0.25, high=0.5)


@pytest.mark.parametrize(("system", "line"), [(Narrow, "`np."), (Mine, "`STATED(q)`")])
def test_a_stated_range_that_a_calibration_leaves(system, line):
    """An error where cuts are calibrated, with the line; by default the flag tells."""
    made = system(4, 1)
    with pytest.raises(HelError) as error:
        compile_system(made, cuts="calibrated")
    text = str(error.value)
    assert text.startswith("test_compile.py:") and line in text and "\n" not in text
    assert "in the calibration run, its stated range is -0.25 to 0.5; state a larger one" in text
    result = gradcheck(made, steps=100, cuts="default")
    assert "argument_clamped" in result["flags"] and result["return_error_lsb"] == 0
    told = result["argument_clamped"]
    assert all(one.startswith("test_compile.py:") and one.endswith("beyond -0.25 to 0.5") for one in told)


@pytest.mark.parametrize("name", SYSTEMS)
def test_formats_by_interval_are_those_of_the_default(name):
    usual = compile_system(get(name, n=4, m=2))
    assert by_interval(usual) == usual
    assert by_interval(compile_system(get(name, n=4, m=2), cuts="calibrated")) == usual


def test_a_program_with_tables_round_trips():
    program = compile_system(Two(4, 1), cuts="calibrated")
    read = Program.parse(str(program)).verify()
    assert read == program and described(read, "calibrated")["tables"] == []
