"""What a plan requires of an array of B banks, and whether all banks work on its sums.

A row sum may have inputs, stored vectors, and matrices whose operand rotates; it goes to the table. The kick is a
chain: parameters times positions, which start it, and transposed matrices, which go on with it. A plan with anything
else has its sums made by the last bank alone, where every product of a sum finds its own operand, as in an element of
one bank; then all that is stored lies there.
"""

from __future__ import annotations

from dataclasses import replace

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from rtl.hls.plan.geometry import (
    BANKS,
    GRADIENT_DEPTHS,
    MAX_ELEMENTS,
    TABLE_BASE,
    VECTOR_WORDS,
    WEIGHT_DEPTHS,
    Geometry,
)
from rtl.hls.plan.requirements import geometry_of, sum_fraction
from rtl.hls.plan.ring_plan import (
    INPUTS,
    ONE,
    POSITION,
    Finish,
    Gradient,
    Inputs,
    Layout,
    Local,
    RingPlan,
    Rotating,
    Statement,
    Term,
    Transposed,
)
from rtl.hls.plan.table_shape import TableShape, placed
from rtl.hls.plan.width import Width
from rtl.hls.schedule.terms import needed_statements
from rtl.hls.wide.bank_map import BankMap

__all__ = ["bank_map", "chained", "local_parameters", "row_groups", "vector_depth", "wide_geometry", "width_of"]


def wide_geometry(
    plan: RingPlan, formats: Formats, *, elements: int, neurons: int, banks: int, stride: int = 1
) -> Geometry:
    """The smallest geometry of P elements of B banks for a plan; rows are padded to whole banks.

    Raises
    ------
    HelError
        A width there is not, or sizes beyond what an array can have.
    """
    if banks not in BANKS[1:]:
        raise HelError(f"a wide element has {', '.join(map(str, BANKS[1:]))} banks, got {banks}; choose among these")
    if not chained(plan):
        return _alone_geometry(plan, formats, elements=elements, neurons=neurons, banks=banks)
    # Sums, tables and shifts do not depend on P, and memories are asked for later (`BankMap.check`).
    found = geometry_of(plan, formats, elements=min(neurons, MAX_ELEMENTS), neurons=neurons)
    places = _places(elements, neurons, banks)
    found = replace(found, elements=elements, neurons=places, banks=banks, two_way=False)
    return _deep_enough(found, bank_map(plan, found, stride).words)


def _deep_enough(geometry: Geometry, words: int) -> Geometry:
    """With memories for so many parameter words a bank, or the deepest there are. A table ends where the first bank's
    memory does, and its last entry is at address 0."""
    gradients = next((depth for depth in GRADIENT_DEPTHS if words < depth), GRADIENT_DEPTHS[-1])
    room = TABLE_BASE if geometry.tables else 0
    weights = next((depth for depth in WEIGHT_DEPTHS if words < depth - room), WEIGHT_DEPTHS[-1])
    tables = tuple(replace(shape, base=weights - TABLE_BASE) for shape in geometry.tables)
    return replace(geometry, gradient_words=gradients, weight_words=weights, tables=tables)


def _alone_geometry(plan: RingPlan, formats: Formats, *, elements: int, neurons: int, banks: int) -> Geometry:
    """The last bank has all words of an element; those of the tables lie at the same addresses of the first one."""
    found = geometry_of(plan, formats, elements=elements, neurons=neurons)
    there = BankMap(
        replace(found, neurons=_places(elements, neurons, banks), banks=banks, tables=()),
        plan.stored,
        plan.vectors,
        local=frozenset(plan.stored),
        alone=True,
    )
    there.check()
    tables, depth = placed(plan.tables, there.weight_words, sizes=there.sizes)
    return replace(there.geometry, tables=tables, weight_words=depth)


def bank_map(plan: RingPlan, geometry: Geometry, stride: int = 1) -> BankMap:
    """The addresses of a plan's parameters."""
    alone = not chained(plan)
    return BankMap(
        geometry,
        plan.stored,
        plan.vectors,
        plan.tables,
        plan.look_ups,
        local=frozenset(plan.stored) if alone else local_parameters(plan),
        alone=alone,
        stride=stride,
    )


def width_of(plan: RingPlan, geometry: Geometry) -> Width:
    """What the lanes of the banks must be able to do."""
    alone, local = not chained(plan), local_parameters(plan)
    scales = negates = False
    for statement in plan.statements:
        fraction = sum_fraction(geometry, statement)
        for term in statement.terms:
            scales |= not alone and fraction != term.fraction and not (isinstance(term, Local) and term.a in local)
            negates |= term.negative
    for gradient in plan.gradients:
        for density in gradient.terms:
            scales |= not alone and density.alignment != 0 and gradient.parameter not in local
            negates |= density.negative
    adds = not alone and row_groups(plan, geometry) == 2
    return Width(geometry.banks, scales_all=scales, negates=negates, adds=adds, alone=alone)


def row_groups(plan: RingPlan, geometry: Geometry) -> int:
    """Of the one vector that a forward step looks up; 0 where there is none, or where there are several."""
    looked = [s for s in needed_statements(plan, gradients=False) if s.finish is not Finish.KICK]
    if len(looked) != 1 or looked[0].finish is not Finish.TABLE:
        return 0
    return -(-looked[0].length // (geometry.elements * geometry.banks))


def local_parameters(plan: RingPlan) -> frozenset[str]:
    """Parameters that the kick multiplies with positions."""
    return frozenset(t.a for t in _kick(plan).terms if isinstance(t, Local))


def _kick(plan: RingPlan) -> Statement:
    return next(s for s in plan.statements if s.finish is Finish.KICK)


def chained(plan: RingPlan) -> bool:
    """Whether all banks work on every sum; else the last one makes them alone."""
    local = local_parameters(plan)
    sums = all(_has_form(plan, s, term, local) for s in plan.statements for term in s.terms)
    constants = any(stored.words is not None for stored in plan.stored.values())
    tables = all(table.segments == TABLE_BASE and TableShape.of(table).clamps_by_bits for table in plan.tables)
    return (
        sums
        and not constants
        and tables
        and len(plan.tables) <= 1
        and len([term for term in _kick(plan).terms if isinstance(term, Local)]) <= 1
        and plan.positions <= {POSITION}
        and all(_gradient_has_form(plan, gradient, local) for gradient in plan.gradients)
    )


def _gradient_has_form(plan: RingPlan, gradient: Gradient, local: frozenset[str]) -> bool:
    if len(gradient.terms) > 1:
        return False
    layout, term = plan.stored[gradient.parameter].layout, gradient.terms[0]
    if gradient.parameter in local:
        return term.r == term.y == POSITION
    if layout is Layout.MATRIX:
        return term.r in plan.vectors and term.y == POSITION
    return term.r in plan.vectors and term.y == (INPUTS if layout is Layout.COLUMNS else ONE)


def _has_form(plan: RingPlan, statement: Statement, term: Term, local: frozenset[str]) -> bool:
    if statement.finish is Finish.KICK:
        if isinstance(term, Local):
            return term.a in plan.stored and term.b == POSITION
        return isinstance(term, Transposed) and term.operand in plan.vectors
    if statement.finish is not Finish.TABLE:
        return False
    if isinstance(term, Local):
        return term.a in plan.stored and term.a not in local and term.b == ONE
    return isinstance(term, Inputs) or (isinstance(term, Rotating) and term.operand == POSITION)


def _places(elements: int, neurons: int, banks: int) -> int:
    """Rows are padded to whole banks."""
    return -(-neurons // (elements * banks)) * elements * banks


def vector_depth(words: int) -> int:
    """The smallest vector store that holds so many words.

    Raises
    ------
    HelError
        None does.
    """
    for depth in VECTOR_WORDS:
        if depth >= words:
            return depth
    raise HelError(
        f"an element holds at most {VECTOR_WORDS[-1]} words of intermediate vectors at a time, got {words};"
        " use more elements"
    )
