"""What lies beyond a vector's end is 0, a table's output too, whatever the function is at 0.

A table is looked up on all elements, so the last block of a vector whose length is no multiple of P has f(0) in its
pads. Where that is not 0, its readers read a copy instead: the vector times a constant of ones, which is 0 in the pads
as every constant is, cut back to the same word. That is exact and raises no flag.

Example
-------
>>> from golden.arithmetic.formats import Formats
>>> from golden.arithmetic.function_table import FunctionTable
>>> from rtl.hls.plan.ring_plan import ONE, POSITION, Finish, Local, RingPlan, Statement
>>> bump = FunctionTable("bump", 18, (4, 2, 0), fold="even")
>>> look_up = Statement("s", 3, Finish.TABLE, (Local("a", POSITION, 29),), 36, 29, 18, "bump")
>>> kick = Statement("K", 3, Finish.KICK, (Local("a", "s", 33),), 36, 33)
>>> plan = padded(RingPlan("own", {}, (look_up, kick), (), (bump,)), Formats(), elements=2)
>>> [(s.name, *((t.a, t.b) for t in s.terms)) for s in plan.statements]
[('s', ('a', 'q.x')), ('s.pad', ('one.3', 's')), ('K', ('a', 's.pad'))]
>>> padded(plan, Formats(), elements=3) == plan
True
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from golden.arithmetic.formats import Formats
from rtl.hls.plan.ring_plan import (
    Finish,
    Gradient,
    GradientTerm,
    Inputs,
    Layout,
    Local,
    RingPlan,
    Statement,
    Stored,
    Term,
)

__all__ = ["PAD", "padded"]

PAD = ".pad"
"""What the name of a copy ends in; no program has such names."""


def padded(plan: RingPlan, formats: Formats, *, elements: int) -> RingPlan:
    """The plan with such copies on a ring of P elements; the plan itself where it needs none."""
    not_zero = {table.name for table in plan.tables if table.look_up(np.zeros(1, np.int64)).any()}
    copied = {s.name: s.name + PAD for s in plan.statements if s.table in not_zero and s.length % max(1, elements)}
    copied = {name: copy for name, copy in copied.items() if copy not in plan.vectors}
    if not copied:
        return plan
    bits = formats.weight.fraction_bits
    stored, statements = dict(plan.stored), []
    for s in plan.statements:
        statements.append(replace(s, terms=tuple(_term(term, copied) for term in s.terms)))
        if s.name in copied:
            ones = f"one.{s.length}"
            words = tuple((row, 0, 1 << bits) for row in range(s.length))
            stored[ones] = Stored(Layout.VECTOR, (s.length,), words=words)
            # Where the binary point of s is does not matter: the product is cut by as many bits as 1.0 has.
            product = Local(ones, s.name, bits)
            width = 2 * formats.operand_bits
            statements.append(Statement(copied[s.name], s.length, Finish.CUT, (product,), width, bits, 0))
    gradients = tuple(_gradient(gradient, copied) for gradient in plan.gradients)
    return replace(plan, stored=stored, statements=tuple(statements), gradients=gradients)


def _term(term: Term, copied: dict[str, str]) -> Term:
    if isinstance(term, Inputs):
        return term
    if isinstance(term, Local):
        return replace(term, a=copied.get(term.a, term.a), b=copied.get(term.b, term.b))
    return replace(term, operand=copied.get(term.operand, term.operand))


def _gradient(gradient: Gradient, copied: dict[str, str]) -> Gradient:
    def read(term: GradientTerm) -> GradientTerm:
        return replace(term, r=copied.get(term.r, term.r), y=copied.get(term.y, term.y))

    return replace(gradient, terms=tuple(map(read, gradient.terms)))
