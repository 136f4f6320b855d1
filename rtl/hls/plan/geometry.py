"""The sizes and shifts of one array: everything about it that is fixed at elaboration.

Control words, tables, constants and parameters are loaded; these numbers are wired. They follow from the formats and
from the requirements of a program (`rtl.hls.plan.requirements`) by the rules of docs/numerics.md; the scheduler, the
cycle model and the RTL read them from here. What no program needs is not elaborated; an array runs every program whose
requirements it meets (`rtl.hls.report.reuse`).

Example
-------
>>> Geometry(elements=4, neurons=16, inputs=8).position_bits
26
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from golden.arithmetic.formats import Formats
from golden.arithmetic.tables import ARGUMENT_FRACTION
from golden.errors import HelError
from rtl.hls.plan.table_shape import TABLE_BASE, WEIGHT_DEPTHS, TableShape

__all__ = [
    "GRADIENT_BITS",
    "HOST_BITS",
    "BANKS",
    "GRADIENT_DEPTHS",
    "MAX_ALIGNMENTS",
    "MAX_CUTS",
    "MAX_ELEMENTS",
    "MAX_FOLD",
    "MAX_INPUTS",
    "MAX_RANGES",
    "MAX_TABLES",
    "PARAMETER_WORDS",
    "STORE_WORDS",
    "TABLE_BASE",
    "VECTOR_WORDS",
    "WEIGHT_DEPTHS",
    "WEIGHT_WORDS",
    "Geometry",
    "more_elements",
]

WEIGHT_WORDS = WEIGHT_DEPTHS[0]
"""Words of one block RAM of 18 bits: an element's weight memory has one or more."""
PARAMETER_WORDS = 512
"""Depth of an element's gradient memory: as many parameters as an element can hold."""
GRADIENT_DEPTHS = (PARAMETER_WORDS, 1024, 2048)
"""Depths that the gradient memory of a bank may have, one of several: slices of one, two or four block RAMs."""
GRADIENT_BITS = 36
"""Width of a gradient word (one block RAM of 512 words)."""
HOST_BITS = 32
"""Width of the host port's words: a state word travels as one."""
STORE_WORDS = (2048, 4096)
"""Depths a control store may have."""
MAX_ELEMENTS = 255
"""What the host port's SHAPE word can say."""
BANKS = (1, 2, 4, 8)
"""Widths an element may have."""
MAX_FOLD = 16
"""Neurons an element can hold: depth of its state memories."""
VECTOR_WORDS = (0, 16, 32, 64)
"""Depths a vector store may have."""
MAX_ALIGNMENTS, MAX_CUTS, MAX_TABLES = 16, 4, 16
"""Left shifts of products, right shifts of sums to operands, and tables that one array may have."""
MAX_RANGES = 3
"""Ranges of parameters that one array may have."""
MAX_INPUTS = 32
"""Input words of a step: half the sequencer's input buffer, so that the next step's arrive during this one."""


@dataclass(frozen=True)
class Geometry:
    """Sizes and shifts of an array.

    Parameters
    ----------
    elements : P, processing elements in the ring
    neurons : N, or the next multiple of P: what the elements have places for
    inputs : m, input words a step (the constant one not counted)
    fraction_bits, operand_bits, integer_bits, log2_inverse_step, g_cut, clip_log2 : see
        golden.arithmetic.formats.Formats
    control_words : depth of the control store; a schedule takes the smallest that holds it
    sum_bits : width of the program's widest aligned sum, by interval; 0 where no program is known
    alignments : left shifts of products, rising: what terms of a sum are aligned by
    z_fraction, force_fraction : fraction bits of the sum of a table whose argument has 18, and of the force sum; 0 for
        2w - 7 and 2w - 3
    gradient_alignment : largest left shift of a gradient product
    tables : shapes of the function tables, by the numbers that control words have for them
    weight_words : depth of the weight memory
    vector_words : depth of the vector store, where table outputs and cut sums lie, 0 for none; a schedule takes the
        smallest that holds those alive at once
    cut_shifts : right shifts from a sum to an operand, rising; empty where sums are not cut
    lane_store, two_way : lanes load from the vector store, too; they move to either neighbour
    cut_positions, turns : positions are operands as x, cut and saturated; as t, modulo 1
    turn_log2 : t is 2**-turn_log2 q, in turns
    ranges : (low, high) in words, rising: where updates keep parameters that have a range
    gradient_words : depth of the gradient memory; more than 512 in banks of several alone
    banks : B, pairs of multipliers an element; 1 is the element of rtl.element, more that of rtl.element.wide
    scales_all, negates, adds, alone : of several banks: see `rtl.hls.plan.width.Width`

    Raises
    ------
    HelError
        A size or a format the array cannot hold; the message says which and what to change.
    """

    elements: int
    neurons: int
    inputs: int
    fraction_bits: int = 16
    operand_bits: int = 18
    integer_bits: int = 6
    log2_inverse_step: int = 3
    g_cut: int = 6
    clip_log2: int = 9
    control_words: int = 2048
    sum_bits: int = 0
    alignments: tuple[int, ...] = (0, 4)
    z_fraction: int = 0
    force_fraction: int = 0
    gradient_alignment: int = 0
    tables: tuple[TableShape, ...] = (TableShape(),)
    weight_words: int = WEIGHT_WORDS
    vector_words: int = 16
    cut_shifts: tuple[int, ...] = ()
    lane_store: bool = False
    two_way: bool = False
    cut_positions: bool = True
    turns: bool = False
    turn_log2: int = 0
    ranges: tuple[tuple[int, int], ...] = ()
    banks: int = 1
    gradient_words: int = PARAMETER_WORDS
    scales_all: bool = False
    negates: bool = False
    adds: bool = False
    alone: bool = False

    @classmethod
    def of(cls, formats: Formats, *, elements: int, neurons: int, inputs: int, sum_bits: int = 0) -> Geometry:
        """Geometry of these formats, with what tanh networks need; a program's own: `rtl.hls.plan.requirements`."""
        if formats.g_bits != GRADIENT_BITS:
            raise HelError(f"the array's gradient words have {GRADIENT_BITS} bits, got g_bits = {formats.g_bits}")
        return cls(
            elements=elements,
            neurons=neurons,
            inputs=inputs,
            fraction_bits=formats.fraction_bits,
            operand_bits=formats.operand_bits,
            integer_bits=formats.integer_bits,
            log2_inverse_step=formats.log2_inverse_step,
            g_cut=formats.g_cut,
            clip_log2=formats.clip_log2,
            sum_bits=sum_bits,
        )

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Geometry:
        """The inverse of `dataclasses.asdict`, after JSON; TypeError or KeyError where it is none."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()
        }
        if "tables" in values:
            values["tables"] = tuple(TableShape.read(shape) for shape in values["tables"])
        if "ranges" in values:
            values["ranges"] = tuple((low, high) for low, high in values["ranges"])
        return cls(**values)

    def __post_init__(self) -> None:
        for name, default in (("z_fraction", 2 * self.operand_bits - 7), ("force_fraction", 2 * self.operand_bits - 3)):
            if not getattr(self, name):
                object.__setattr__(self, name, default)
        assert self.vector_words in VECTOR_WORDS and self.weight_words in WEIGHT_DEPTHS
        assert self.gradient_words in GRADIENT_DEPTHS[: None if self.banks > 1 else 1]
        for name, limit in (("alignments", MAX_ALIGNMENTS), ("cut_shifts", MAX_CUTS)):
            if len(getattr(self, name)) > limit:
                raise HelError(
                    f"an array has at most {limit} {name}, got {', '.join(map(str, getattr(self, name)))};"
                    " use fewer different powers of two as factors"
                )
        if len(self.tables) > MAX_TABLES:
            raise HelError(f"an array has at most {MAX_TABLES} tables, got {len(self.tables)}; use fewer functions")
        if len(self.ranges) > MAX_RANGES:
            raise HelError(
                f"an array has at most {MAX_RANGES} ranges of parameters, got {', '.join(map(_words, self.ranges))};"
                " let some parameters share theirs"
            )
        if not 1 <= self.elements <= MAX_ELEMENTS:
            raise HelError(f"a ring has 1 to {MAX_ELEMENTS} elements, got {self.elements}; choose P within")
        if self.neurons < 1 or self.neurons % self.elements:
            raise HelError(
                f"the ring folds N neurons evenly on P elements, got N = {self.neurons}, P = {self.elements};"
                f" choose P from {_divisors(self.neurons)}"
            )
        if self.fold > MAX_FOLD:
            raise HelError(
                f"an element holds at most {MAX_FOLD} neurons, got N / P = {self.fold};"
                f" use P >= {-(-self.neurons // MAX_FOLD)}"
            )
        if self.banks not in BANKS:
            raise HelError(f"an element has {', '.join(map(str, BANKS))} banks, got {self.banks}; choose among these")
        if self.fold % self.banks:
            raise HelError(
                f"the banks of an element share its neurons evenly, got N / P = {self.fold} on B = {self.banks};"
                f" use N = {-(-self.fold // self.banks) * self.banks * self.elements}, or B from {_banks(self.fold)}"
            )
        if not 0 <= self.inputs <= MAX_INPUTS:
            raise HelError(f"the array takes 0 to {MAX_INPUTS} inputs a step, got {self.inputs}; use fewer")
        if not 8 <= self.operand_bits <= 18:
            raise HelError(f"the multipliers take operands of 8 to 18 bits, got {self.operand_bits}")
        if self.position_bits > HOST_BITS:
            raise HelError(
                f"a position word has at most {HOST_BITS} bits, got {self.position_bits};"
                " lower the fraction bits or raise the step"
            )
        if self.kick_shift < 1:
            raise HelError(
                f"the kick rounds away at least 1 bit, got {self.kick_shift}; lower the fraction bits to at most"
                f" {2 * self.operand_bits - 4 + self.log2_inverse_step}"
            )

    @property
    def fold(self) -> int:
        """F, neurons on one element."""
        return self.neurons // self.elements

    @property
    def position_bits(self) -> int:
        """Width of q: its extra fraction bits make the half drift exact."""
        return self.integer_bits + self.fraction_bits + self.log2_inverse_step + 1

    @property
    def momentum_bits(self) -> int:
        """Width of p."""
        return self.integer_bits + self.fraction_bits

    @property
    def operand_shift(self) -> int:
        """Right shift from q to the position operand x (negative: left)."""
        return self.fraction_bits + self.log2_inverse_step + 1 - (self.operand_bits - 5)

    @property
    def turn_shift(self) -> int:
        """Right shift from q to the position operand t, in turns (negative: left)."""
        return self.fraction_bits + self.log2_inverse_step + 1 + self.turn_log2 - self.operand_bits

    @property
    def chooses_operand(self) -> bool:
        """A position can be either operand, as a control word says."""
        return self.cut_positions and self.turns

    @property
    def z_shift(self) -> int:
        """Right shift from a table's sum to its argument (negative: left), the same for all tables."""
        return self.z_fraction - ARGUMENT_FRACTION

    @property
    def clamps_by_bits(self) -> bool:
        """There is one table, of the kind that needs no comparison and no sum (`TableShape.clamps_by_bits`)."""
        return len(self.tables) == 1 and self.tables[0].clamps_by_bits

    @property
    def index_bits(self) -> int:
        """Of what the split of an argument says of a table's words: a segment's number or, in general, an address."""
        return (self.tables[0].segments - 1).bit_length() if self.clamps_by_bits else self.weight_address_bits

    @property
    def odd_table(self) -> bool:
        """A look-up may have a sign."""
        return any(shape.fold == "odd" for shape in self.tables)

    @property
    def steep_table(self) -> bool:
        """A look-up may raise argument_clamped."""
        return any(any(shape.steep) for shape in self.tables)

    @property
    def flag_bits(self) -> int:
        """Sticky flags: the last one is argument_clamped."""
        return 6 if self.steep_table else 5

    @property
    def weight_address_bits(self) -> int:
        """Of an address in the weight memory."""
        return (self.weight_words - 1).bit_length()

    @property
    def gradient_address_bits(self) -> int:
        """Of an address in the gradient memory."""
        return (self.gradient_words - 1).bit_length()

    def bank_words(self, bank: int) -> int:
        """Depth of the weight memory of a bank: of many parameters, only the first one's has room for a table, too."""
        if bank == 0 or self.gradient_words == PARAMETER_WORDS:
            return self.weight_words
        return max(WEIGHT_WORDS, self.gradient_words)

    @property
    def block_rams(self) -> int:
        """Of an element."""
        weights = sum(self.bank_words(bank) // WEIGHT_WORDS for bank in range(self.banks))
        return weights + self.banks * (self.gradient_words // PARAMETER_WORDS)

    @property
    def kick_shift(self) -> int:
        """Right shift from the force sum to the kick, h included."""
        return self.force_fraction + self.log2_inverse_step - self.fraction_bits

    @property
    def one(self) -> int:
        """1.0 as a position operand."""
        return 1 << (self.operand_bits - 5)

    @property
    def product_bits(self) -> int:
        """Width of an aligned product."""
        return 36 + self.alignments[-1]

    @property
    def density_bits(self) -> int:
        """Width of a gradient product, aligned."""
        return GRADIENT_BITS + self.gradient_alignment

    @property
    def gradient_sum_bits(self) -> int:
        """Width of a gradient word with the cut difference of two products added."""
        return max(GRADIENT_BITS + 1, self.density_bits + 2 - self.g_cut)

    @property
    def accumulator_bits(self) -> int:
        """Width that no sum of this array can overflow: the program's, or that of N + m + 17 products."""
        terms = self.neurons + self.inputs + 17
        return self.sum_bits or 2 * (self.operand_bits - 1) + terms.bit_length() + 1

    @property
    def low_bits(self) -> int:
        """Width of an accumulator's low half; the high half adds one cycle later, so that no carry chain is long."""
        return self.accumulator_bits // 2

    @property
    def kick_bits(self) -> int:
        """Width of the kick register: the kick is not wrapped before it is added."""
        return max(self.momentum_bits, self.accumulator_bits - self.kick_shift)

    @property
    def chain_bits(self) -> int:
        """Width of the host chain and of `imm`."""
        return max(self.position_bits, 18)


def _words(ends: tuple[int, int]) -> str:
    return f"{ends[0]} to {ends[1]}"


def _divisors(n: int) -> str:
    return ", ".join(str(d) for d in range(1, n + 1) if n % d == 0 and n // d <= MAX_FOLD)


def _banks(fold: int) -> str:
    return ", ".join(str(b) for b in BANKS if fold % b == 0)


def more_elements(geometry: Geometry) -> str:
    """What to do where an element's memory is too small."""
    if geometry.fold > 1:
        return "use more elements"
    return "each neuron has an element of its own already: use fewer neurons, or shorter vectors in the potential"
