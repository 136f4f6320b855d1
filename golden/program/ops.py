"""The operations of a program: typed, integer, exact except where a rounding is named. Prose: docs/program.md.

Every operation has a result name, operand names, a one-line text form, and `infer`, which derives the result's type
(shape, fraction bits, interval of raw values) from the operands' types or raises HelError. Run by
golden/program/execute.py.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np

from golden.arithmetic.formats import SQ, Formats
from golden.arithmetic.tables import ARGUMENT_FRACTION, FUNCTIONS, REDUCED
from golden.errors import HelError
from golden.program.types import EXACT_BITS, Type

__all__ = ["OPS", "Cut", "Matvec", "MatvecT", "Mul", "Op", "Round", "Rounding", "Scale", "Sum", "Table", "Term", "Turn"]


class Rounding(StrEnum):
    """The two named roundings."""

    HALF_UP = "half_up"
    FLOOR = "floor"

    def apply(self, value: int, shift: int) -> int:
        """On one Python integer."""
        if shift <= 0:
            return value << -shift
        return (value + (1 << (shift - 1) if self is Rounding.HALF_UP else 0)) >> shift


@dataclass(frozen=True)
class Op(ABC):
    """One operation; `name` is the value it defines."""

    name: str
    word: ClassVar[str]

    @property
    @abstractmethod
    def operands(self) -> tuple[str, ...]:
        """Names of the values read, in order."""

    @abstractmethod
    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        """Type of the result."""

    @abstractmethod
    def arguments(self) -> str:
        """The text after the operation's word."""

    @classmethod
    @abstractmethod
    def parse(cls, name: str, arguments: list[str]) -> "Op":
        """From the text after the operation's word, split at spaces. ValueError or IndexError when it does not read."""

    def __str__(self) -> str:
        return f"{self.name} = {self.word} {self.arguments()}"

    def fail(self, rule: str, got: str, way_out: str) -> HelError:
        return HelError(f"{self}: {rule}, got {got}; {way_out}")


@dataclass(frozen=True)
class Cut(Op):
    """saturate(source >> n) into the word `to`: floor, then saturation with the sticky flag operand_clipped."""

    source: str
    to: SQ
    word = "cut"

    @property
    def operands(self) -> tuple[str, ...]:
        return (self.source,)

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        source = types[self.source]
        if self.to.width > formats.operand_bits:
            raise self.fail(f"an operand has at most {formats.operand_bits} bits", str(self.to), "cut more")
        shift = self.shift(source)
        low, high = (
            min(max(Rounding.FLOOR.apply(v, shift), self.to.low), self.to.high) for v in (source.low, source.high)
        )
        return Type(source.shape, self.to.fraction_bits, low, high)

    def shift(self, source: Type) -> int:
        return source.fraction - self.to.fraction_bits

    def arguments(self) -> str:
        return f"{self.source} {self.to}"

    @classmethod
    def parse(cls, name: str, arguments: list[str]) -> "Cut":
        return cls(name, arguments[0], SQ.parse(" ".join(arguments[1:])))


@dataclass(frozen=True)
class Turn(Op):
    """2**-log2 times a value, in turns, modulo 1: wrap(source >> n, w) as SQ(0, w). No flag: an angle comes round,
    nothing is lost.
    """

    source: str
    log2: int = 0
    word = "turn"

    @property
    def operands(self) -> tuple[str, ...]:
        return (self.source,)

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        return Type.of(SQ(0, formats.operand_bits), types[self.source].shape)

    def shift(self, source: Type, formats: Formats) -> int:
        return source.fraction + self.log2 - formats.operand_bits

    def arguments(self) -> str:
        return f"{self.source} {self.log2}" if self.log2 else self.source

    @classmethod
    def parse(cls, name: str, arguments: list[str]) -> "Turn":
        source, *log2 = arguments
        return cls(name, source, int(log2[0]) if log2 else 0)


@dataclass(frozen=True)
class _Product(Op):
    """Exact product of two operands of at most operand_bits each."""

    a: str
    b: str

    @property
    def operands(self) -> tuple[str, ...]:
        return (self.a, self.b)

    def arguments(self) -> str:
        return f"{self.a} {self.b}"

    @classmethod
    def parse(cls, name: str, arguments: list[str]) -> "_Product":
        a, b = arguments
        return cls(name, a, b)

    def _operands(self, types: Mapping[str, Type], formats: Formats) -> tuple[Type, Type]:
        for name in (self.a, self.b):
            if types[name].bits > formats.operand_bits:
                raise self.fail(
                    f"a multiplier operand has at most {formats.operand_bits} bits",
                    f"{name} with {types[name].bits}",
                    "cut it first",
                )
        return types[self.a], types[self.b]

    def _exact(self, terms: int, formats: Formats) -> None:
        need = 2 * formats.operand_bits + max(terms - 1, 0).bit_length()
        if need > EXACT_BITS:
            raise self.fail(
                f"a sum of products needs 2 * operand_bits + log2(terms) <= {EXACT_BITS} bits to be exact",
                f"{need} for {terms} terms",
                "use fewer operand_bits or fewer neurons",
            )


def _ends(a: Type, b: Type) -> tuple[int, int]:
    """The interval of a product."""
    corners = [i * j for i in (a.low, a.high) for j in (b.low, b.high)]
    return min(corners), max(corners)


@dataclass(frozen=True)
class _MatrixProduct(_Product):
    """The full exact sum over one axis of a matrix. The interval of a constant's product is by its words."""

    axis: ClassVar[int]

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        a, b = types[self.a].shape, types[self.b].shape
        if len(a) != 2 or len(b) != 1 or a[self.axis] != b[0]:
            rule = f"shapes must be (n, m) and ({'nm'[self.axis]},)"
            raise self.fail(rule, f"{a} and {b}", "check the operands' order")
        matrix, vector = self._operands(types, formats)
        shape, fraction = (a[1 - self.axis],), matrix.fraction + vector.fraction
        if matrix.constant is None:
            self._exact(a[self.axis], formats)
            low, high = _ends(matrix, vector)
            return Type(shape, fraction, a[self.axis] * low, a[self.axis] * high)
        words = matrix.constant.words
        self._exact(int(np.count_nonzero(words, self.axis).max(initial=0)), formats)
        plus, minus = (np.maximum(sign * words, 0).sum(self.axis) for sign in (1, -1))
        lows, highs = plus * vector.low - minus * vector.high, plus * vector.high - minus * vector.low
        return Type(shape, fraction, int(lows.min(initial=0)), int(highs.max(initial=0)))


@dataclass(frozen=True)
class Matvec(_MatrixProduct):
    """matrix @ vector: the full exact sum over the columns."""

    word = "matvec"
    axis: ClassVar[int] = 1


@dataclass(frozen=True)
class MatvecT(_MatrixProduct):
    """transpose(matrix) @ vector: the full exact sum over the rows."""

    word = "matvec_t"
    axis: ClassVar[int] = 0


@dataclass(frozen=True)
class Mul(_Product):
    """a * b element by element, exact; `one` goes with every shape."""

    word = "mul"

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        a, b = types[self.a].shape, types[self.b].shape
        if a != b and () not in (a, b):
            raise self.fail("operands must have one shape", f"{a} and {b}", "gather them by a constant to agree")
        left, right = self._operands(types, formats)
        self._exact(1, formats)
        return Type(a or b, left.fraction + right.fraction, *_ends(left, right))


@dataclass(frozen=True)
class Term:
    """sign * (source << shift)."""

    sign: int
    source: str
    shift: int

    def __str__(self) -> str:
        return f"{'-' if self.sign < 0 else '+'} {self.source}" + (f" << {self.shift}" if self.shift else "")


@dataclass(frozen=True)
class Sum(Op):
    """The exact sum of terms, aligned to the finest fraction by exact left shifts."""

    terms: tuple[Term, ...]
    word = "sum"

    @property
    def operands(self) -> tuple[str, ...]:
        return tuple(term.source for term in self.terms)

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        fraction = max(types[term.source].fraction for term in self.terms)
        shapes = {types[term.source].shape for term in self.terms}
        if len(shapes) != 1:
            got = " and ".join(map(str, sorted(shapes)))
            raise self.fail("terms must have one shape", got, "gather them by a constant to agree")
        low = high = 0
        for term in self.terms:
            source = types[term.source]
            aligned = fraction - source.fraction
            if term.shift != aligned:
                rule = f"a term of fraction {source.fraction} in a sum of fraction {fraction} is shifted by {aligned}"
                raise self.fail(rule, f"{term.shift} for {term.source}", "align it exactly")
            ends = [term.sign * source.low << term.shift, term.sign * source.high << term.shift]
            low, high = low + min(ends), high + max(ends)
        return Type(shapes.pop(), fraction, low, high)

    def arguments(self) -> str:
        return " ".join(map(str, self.terms))

    @classmethod
    def parse(cls, name: str, arguments: list[str]) -> "Sum":
        terms: list[Term] = []
        rest = list(arguments)
        while rest:
            sign = {"+": 1, "-": -1}[rest.pop(0)]
            source = rest.pop(0)
            shift = 0
            if rest and rest[0] == "<<":
                shift, rest = int(rest[1]), rest[2:]
            terms.append(Term(sign, source, shift))
        if not terms:
            raise ValueError("no terms")
        return cls(name, tuple(terms))


@dataclass(frozen=True)
class Round(Op):
    """source / 2**shift by one named rounding; a negative shift is an exact left shift."""

    rule: Rounding
    source: str
    shift: int
    word = "round"

    @property
    def operands(self) -> tuple[str, ...]:
        return (self.source,)

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        source = types[self.source]
        low, high = (self.rule.apply(v, self.shift) for v in (source.low, source.high))
        return Type(source.shape, source.fraction - self.shift, low, high)

    def arguments(self) -> str:
        return f"{self.rule} {self.source} {self.shift}"

    @classmethod
    def parse(cls, name: str, arguments: list[str]) -> "Round":
        rule, source, shift = arguments
        return cls(name, Rounding(rule), source, int(shift))


@dataclass(frozen=True)
class Scale(Op):
    """source * 2**log2: the raw word as it is, the binary point moved. Costs nothing."""

    source: str
    log2: int
    word = "scale"

    @property
    def operands(self) -> tuple[str, ...]:
        return (self.source,)

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        source = types[self.source]
        return Type(source.shape, source.fraction - self.log2, source.low, source.high)

    def arguments(self) -> str:
        return f"{self.source} {self.log2}"

    @classmethod
    def parse(cls, name: str, arguments: list[str]) -> "Scale":
        source, log2 = arguments
        return cls(name, source, int(log2))


@dataclass(frozen=True)
class Table(Op):
    """A function by table look-up with linear interpolation: of a declared table with its words read as `to`, or tanh,
    sin, cos or logistic, of an argument of fraction 18 (golden/arithmetic/function_table.py, tables.py).
    """

    function: str
    source: str
    to: SQ | None = None
    word = "table"

    @property
    def operands(self) -> tuple[str, ...]:
        return (self.source,)

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        source, declared = types[self.source], types.get(self.function)
        table = declared.table if declared is not None else None
        if table is None and self.function not in (*FUNCTIONS, *REDUCED):
            known = ", ".join((*FUNCTIONS, *REDUCED))
            raise self.fail(f"there are tables for {known}", self.function, "declare it: table NAME fraction A = ...")
        if (self.to is None) != (table is None) or self.to is not None and self.to.width != formats.operand_bits:
            rule = f"the words of a declared table are read as a format of {formats.operand_bits} bits, others are not"
            raise self.fail(rule, str(self.to), "correct the format")
        fraction = ARGUMENT_FRACTION if table is None else table.fraction
        if source.fraction != fraction:
            rule = f"a table's argument has fraction {fraction}"
            raise self.fail(rule, str(source.fraction), "round it by floor first")
        if table is not None and self.to is not None:
            return Type(source.shape, self.to.fraction_bits, *table.interval)
        low = 0 if self.function == "logistic" else -formats.s.high
        return Type(source.shape, formats.s.fraction_bits, low, formats.s.high)

    def arguments(self) -> str:
        return f"{self.function} {self.source}" + (f" {self.to}" if self.to is not None else "")

    @classmethod
    def parse(cls, name: str, arguments: list[str]) -> "Table":
        function, source, *to = arguments
        return cls(name, function, source, SQ.parse(" ".join(to)) if to else None)


OPS: dict[str, type[Op]] = {op.word: op for op in (Cut, Turn, Matvec, MatvecT, Mul, Sum, Round, Scale, Table)}
