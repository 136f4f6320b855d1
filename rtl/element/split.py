"""The split of a table's argument, in general: into the address of a table's word and a fraction, and a sign.

    a        = wrap(z)                            of a table over a turn: its upper bits dropped; else z
    a        = a if a >= 0 else ~a                of an odd or even one
    number   = a >> 12, clamped to low, high - 1 (fraction 0, 4095)
    address  = base + number - low                modulo the depth of the weight memory

Which table it is, where there are several, is said by the control word before that of the split; their ranges and bases
are constants. Latency, from the split: 2; comparisons first, then the sum for the address. Golden twin:
golden.arithmetic.function_table.
"""

from __future__ import annotations

from collections.abc import Callable

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal, Value, signed
from amaranth.lib import data

from golden.arithmetic.tables import FRACTION_LOG2
from rtl.element.arithmetic import register
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.table_shape import TableShape

__all__ = ["split"]


def split(
    m: Module,
    geometry: Geometry,
    control: data.View[data.StructLayout],
    z: Value,
    index: Signal,
    fraction: Signal,
    enable: Value,
) -> tuple[Value, Value]:
    """Drives the registers `index`, an address, and `fraction`; `enable` says when an argument is split.

    Returns whether the look-up of the argument gets a sign, and, one cycle later, whether it lay beyond a steep end.
    """
    shapes, c = geometry.tables, control
    several = len(shapes) > 1
    number = Signal(signed(max(shape.reach for shape in shapes)), name="number", reset_less=True)
    steps = register("steps", FRACTION_LOG2)
    below, above = register("below", 1), register("above", 1)
    now: Value = register("now", len(c.table)) if several else Const(0, 1)
    which: Value = register("which", len(c.table)) if several else now
    # All that the first stage has to know of a table is chosen a cycle before.
    chosen: dict[str, Value] = {}
    for name, of in _KNOWN.items():
        value = _constants(shapes, c.table if several else now, of)
        chosen[name] = Signal(value.shape(), name=name, reset_less=True) if several else value
        m.d.sync += [chosen[name].eq(value)] if several else []
    m.d.sync += [now.eq(c.table)] if several else []

    turns = [shape.argument_bits for shape in shapes if shape.turn]
    bits = signed(max(len(z), len(number) + FRACTION_LOG2 + 1, *turns))
    whole, inside, folded = Signal(bits, name="whole"), Signal(bits, name="inside"), Signal(bits, name="folded")
    m.d.comb += [
        whole.eq(z),
        inside.eq(_of(shapes, now, lambda s: whole[: s.argument_bits].as_signed() if s.turn else whole)),
    ]
    flip = inside[-1] & chosen["folds"][0]
    m.d.comb += folded.eq(inside ^ flip.replicate(len(inside)).as_signed())
    # A table over a turn has no ends: what is compared need not be inside it.
    upper = (whole ^ (whole[-1] & chosen["folds"][0]).replicate(len(whole)).as_signed())[FRACTION_LOG2:].as_signed()
    with m.If(enable):
        m.d.sync += Cat(steps, number).eq(folded)
        if len(turns) < len(shapes):
            m.d.sync += [
                below.eq((upper < chosen["low"]) & chosen["ends"][0]),
                above.eq((upper >= chosen["high"]) & chosen["ends"][0]),
            ]
        if several:
            m.d.sync += which.eq(now)

    base = _constants(shapes, which, lambda shape: shape.base)
    top = _constants(shapes, which, lambda shape: shape.base + shape.segments - 1)
    offset = _constants(shapes, which, lambda shape: shape.base - shape.low)
    steep_below = _of(shapes, which, lambda shape: Const(shape.steep[0], 1))
    steep_above = _of(shapes, which, lambda shape: Const(shape.steep[1], 1))
    m.d.sync += [
        index.eq(Mux(below, base, Mux(above, top, number + offset))),
        fraction.eq((steps | above.replicate(FRACTION_LOG2)) & ~below.replicate(FRACTION_LOG2)),
    ]
    return flip & chosen["odd"][0], below & steep_below | above & steep_above


_KNOWN: dict[str, Callable[[TableShape], int]] = {
    "low": lambda shape: shape.low,
    "high": lambda shape: shape.high,
    "folds": lambda shape: int(bool(shape.fold)),
    "odd": lambda shape: int(shape.fold == "odd"),
    "ends": lambda shape: int(not shape.turn),
}


def _of(shapes: tuple[TableShape, ...], which: Value, value: Callable[[TableShape], Value]) -> Value:
    """A value by the table that it is of."""
    values = [value(shape) for shape in shapes]
    return values[0] if len(values) == 1 else Array(values)[which]


def _constants(shapes: tuple[TableShape, ...], which: Value, of: Callable[[TableShape], int]) -> Value:
    """A constant by the table that it is of."""
    found = [of(shape) for shape in shapes]
    bits = signed(max((~v if v < 0 else v).bit_length() for v in found) + 1)
    return _of(shapes, which, lambda shape: Const(of(shape), bits))
