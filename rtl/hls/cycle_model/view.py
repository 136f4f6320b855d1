"""What the rules of the registers are written with: words over elements, lanes and clocks, and the fields that choose.

A `View` is the array before a clock edge: of one clock (`rtl.hls.cycle_model.cycle_model.CycleModel`, words of shape
(P,), or (2, P) for those that exist a lane) or of many clocks at once (`rtl.hls.cycle_model.over_time.OverTime`, one
axis more in front). Lanes and contexts are the last axis but one, elements the last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rtl.hls.plan.geometry import Geometry

__all__ = [
    "LANE_REGISTERS",
    "REGISTERS",
    "Field",
    "Rule",
    "View",
    "Words",
    "both",
    "choose",
    "clip",
    "column",
    "fits",
    "from_neighbour",
    "full",
    "lanes",
    "of_lane",
    "shift",
    "wrap",
]

Words = npt.NDArray[np.int64]
Field = int | Words
"""A control field's value: of one clock, or of each of many, shape (T,); a number where all are the same."""

LANE_REGISTERS = """
x r acc_low acc_high carry addend multiplier0 multiplier1 multiplier2 product pos_read mom_read pos_sum mom_sum kick
impulse operand operand_clip op_a op_b sign s_read
""".split()
"""Registers that exist a lane, or a context."""
REGISTERS = """
negated z_low z_high folded which index fraction interpolated s_word
cut_wide cut_part cut_beyond cut_word cut_lost
difference carried grad_sum update_sum addr_a addr_b we_b
wdata io captured candidate flags update_step update_moves update_kept
update_lost update_weight weight_a weight_b array_a array_b
grad_read grad_array grad_output shifted0 shifted1 shifted2 shifted3 shifted4
""".split()


class View(Protocol):
    """The registers before an edge, by name, and what the elements are told in that cycle.

    Members
    -------
    imm : the broadcast word
    """

    geometry: Geometry

    @property
    def imm(self) -> Field: ...

    def __getattr__(self, name: str) -> Words: ...

    def field(self, name: str) -> Field:
        """A control field in this cycle."""

    def was(self, name: str, clocks: int = 1) -> Field:
        """The same so many cycles ago."""

    def hold(self, name: str, enable: Any, value: Callable[[], Words]) -> Words:
        """`value` where `enable` is not zero (a field, or of the words' axes), else what the register held."""

    def read(self, memory: str, address: Any, context: int | None = None) -> Words:
        """The words that a memory holds at an address: a field, or an address an element."""


Rule = Callable[[Any], Words]
"""A register's next value; of a `View`, which type checkers would want to know every register of."""


def wrap(value: Words, bits: int) -> Words:
    """The lowest bits of a word, signed."""
    return (value << (64 - bits)) >> (64 - bits)


def fits(value: Words, bits: int) -> npt.NDArray[np.bool_]:
    """Whether a signed word of so many bits holds the value."""
    upper = value >> (bits - 1)
    return np.asarray((upper == 0) | (upper == -1))


def of_lane(words: Words, lane: int) -> Words:
    """The words of one lane, or context."""
    return np.asarray(words[..., lane, :])


def both(first: Words, second: Words) -> Words:
    """Words of two lanes as one array."""
    words = np.empty((*first.shape[:-1], 2, first.shape[-1]), np.int64)
    words[..., 0, :] = first
    words[..., 1, :] = second
    return words


def choose(field: Field, options: Mapping[Any, Callable[[], Any]], default: Callable[[], Any]) -> Words:
    """The option that a field's value names; only those that it does name are worked out."""
    if isinstance(field, int):
        only: Words = options.get(field, default)()
        return only
    result: Words = default()
    for value, option in options.items():
        named = field == value
        if named.any():
            result = np.where(named.reshape(-1, *(1,) * (result.ndim - 1)), option(), result)
    return result


def lanes(field: Field) -> Words:
    """Bit m of a field for lane m, along the axes of a lane's words."""
    if isinstance(field, int):
        return np.array([[field & 1], [field >> 1]])
    return np.stack([field & 1, field >> 1], axis=1)[..., None]


def column(field: Field) -> Field:
    """A field along the axes of an element's words."""
    return field if isinstance(field, int) else field[:, None]


def full(like: Words, field: Field) -> Words:
    """A field's value in every element."""
    return np.zeros_like(like) + column(field)


def clip(value: Words, low: int, high: int) -> Words:
    return np.minimum(np.maximum(value, low), high)


def shift(value: Words, right: int) -> Words:
    return value >> right if right >= 0 else value << -right


def from_neighbour(words: Words, back: bool) -> Words:
    """What every element gets from its neighbour: the previous one, or the next."""
    parts = [words[..., 1:], words[..., :1]] if back else [words[..., -1:], words[..., :-1]]
    return np.concatenate(parts, axis=-1)
