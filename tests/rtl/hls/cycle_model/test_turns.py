"""Angles beside positions on the cycle model: one array reads q as x and as t, and every word is golden's."""

from __future__ import annotations

import pytest

from golden.compiler import compile_system
from golden.dynamics.integrator import Flags, twin
from golden.program import Program
from rtl.hls import compile_array
from rtl.hls.plan.bind import bind
from rtl.hls.report.reuse import joined
from tests.golden.dynamics.turn_cases import Clutch, both_operands
from tests.rtl.hls.cases import FORMATS, program, random_case
from tests.rtl.hls.cycle_model.test_cycle_model import Pair, same
from tests.rtl.hls.cycle_model.test_tables import learns


@pytest.mark.parametrize("formats", FORMATS)
@pytest.mark.parametrize("elements", [1, 3, *(pytest.param(p, marks=pytest.mark.slow) for p in (2, 5))])
def test_every_use_of_both_operands_learns_as_golden_does(elements: int, formats: str) -> None:
    learns(both_operands(formats=FORMATS[formats]), elements, elements)


@pytest.mark.parametrize(("neurons", "elements"), [(5, 3), pytest.param(4, 2, marks=pytest.mark.slow)])
def test_rotors_on_a_shaft_learn_as_golden_does(neurons: int, elements: int) -> None:
    learns(compile_system(Clutch(neurons, 2)), elements, 1)


@pytest.mark.parametrize("formats", FORMATS)
def test_an_echo_returns_every_bit_while_both_words_wrap(formats: str) -> None:
    found = both_operands(formats=FORMATS[formats])
    pair = Pair(found, compile_array(found, elements=2))
    case = random_case(found, steps=12, seed=3, scale=1.0)
    pair.load(case)
    pair.play(pair.driver.forward(case.u))
    same(pair.state(pair.driver.echo(case.u[::-1])), twin(case.q, case.p))
    assert pair.flags() >= Flags.Q_OVERFLOW | Flags.OPERAND_CLIPPED and not pair.model.gradients.any()


READS = {"x": ("a_x", 16), "t": ("a_t", 21), "both": ("a_t + a_x << 5", 21)}
"""A force of either operand or both, and its shift to a kick."""


@pytest.mark.parametrize("reads", READS)
def test_from_sixteen_on_an_x_is_clipped_and_a_t_is_not(reads: str) -> None:
    """Every position counts of a program that reads any as x, as in golden, though the product with this one is 0."""
    force, shift = READS[reads]
    found = Program.parse(f"""program p n=3 m=1
        parameter a [3]
        x = cut q SQ(5, 13)
        t = turn q
        a_x = mul a x
        a_t = mul a t
        F = sum + {force}
        K = round half_up F {shift}
        kick K
        gradient a = mul {"t" if reads == "t" else "x"} one""").verify()
    for at, lost in ((15.99, False), (16.01, reads != "t")):
        pair = Pair(found, compile_array(found, elements=2))
        case = random_case(found, steps=2, seed=1, scale=1 / 64)
        case.p[:], case.e[:], case.theta["a"][:] = 0, 0, 0
        case.q[2] = found.formats.q.raw(at)
        pair.load(case)
        pair.forward()
        assert (Flags.OPERAND_CLIPPED in pair.golden.flags) == lost and pair.flags() == pair.golden.flags


def test_an_array_of_both_runs_programs_of_lengths_too() -> None:
    programs = [program("springs", 4, 2), both_operands(4)]
    array = joined([bind(found) for found in programs], programs[0].formats, elements=2, neurons=4)
    assert array.chooses_operand
    for found in programs:
        pair = Pair(found, compile_array(found, elements=2, array=array))
        pair.load(random_case(found, steps=2, seed=4, scale=1.0))
        pair.echo()
        assert pair.flags() == pair.golden.flags
        turned = {f["x_turn"] for name in ("forward", "echo") for f in pair.schedule.fields(name)}
        assert turned == ({0} if found is programs[0] else {0, 1})
