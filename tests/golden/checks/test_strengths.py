"""Errors over eps: they are those of single runs, the best is the best, and no end of the ladder hides a better one."""

from dataclasses import replace

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.checks.cases import Case, problem, reference
from golden.checks.comparison import compare
from golden.checks.strengths import FIRST, USUAL, Strengths, raised
from golden.compiler import compile_system
from golden.cost_functions import FinalCost
from golden.rules import bptt, rhel, rhel_fixed


def made(case, seed=0, formats=None, progress=None):
    formats = formats or Formats()
    posed = problem(case, seed, formats.operand_bits, formats.step)
    wanted, _ = reference(case, seed, formats.operand_bits, formats.step)
    return Strengths(posed, wanted, compile_system(posed.system, formats), progress)


@pytest.mark.parametrize("cost", ["final", "summed", "averaged"])
def test_every_strength_is_a_single_run(cost):
    found = made(Case("dense", 4, 2, 40, cost))
    exponents = [-12, -6, -3, 0]
    found.in_float(exponents)
    for e in exponents:
        one, _, _ = rhel_fixed.gradient(found.problem, eps=2.0**e, program=found.program)
        exact, _, report = rhel.gradient(found.problem, eps=2.0**e)
        assert (found.fixed[e].cosine, found.fixed[e].error) == compare(one, found.wanted, found.names)
        assert found.float[e].error == pytest.approx(compare(exact, found.wanted, found.names)[1], rel=1e-3, abs=1e-9)
        assert found.float[e].asymmetry == pytest.approx(report.asymmetry, rel=1e-6)
        assert found.round_off[e] == pytest.approx(found.apart(one, exact), rel=1e-6)


@pytest.mark.parametrize("name", ["dense", "springs", "gated"])
def test_the_best_is_no_worse_than_any_that_raises_nothing(name):
    found = made(Case(name, 4, 1, 60), seed=1)
    best = found.best()
    assert set(FIRST) <= set(found.fixed) and found.flags(best) == found.flags(min(found.fixed)) == frozenset()
    quiet = [e for e in found.fixed if found.flags(e) == frozenset()]
    assert found.fixed[best].error == min(found.fixed[e].error for e in quiet)
    # A strong nudge of the springs clips its words, and says so.
    assert found.flags(best + 12) != frozenset() or name != "springs"


@pytest.mark.parametrize("log2_scale", [-12, 12])
def test_the_best_moves_with_the_scale_of_the_cost(log2_scale):
    """A cost of c 2^-s wants an eps of 2^s: the ladder goes on until its best lies inside."""
    plain = made(Case("dense", 4, 2, 40))

    def scaled(q, y):
        return 2.0**log2_scale * np.sum((q - y) ** 2) / 2

    posed = replace(plain.problem, cost=FinalCost(scaled))
    found = Strengths(posed, bptt.gradient(posed)[0], plain.program)
    assert abs(found.best() - (plain.best() - log2_scale)) <= 1
    assert found.best() not in (min(found.fixed), max(found.fixed))


def test_flags_of_many_are_the_flags_of_each():
    found = made(Case("linear", 3, 1, 30))
    best = found.best()
    shown = range(best - 3, best + 12)
    found.all_flags(shown)
    for e in shown:
        _, _, report = rhel_fixed.gradient(found.problem, eps=2.0**e, program=found.program)
        assert found.flags(e) == raised(report), e
    assert found.flags(shown[0]) != found.flags(shown[-1])


def test_without_a_gradient_no_strength_is_better():
    posed = problem(Case("linear", 3, 1, 5), 0)
    posed = replace(posed, cost=FinalCost(lambda q, y: np.sum(y)))
    found = Strengths(posed, bptt.gradient(posed)[0], compile_system(posed.system, Formats()))
    assert found.best() == USUAL and found.fixed[USUAL].error == 1.0
    assert found.apart(found.wanted, found.wanted) == 0.0


def test_a_diverging_echo_is_infinitely_far():
    found = made(Case("phi4", 3, 1, 40))
    found.in_float([-5, 25])
    assert found.float[25].error == np.inf and found.float[25].cosine == 0 and found.round_off[25] == np.inf
    assert found.float[-5].error < 0.1


def test_progress_is_told():
    said = []
    made(Case("linear", 3, 1, 5), progress=lambda *words: said.append(words)).in_float([-3, -2])
    assert said == [(0, 2, "fixed point"), (0, 2, "float64")]
