"""The split of a table's argument, in general: into the address of a table's word and a fraction, and a sign.

    a        = wrap(z)                            of a table over a turn: its upper bits dropped; else z
    a        = a if a >= 0 else ~a                of an odd or even one
    number   = a >> 12, clamped to low, high - 1 (fraction 0, 4095)
    address  = base + number - low                modulo the depth of the weight memory

Which table it is comes with the split's control word, where there are several; their ranges and bases are constants.
Latency, from the split (z_en): 2, the sign 1. Comparisons and the sum for the address are made side by side. Golden
twin: golden.arithmetic.function_table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal, Value, signed
from amaranth.lib import data

from golden.arithmetic.tables import FRACTION_LOG2
from rtl.element.arithmetic import fits, register
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
    sign: Sequence[Signal],
) -> Value:
    """Drives the registers `index`, an address, `fraction`, and of odd tables a sign a lane.

    Returns whether the argument lay beyond a steep end, one cycle after z_en.
    """
    shapes, c = geometry.tables, control
    now: Value = c.table if len(shapes) > 1 else Const(0, 1)
    number = Signal(signed(max(shape.reach for shape in shapes)), name="number", reset_less=True)
    steps = register("steps", FRACTION_LOG2)
    far, under = register("far", 1), register("under", 1)
    """Beyond what `number` holds, and on which side."""
    which = Signal.like(now, name="which", reset_less=True) if len(shapes) > 1 else now

    turns = [shape.argument_bits for shape in shapes if shape.turn]
    bits = signed(max(len(z), len(number) + FRACTION_LOG2 + 1, *turns))
    whole, inside, folded = Signal(bits, name="whole"), Signal(bits, name="inside"), Signal(bits, name="folded")
    m.d.comb += [
        whole.eq(z),
        inside.eq(_of(shapes, now, lambda s: whole[: s.argument_bits].as_signed() if s.turn else whole)),
    ]
    flip = inside[-1] & _of(shapes, now, lambda shape: Const(bool(shape.fold), 1))
    m.d.comb += folded.eq(inside ^ flip.replicate(len(inside)).as_signed())
    with m.If(c.z_en):
        m.d.sync += [
            Cat(steps, number).eq(folded),
            far.eq(~fits(folded, len(number) + FRACTION_LOG2)),
            under.eq(folded[-1]),
        ]
        if len(shapes) > 1:
            m.d.sync += which.eq(now)
        for lane, held in enumerate(sign):
            with m.If(c.z_lane == lane):
                m.d.sync += held.eq(flip & _of(shapes, now, lambda shape: Const(shape.fold == "odd", 1)))

    low = _constants(shapes, which, lambda shape: shape.low)
    high = _constants(shapes, which, lambda shape: shape.high)
    base = _constants(shapes, which, lambda shape: shape.base)
    top = _constants(shapes, which, lambda shape: shape.base + shape.segments - 1)
    offset = _constants(shapes, which, lambda shape: shape.base - shape.low)
    steep_below = _of(shapes, which, lambda shape: Const(shape.steep[0], 1))
    steep_above = _of(shapes, which, lambda shape: Const(shape.steep[1], 1))
    below, above = Signal(name="below"), Signal(name="above")
    m.d.comb += [
        below.eq(Mux(far, under, number < low)),
        above.eq(Mux(far, ~under, number >= high)),
    ]
    m.d.sync += [
        index.eq(Mux(below, base, Mux(above, top, number + offset))),
        fraction.eq((steps | above.replicate(FRACTION_LOG2)) & ~below.replicate(FRACTION_LOG2)),
    ]
    return below & steep_below | above & steep_above


def _of(shapes: tuple[TableShape, ...], which: Value, value: Callable[[TableShape], Value]) -> Value:
    """A value by the table that it is of."""
    values = [value(shape) for shape in shapes]
    return values[0] if len(values) == 1 else Array(values)[which]


def _constants(shapes: tuple[TableShape, ...], which: Value, of: Callable[[TableShape], int]) -> Value:
    """A constant by the table that it is of."""
    found = [of(shape) for shape in shapes]
    bits = signed(max((~v if v < 0 else v).bit_length() for v in found) + 1)
    return _of(shapes, which, lambda shape: Const(of(shape), bits))
