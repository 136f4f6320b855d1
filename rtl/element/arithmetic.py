"""Small pieces of integer arithmetic that the element's units share, and the control word as a signal layout."""

from __future__ import annotations

from amaranth.hdl import Cat, Const, Mux, Shape, Signal, Value, unsigned
from amaranth.lib import data

from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.stored_word import broadcast_widths

__all__ = ["add", "control_word", "fits", "pair", "register", "saturate", "shift_right"]


def control_word(geometry: Geometry) -> data.StructLayout:
    """The broadcast part of an array's control word; fields that it has no use for have no bits."""
    return data.StructLayout({name: unsigned(bits) for name, bits in broadcast_widths(geometry).items()})


def register(name: str, shape: Shape | int) -> Signal:
    """A data register: no reset, so that no reset net is routed to it."""
    return Signal(shape, name=name, reset_less=True)


def pair(name: str, shape: Shape | int) -> tuple[Signal, Signal]:
    """One data register a lane, or a context."""
    return register(f"{name}0", shape), register(f"{name}1", shape)


def shift_right(value: Value, amount: int) -> Value:
    """Arithmetic right shift by a constant, left for a negative one."""
    return (value >> amount).as_signed() if amount >= 0 else Cat(Const(0, -amount), value).as_signed()


def saturate(value: Value, bits: int) -> tuple[Value, Value]:
    """A signed value clipped to a word, and whether it was."""
    value = value.as_signed()
    if len(value) <= bits:
        return value, Const(0, 1)
    clipped = ~fits(value, bits)
    sign = value[-1]
    return Mux(clipped, Cat((~sign).replicate(bits - 1), sign), value[:bits]).as_signed(), clipped


def fits(value: Value, bits: int) -> Value:
    """Whether a signed value fits a word of so many bits."""
    upper = value[bits - 1 :]
    return upper.all() | ~upper.any()


def add(a: Value, b: Value, carry: Value, *, signed: bool = True) -> Value:
    """a + b + carry, one bit wider, as one adder: the carry enters below the lowest bit."""
    left, right = Cat(Const(1, 1), a), Cat(carry, b)
    return (left.as_signed() + right.as_signed())[1:].as_signed() if signed else (left + right)[1:]
