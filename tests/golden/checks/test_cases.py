"""Seeded problems and their reference."""

from golden.arithmetic.formats import Formats
from golden.checks.cases import Case, problem, reference


def test_problems_are_words_of_every_format():
    one = problem(Case(steps=3), 0, 14)
    for bits in (8, 20):
        word = Formats(bits).q
        assert (word.value(word.raw(one.q0)) == one.q0).all()
    assert (
        Formats(operand_bits=14).weight.value(Formats(operand_bits=14).weight.raw(one.theta["W"])) == one.theta["W"]
    ).all()


def test_the_reference_is_cached():
    case = Case("linear", 3, 1, 5)
    assert reference(case, 0, 18, 0.125) is reference(case, 0, 18, 0.125)
