"""Binding: the three systems' plans, as text, and what the ring lacks, by name."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from golden.arithmetic.formats import SQ, Formats
from golden.compiler import compile_system
from golden.errors import HelError
from golden.program import Program
from golden.program.ops import Cut
from golden.systems import get
from rtl.hls.plan.bind import bind
from rtl.hls.plan.ring_plan import POSITION, TURNS, Local, RingPlan
from tests.golden.dynamics.turn_cases import both_operands
from tests.rtl.hls.cases import EVERYTHING, program

PLANS = {
    "linear": """
        a vector
        B columns
        kick K: Local a x, -Inputs B
        gradient a offset -3: x x
        gradient B offset -4 negative: x u
    """,
    "hru": """
        al vector
        w vector
        B columns
        b vector
        table s: Local w x, Inputs B, Local b one
        kick K: Local al x, Local w s
        gradient al offset -3: x x
        gradient w offset 0: s x
        gradient B offset 0: s u
        gradient b offset 0: s one
    """,
    "dense": """
        al vector
        W matrix
        B columns
        b vector
        table s: Rotating W x, Inputs B, Local b one
        kick K: Local al x, Transposed W s
        gradient al offset -3: x x
        gradient W offset 0: s x
        gradient B offset 0: s u
        gradient b offset 0: s one
    """,
    "springs": """
        k vector
        kc vector
        C matrix constant
        C.T matrix constant
        C1.u columns constant
        cut d: Rotating C x
        cut d1: Local kc d
        kick K: Local k x, Rotating C.T d1, -Inputs C1.u
        gradient k offset -3: x x
        gradient kc offset -3: d d
    """,
}


def text(plan: RingPlan) -> list[str]:
    lines = []
    for name, stored in plan.stored.items():
        lines.append(f"{name} {stored.layout.value}" + " constant" * (stored.words is not None))
    for statement in plan.statements:
        terms = []
        for term in statement.terms:
            factors = (term.a, term.b) if isinstance(term, Local) else (term.matrix, getattr(term, "operand", ""))
            names = filter(None, map(plan.shown, factors))
            terms.append(" ".join(["-" * term.negative + type(term).__name__, *names]))
        lines.append(f"{statement.finish.value} {statement.name}: {', '.join(terms)}")
    for g in plan.gradients:
        marks = [("-" * t.negative, f" << {t.alignment}" * bool(t.alignment)) for t in g.terms]
        products = [
            f"{sign}{plan.shown(t.r)} {plan.shown(t.y)}{shift}" for t, (sign, shift) in zip(g.terms, marks, strict=True)
        ]
        lines.append(f"gradient {g.parameter} offset {g.offset}{' negative' * g.negative}: {', '.join(products)}")
    return lines


@pytest.mark.parametrize("system", PLANS)
@pytest.mark.parametrize("sizes", [(6, 2), (3, 3), (4, 1)], ids=["n6 m2", "n3 m3", "n4 m1"])
def test_the_plan_of_a_system(system: str, sizes: tuple[int, int]) -> None:
    """The same for every size, also where an input matrix is square."""
    plan = bind(program(system, *sizes))
    assert plan.name == system
    assert text(plan) == [line.strip() for line in PLANS[system].strip().splitlines()]


@pytest.mark.parametrize("system", PLANS)
def test_the_plan_does_not_depend_on_formats(system: str) -> None:
    plain = bind(program(system, 4, 2))
    assert text(bind(program(system, 4, 2, Formats(12, 16, 5, 2)))) == text(plain)


@pytest.mark.parametrize("system", PLANS)
def test_the_plan_survives_the_programs_text(system: str) -> None:
    assert bind(Program.parse(str(program(system, 4, 2)))) == bind(program(system, 4, 2))


def test_a_program_with_everything() -> None:
    """Wiring of vectors and of inputs, a matrix that multiplies both, products of operands, two densities."""
    assert text(bind(Program.parse(EVERYTHING).verify())) == [
        "a vector",
        "M matrix",
        "D matrix constant",
        "D.T matrix constant",
        "D.u columns constant",
        "c vector constant",
        "u.identity columns constant",
        "cut u.vector: Inputs u.identity",
        "table s: Rotating D x",
        "kick K: Local a s, -Rotating D.T s, Inputs D.u, Rotating M u.vector, Transposed M x, Local c one, Local x s",
        "gradient a offset 0: s x, -x x << 3",
        "gradient M offset 0: x u.vector << 4, s x",
    ]


def test_positions_as_x_and_in_turns() -> None:
    """Two operands of the same words; of a product either may rotate, in a density the one that is a position."""
    plan = bind(both_operands(4))
    assert plan.positions == {POSITION, TURNS} and text(plan)[6:] == [
        "cut d: Rotating W x, Rotating D t",
        "kick K: Rotating M t, -Transposed M t, Transposed W x, Local a t, Local b x, Local x t, Local t x, Local t t,"
        " Local d t, Local t one",
        "gradient a offset 6: x t << 5, t t, d t << 4",
        "gradient b offset 2: t x, x one << 6, t one << 1",
        "gradient W offset 1: x t, d x << 4",
        "gradient M offset 6: t x << 5, t t, t d << 4",
        "gradient B offset 1: t u, x u << 5",
    ]
    assert bind(program("dense", 4, 2)).positions == {POSITION}
    assert bind(compile_system(get("rotor", n=4, m=2))).positions == {TURNS}


def test_turns_of_two_powers_are_refused() -> None:
    """An element has one shift for them: the last one would be taken for both."""
    text = str(both_operands(4)).replace("D_t = matvec D t", "t3 = turn q 3\n    D_t = matvec D t3")
    with pytest.raises(HelError, match="one power of two for all turns of q, got 0, 3; write the largest"):
        bind(Program.parse(text).verify())


def test_a_turn_of_a_sum_is_refused_with_what_to_write() -> None:
    text = str(both_operands(4)).replace("D_t = matvec D t", "y = turn W_x\n    D_t = matvec D y")
    rule = 'the ring has no form for "y = turn W_x" of system both; it has turns of q alone; write'
    told = ' "round floor W_x ..." and a table over a turn, which takes any sum modulo 1'
    with pytest.raises(HelError, match=f"^{re.escape(rule + told)}$"):
        bind(Program.parse(text).verify())


def test_names_of_a_program_do_not_meet_those_of_the_ring() -> None:
    """A parameter x, and a table's output t, beside positions: the plan calls these otherwise, and reports too."""
    text = re.sub(r"\bs\b", "t", re.sub(r"\ba\b", "x", re.sub(r"\bx\b", "X", EVERYTHING)))
    plan = bind(Program.parse(text).verify())
    terms = [term for statement in plan.statements for term in statement.terms]
    assert {("x", "t"), (POSITION, "t")} <= {(term.a, term.b) for term in terms if isinstance(term, Local)}
    assert (plan.shown(POSITION), plan.shown("x"), plan.shown(TURNS)) == ("q.x", "x", "q.t")


@pytest.mark.parametrize(
    ("name", "cut", "message"),
    [
        ("x", Cut("x", "q", SQ(4, 13)), '"x = cut q SQ(4, 13)" of system own; it has positions cut to SQ(5, 13)'),
        ("e", Cut("e", "arg", SQ(0, 17)), '"e = cut arg SQ(0, 17)" of system own; it has cuts to words of 18 bits'),
    ],
    ids=["position", "narrow cut"],
)
def test_what_the_ring_lacks_is_named(name: str, cut: Cut, message: str) -> None:
    text = EVERYTHING.replace("matvec_t D s", "matvec_t D e")
    program = Program.parse(text.replace("zt =", "e = cut arg SQ(1, 17)\nzt ="))
    ops = tuple(cut if op.name == name else op for op in program.ops)
    with pytest.raises(HelError, match=f"^the ring has no form for {re.escape(message)}$"):
        bind(replace(program, ops=ops))
