"""Step 3: constants, powers of two, and operations that are one where they are equal."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.compiler.lower import lowered
from golden.compiler.normalise import normalise
from golden.compiler.operands import choose_operands
from golden.compiler.powers import signed_powers
from golden.compiler.select import TABLE_WORDS, select
from golden.errors import HelError
from golden.language.user_function import table
from golden.systems import get
from tests.golden.compiler.made import system


def selected(parameters, potential):
    return select(choose_operands(normalise(system(parameters, potential).gradient)), Formats())


def lines(found):
    return str(found).splitlines()


@pytest.mark.parametrize("factor", [1.0, -0.5, 3.0, -0.75, 2 / 3 + 1 / 3, 40.0])
def test_signed_powers_add_up(factor):
    found = signed_powers(factor)
    assert len(found) <= 2 and sum(sign * 2.0**log2 for sign, log2 in found) == pytest.approx(factor, rel=2.0**-40)


@pytest.mark.parametrize("factor", [0.1, 11.0, 1 / 3])
def test_other_factors_are_none(factor):
    assert signed_powers(factor) is None


def test_wires_of_one_operand_are_one_constant():
    found = lines(selected({"a": (3,)}, lambda q, u, t: np.sum(t["a"] * q**2) + u @ (np.roll(q, 1) - q)))
    assert sum("constant" in line for line in found) == 1 and sum("matvec" in line for line in found) == 2


def test_a_sum_that_cancels_is_refused_with_its_line():
    with pytest.raises(HelError, match=r"test_select.py:.*a value that is always 0 needs no factor; remove the term"):
        selected({"a": (3,)}, lambda q, u, t: np.sum(t["a"] * q**2) + u @ (np.roll(np.roll(q, 1), 2) - q))


def test_a_parameter_whose_density_cancels_is_refused():
    with pytest.raises(HelError, match="every parameter acts on the state, b does not; use it in the potential"):
        selected({"a": (3,), "b": (3,)}, lambda q, u, t: np.sum(t["a"] * q**2) + t["b"] @ (np.roll(q, 3) - q))


def test_two_functions_of_one_argument_are_two_before_their_tables_have_words():
    """Else a calibration would compute one for both, and find no range for the other."""
    made = system({"k": (3,), "j": (3,)}, lambda q, u, t: np.sum(t["k"] / (3 + q**2) + t["j"] * np.exp(np.cos(q))))
    found = {str(table.function) for table in lowered(made).tables}
    program = compile_system(made)
    assert found == {str(table.function) for table in program.tables} and len(found) == len(program.tables) >= 2


@pytest.mark.parametrize("name", ["dense", "springs", "phi4", "fput", "gated", "random-3"])
def test_operations_are_distinct_and_read_what_is_before(name):
    found = select(choose_operands(normalise(get(name, n=6, m=2).gradient)), Formats())
    operations = [str(operation) for operation, _ in found.operations]
    assert len(set(operations)) == len(operations)
    for number, text in enumerate(operations):
        assert all(int(word[1:]) < number for word in text.split() if word.startswith("%"))


@pytest.mark.parametrize("error, largest", [(None, 1024), (8e-4, 2048)])
def test_tables_that_do_not_fit_together_have_fewer_segments(error, largest):
    """Not those whose error somebody asked for."""
    f = table(
        lambda x: np.exp(-x) * np.sin(9 * x),
        df=lambda x: np.exp(-x) * (9 * np.cos(9 * x) - np.sin(9 * x)),
        low=-1.0,
        high=3.0,
        error=error,
    )

    def potential(q, u, theta):
        return np.sum(theta["k"] * f(q)) + np.sum(np.exp(np.sin(8 * np.clip(q, -1, 2)))) + np.sum(q**2) / 2

    tables = compile_system(system({"k": (3,)}, potential)).tables
    assert 1 << 11 < sum(len(each.words) for each in tables) <= TABLE_WORDS
    assert [each.segments for each in tables if each.name == "df"] == [largest]
    assert all(each.segments <= 1024 for each in tables if each.name != "df")
