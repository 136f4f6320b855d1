"""Binding: the three systems' plans, as text, and what the ring lacks, by name."""

from __future__ import annotations

import re

import numpy as np
import pytest

from golden.errors import HelError
from golden.formats import Formats
from golden.lower import compile_system
from golden.program import Program
from golden.systems import get
from golden.systems.base import System
from rtl.hls.bind import bind
from rtl.hls.plan import Plan
from testbench.rtl.hls.cases import program

PLANS = {
    "linear": """
        a vector
        B columns
        force Diagonal a X scaled
        force Inputs B negative scaled
        gradient a X X offset -3
        gradient B X INPUT offset -4 negative
    """,
    "hru": """
        al vector
        w vector
        B columns
        b vector
        z Diagonal w X
        z Inputs B
        z Inputs b
        force Diagonal al X scaled
        force Diagonal w S
        gradient al X X offset -3
        gradient w S X offset 0
        gradient B S INPUT offset 0
        gradient b S INPUT offset 0
    """,
    "dense": """
        al vector
        W matrix
        B columns
        b vector
        z Rotating W
        z Inputs B
        z Inputs b
        force Diagonal al X scaled
        force Transposed W
        gradient al X X offset -3
        gradient W S X offset 0
        gradient B S INPUT offset 0
        gradient b S INPUT offset 0
    """,
}


def text(plan: Plan) -> list[str]:
    lines = [f"{name} {layout.value}" for name, layout in plan.parameters.items()]
    for stage in ("z", "force"):
        for term in getattr(plan, stage):
            operand = [term.operand.name] if hasattr(term, "operand") else []
            marks = [mark for mark in ("negative", "scaled") if getattr(term, mark, False)]
            lines.append(" ".join([stage, type(term).__name__, term.parameter, *operand, *marks]))
    for g in plan.gradients:
        line = f"gradient {g.parameter} {g.r.name} {g.y.name} offset {g.offset}"
        lines.append(line + " negative" * g.negative)
    return lines


@pytest.mark.parametrize("system", PLANS)
@pytest.mark.parametrize("sizes", [(6, 2), (3, 3), (1, 1)], ids=["n6 m2", "n3 m3", "n1 m1"])
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


class Bare(System):
    """A position without a factor."""

    @property
    def parameters(self) -> dict[str, tuple[int, ...]]:
        return {"b": (self.n,)}

    def potential(self, q, u, theta):  # type: ignore[no-untyped-def]
        return np.sum(np.log(np.cosh(q + theta["b"])))


class Deep(System):
    """Two tables."""

    @property
    def parameters(self) -> dict[str, tuple[int, ...]]:
        return {"V": (self.n, self.n), "W": (self.n, self.n)}

    def potential(self, q, u, theta):  # type: ignore[no-untyped-def]
        one, two = np.log(np.cosh(theta["V"] @ q)), np.log(np.cosh(theta["W"] @ q))
        return np.sum(one) + np.sum(two)


class Wide(System):
    """More hidden units than neurons."""

    @property
    def parameters(self) -> dict[str, tuple[int, ...]]:
        return {"W": (2 * self.n, self.n)}

    def potential(self, q, u, theta):  # type: ignore[no-untyped-def]
        return np.sum(np.log(np.cosh(theta["W"] @ q)))


@pytest.mark.parametrize(
    ("system", "message"),
    [
        (Bare(4), r'the ring has no form for "x_one = mul x one" of system bare; it has sums of products'),
        (
            get("springs", n=4, m=1),
            r'the ring has no form for "d = cut C_x .*" of system springs; it has operands cut from the position',
        ),
        (
            Deep(4),
            r'the ring has no form for ".*tanh.*" of system deep; it has a force with one table look-up a neuron',
        ),
        (Wide(4), r"the ring stores parameters of shape \(4,\), \(4, 4\) or \(4, 1\), got W with \(8, 4\)"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, System) else "",
)
def test_what_the_ring_lacks_is_named(system: System, message: str) -> None:
    with pytest.raises(HelError) as error:
        bind(compile_system(system))
    assert re.match(message, str(error.value)), str(error.value)
