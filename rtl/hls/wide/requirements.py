"""What a plan requires of an array of B banks, and whether such an element has a form for it.

A row sum may have inputs, stored vectors, and matrices whose operand rotates; it goes to the table. The kick is a
chain: parameters times positions, which start it, and transposed matrices, which go on with it. Anything else needs an
element of one bank, where every product of a sum finds its own operand.
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
    Inputs,
    Layout,
    Local,
    RingPlan,
    Rotating,
    Statement,
    Term,
    Transposed,
)
from rtl.hls.plan.width import Width
from rtl.hls.schedule.step import needed_statements
from rtl.hls.wide.bank_map import BankMap

__all__ = ["bank_map", "local_parameters", "row_groups", "vector_depth", "wide_geometry", "width_of"]


def wide_geometry(
    plan: RingPlan, formats: Formats, *, elements: int, neurons: int, banks: int, stride: int = 1
) -> Geometry:
    """The smallest geometry of P elements of B banks for a plan; rows are padded to whole banks.

    Raises
    ------
    HelError
        A width there is not, sizes beyond what an array can have, or an operation without a form.
    """
    if banks not in BANKS[1:]:
        raise HelError(f"a wide element has {', '.join(map(str, BANKS[1:]))} banks, got {banks}; choose among these")
    _check_forms(plan)
    # Sums, tables and shifts do not depend on P, and memories are asked for later (`BankMap.check`).
    found = geometry_of(plan, formats, elements=min(neurons, MAX_ELEMENTS), neurons=neurons)
    if len(found.tables) > 1 or found.steep_table or any(shape.segments != TABLE_BASE for shape in found.tables):
        raise HelError(f"a wide element has one table, that of tanh, {plan.name} needs {_tables(found)}; use B = 1")
    places = -(-neurons // (elements * banks)) * elements * banks
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


def _tables(geometry: Geometry) -> str:
    return "; ".join(map(str, geometry.tables))


def bank_map(plan: RingPlan, geometry: Geometry, stride: int = 1) -> BankMap:
    """The addresses of a plan's parameters."""
    local = local_parameters(plan)
    return BankMap(geometry, plan.stored, plan.vectors, plan.tables, plan.look_ups, local=local, stride=stride)


def width_of(plan: RingPlan, geometry: Geometry) -> Width:
    """What the lanes of the banks must be able to do."""
    local = local_parameters(plan)
    scales = negates = False
    for statement in plan.statements:
        fraction = sum_fraction(geometry, statement)
        for term in statement.terms:
            scales |= fraction != term.fraction and not (isinstance(term, Local) and term.a in local)
            negates |= term.negative
    for gradient in plan.gradients:
        for density in gradient.terms:
            scales |= density.alignment != 0 and gradient.parameter not in local
            negates |= density.negative
    return Width(geometry.banks, scales_all=scales, negates=negates, adds=row_groups(plan, geometry) == 2)


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


def _check_forms(plan: RingPlan) -> None:
    local = local_parameters(plan)
    for name, stored in plan.stored.items():
        if stored.words is not None:
            raise _unavailable(plan, f"the constant {name}")
    for statement in plan.statements:
        for term in statement.terms:
            if not _has_form(plan, statement, term, local):
                raise _unavailable(plan, f"{term} in {statement.name}")
    for gradient in plan.gradients:
        layout = plan.stored[gradient.parameter].layout
        for density in gradient.terms:
            if gradient.parameter in local:
                good = density.r == density.y == POSITION
            elif layout is Layout.MATRIX:
                good = density.r in plan.vectors and density.y == POSITION
            else:
                good = density.r in plan.vectors and density.y == (INPUTS if layout is Layout.COLUMNS else ONE)
            if not good or len(gradient.terms) > 1:
                raise _unavailable(plan, f"{density.r} times {density.y} as a gradient of {gradient.parameter}")


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


def _unavailable(plan: RingPlan, what: str) -> HelError:
    return HelError(f"an element of several banks has no form for {what} of {plan.name}; use B = 1")


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
