"""One word for the formats of a program's cuts, what a report says of them, and what they gain."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.checks.gradcheck import gradcheck
from golden.compiler.calibrate import calibrated
from golden.compiler.compile import compile_system, described, seeds
from golden.errors import HelError
from golden.program import Program
from golden.systems import get


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
    rows = described(compile_system(system, cuts="calibrated"), system, "calibrated")["cut_formats"]
    assert [(row["name"], row["of"], row["format"], row["default"]) for row in rows] == [
        ("x", "q", "SQ(5, 13)", "SQ(5, 13)"),
        ("d", "C_x", "SQ(4, 14)", "SQ(5, 13)"),
        ("d1", "kc_d", "SQ(3, 15)", "SQ(5, 13)"),
    ]
    assert rows[1]["line"].startswith("springs.py:") and rows[1]["line"].endswith("`q[:-1] - q[1:]`")
    found = described(compile_system(system), system, "default")
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
