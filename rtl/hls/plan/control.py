"""The control word: what one element does in one clock cycle, field by field.

Control is time-stationary: every field of a word acts in the cycle in which the word arrives, each on its own pipeline
stage, so an operation that takes nine cycles is spread over nine words by the scheduler. Elements then need no control
pipeline of their own, the cycle model is one line a register, and overlap is a matter of the schedule alone.

A field that an array has no use for has no bits there (`widths`): the word is as wide as the program needs.

An all-zero word does nothing (`NOP`): memories, accumulators, lanes and state hold. Plain pipeline registers (operands,
products, read data) always move.

Example
-------
>>> from rtl.hls.plan.geometry import MAX_FOLD, Geometry
>>> array = widths(Geometry(elements=2, neurons=4, inputs=1))
>>> word = encode({"addr_a": 5, "acc_en": 3}, array)
>>> decode(word, array)["addr_a"], decode(word, array)["acc_en"], decode(word, array)["we_q"]
(5, 3, 0)
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from golden.program.program import MAX_SHIFT
from rtl.hls.plan.geometry import MAX_FOLD, Geometry

__all__ = [
    "ADDRESSES",
    "ELEMENT_FIELDS",
    "FIELDS",
    "MAX_SHIFT",
    "SEQUENCER_FIELDS",
    "WORD_BITS",
    "AccSource",
    "Fields",
    "IoOp",
    "IoSource",
    "ImmSource",
    "KickSource",
    "KickSelect",
    "OpA0",
    "OpA1",
    "OpB",
    "StationarySource",
    "ZTake",
    "decode",
    "encode",
    "widths",
]


class OpA0(IntEnum):
    """First factor of multiplier 0."""

    WEIGHT = 0
    """Word read on port A of the weight memory, cut to the operand width."""
    R = 1
    """Stationary operand r0."""


class OpA1(IntEnum):
    """First factor of multiplier 1."""

    WEIGHT_A = 0
    """Port A: both contexts share the weight (twin echo)."""
    WEIGHT_B = 1
    """Port B: the lane works on an output block of its own (forward), or reads the upper table entry."""
    R = 2
    """Stationary operand r1."""


class OpB(IntEnum):
    """Second factor of both multipliers."""

    X = 0
    """Rotating lane."""
    R = 1
    """Stationary operand."""
    IMM = 2
    """Broadcast word: an input, the constant one, or zero."""


class AccSource(IntEnum):
    """What the product is added to."""

    ZERO = 0
    OWN = 1
    PREV = 2
    """The neighbour's accumulator: a partial sum of W^T s on its way home."""


class StationarySource(IntEnum):
    """Load of the stationary operands r0, r1."""

    HOLD = 0
    S = 1
    """Word read from the vector store one cycle ago."""
    X = 2
    """Own position operand."""
    FRACTION = 3
    """Interpolation weights: r0 = 4096 - frac, r1 = frac."""


class ZTake(IntEnum):
    """Which accumulator enters the sum register, from which tables and cuts take their sums."""

    HOLD = 0
    ACC0 = 1
    ACC1 = 2


class KickSource(IntEnum):
    """Load of the kick registers."""

    HOLD = 0
    ACC = 1
    """Rounded force sums, one a lane."""
    IO = 2
    """Word of the host chain, in both: nudges and initial momenta."""


class KickSelect(IntEnum):
    """Which kick register a context's momentum takes."""

    OWN = 0
    LANE0 = 1
    LANE1 = 2


class IoOp(IntEnum):
    """The host chain."""

    HOLD = 0
    SHIFT = 1
    """One element on."""
    CAPTURE = 2
    """The word selected by `io_src` two cycles ago."""


class IoSource(IntEnum):
    """What the cycle after the next may capture for the host."""

    POS0 = 0
    POS1 = 1
    MOM0 = 2
    MOM1 = 3
    WEIGHT = 4
    GRAD_LOW = 5
    """Bits 17..0 of the gradient word."""
    GRAD_HIGH = 6
    """Bits 35..18."""
    FLAGS = 7
    """Sticky flags."""


class ImmSource(IntEnum):
    """What the sequencer broadcasts as `imm` with this word."""

    ZERO = 0
    ONE = 1
    """The constant 1.0 as a position operand: a bias is a weight of this input."""
    INPUT = 2
    """Word `u_index` of this step's inputs."""
    WORD = 3
    """Next word of the host stream (and pops it)."""


Fields = dict[str, int]
"""Control fields by name; one that is absent is zero."""

ELEMENT_FIELDS: dict[str, int] = {
    # Weight memory.
    "addr_a": 12,
    "addr_b": 12,
    "lookup": 1,  # addresses from the table index instead
    "we_b": 1,
    "w_theta": 1,  # write the updated parameter instead of the host word
    # Multipliers.
    "opa0": 1,
    "opa1": 2,
    "opb": 2,
    "scale": 4,  # which of the array's left shifts aligns the product
    "negate": 1,  # minus the product, for the accumulators
    # Accumulators and lanes.
    "acc_en": 2,  # bit m: accumulator m
    "acc_src": 2,
    "x_en": 1,
    "x_load": 1,  # own operand instead of the neighbour's lane
    "x_turn": 1,  # the position read last cycle becomes the operand t, modulo 1, instead of x
    "x_store": 1,  # that operand is the vector store's word instead of the position's
    "x_back": 1,  # the neighbour is the next element instead of the previous one
    "r_src": 2,
    # Tables and cuts.
    "z_take": 2,
    "z_en": 1,  # clamp and split into index, fraction, sign
    "table": 4,  # which of the array's tables the next word splits for
    "z_lane": 1,  # which sign register
    "cut": 2,  # which of the array's right shifts cuts the sum
    "s_lane": 1,
    # Vector store.
    "s_cut": 1,  # write the cut sum instead of the table's output
    "s_we": 2,  # bit m: memory of context m
    "s_waddr": 6,
    # State.
    "s_addr0": 6,  # read address of context 0: state and vector store
    "s_addr1": 6,
    "q_io": 1,
    "p_zero": 1,
    "k_src": 2,
    "k_sel": 2,
    "q_sub": 1,
    "p_sub": 2,  # bit m: context m
    "we_q": 1,
    "we_p": 1,
    "w_addr": 4,
    # Gradient and update.
    "g_raddr": 9,
    "g_waddr": 9,
    "g_we": 1,
    "g_clear": 1,
    "shift": 6,
    "u_add": 1,
    "range": 2,  # which of the array's ranges the parameter written keeps to, from 1 on; 0 for none
    # Host chain.
    "io_op": 2,
    "io_src": 3,
    "flags_clear": 1,
    "push": 1,  # the last element's chain word goes to the host
}
"""Fields broadcast to the elements, with the widths in bits that they have at the most."""

SEQUENCER_FIELDS: dict[str, int] = {
    "imm_src": 2,
    "u_index": 5,
    "relative": 1,  # OR the iteration's base into every address
}
"""Fields the sequencer resolves before the broadcast."""

ADDRESSES = ("addr_a", "addr_b", "g_raddr", "g_waddr", "s_addr0", "s_addr1", "w_addr")
"""Fields that a relative word ORs the base into."""

FIELDS: dict[str, int] = {**ELEMENT_FIELDS, **SEQUENCER_FIELDS}
WORD_BITS = sum(FIELDS.values())
"""Of the widest word."""

_OPTIONAL = ("table", "x_turn", "range")
_STATE_ADDRESS = (MAX_FOLD - 1).bit_length()


def widths(geometry: Geometry) -> dict[str, int]:
    """Width of every field in the words of one array, in the order of `FIELDS`; 0 for those it has no use for.

    `table`, `x_turn` and `range` are not there at all where there is nothing to choose: a build is known by the digest
    of its Verilog, and those from before there were such fields have no wire of no bits for them.
    """
    g = geometry
    vector = (g.vector_words - 1).bit_length() if g.vector_words else 0
    needed = {
        "scale": (len(g.alignments) - 1).bit_length(),
        "x_turn": int(g.chooses_operand),
        "x_store": int(g.lane_store),
        "x_back": int(g.two_way),
        **dict.fromkeys(("addr_a", "addr_b"), g.weight_address_bits),
        "z_take": 2 if g.tables or g.cut_shifts else 0,
        **dict.fromkeys(("lookup", "z_en"), int(bool(g.tables))),
        "range": len(g.ranges).bit_length(),
        "table": (len(g.tables) - 1).bit_length() if g.tables else 0,
        **dict.fromkeys(("z_lane", "s_lane"), int(g.odd_table)),
        "cut": (len(g.cut_shifts) - 1).bit_length() if g.cut_shifts else 0,
        "s_cut": int(bool(g.tables and g.cut_shifts)),
        "s_we": 2 if vector else 0,
        "s_waddr": vector,
        **dict.fromkeys(("s_addr0", "s_addr1"), max(_STATE_ADDRESS, vector)),
    }
    return {name: needed.get(name, bits) for name, bits in FIELDS.items() if name not in _OPTIONAL or needed[name]}


def encode(fields: Mapping[str, int], widths: Mapping[str, int] = FIELDS) -> int:
    """Control word of the given fields (the others are zero), lowest field first.

    Raises
    ------
    ValueError
        A field that does not exist or a value that does not fit.
    """
    for name, value in fields.items():
        if name not in widths:
            raise ValueError(f"a control word has no field {name!r}; fields: {', '.join(widths)}")
        if not 0 <= int(value) < 1 << widths[name]:
            raise ValueError(f"control field {name} holds 0 to {(1 << widths[name]) - 1}, got {value}")
    word = at = 0
    for name, width in widths.items():
        word |= int(fields.get(name, 0)) << at
        at += width
    return word


def decode(word: int, widths: Mapping[str, int] = FIELDS) -> Fields:
    """All fields of a control word; those without bits are 0."""
    fields = {}
    for name, width in widths.items():
        fields[name] = word & ((1 << width) - 1)
        word >>= width
    return fields
