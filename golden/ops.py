"""The operations of a program: typed, integer, exact except where a rounding is named. Prose: docs/program.md.

Every operation has a result name, operand names, a one-line text form, and `infer`, which derives the result's type
(shape, fraction bits, interval of raw values) from the operands' types or raises HelError. Run by golden/execute.py.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from golden.errors import HelError
from golden.formats import SQ, Formats
from golden.tables import ARGUMENT_FRACTION, FUNCTIONS

__all__ = ["OPS", "Cut", "Matvec", "MatvecT", "Mul", "Op", "Pad", "Round", "Rounding", "Scale", "Slice", "Sum", "Table",
           "Term", "Type"]  # fmt: skip

EXACT_BITS = 53
"""float64 adds and multiplies integers below 2**53 exactly; every value of a program stays below."""


@dataclass(frozen=True)
class Type:
    """Shape, fraction bits and the interval of raw values, derived and never guessed.

    >>> t = Type((16,), 30, -(1 << 34), 1 << 34)
    >>> t.bits, str(t)
    (36, 'SQ(6, 30) [16]')
    """

    shape: tuple[int, ...]
    fraction: int
    low: int
    high: int

    @property
    def bits(self) -> int:
        """Width of the narrowest signed word that holds the interval."""
        return max((~v if v < 0 else v).bit_length() for v in (self.low, self.high)) + 1

    def __str__(self) -> str:
        return f"{SQ(self.bits - self.fraction, self.fraction)} {list(self.shape)}"

    @classmethod
    def of(cls, word: SQ, shape: tuple[int, ...]) -> "Type":
        return cls(shape, word.fraction_bits, word.low, word.high)


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

    def _infer(self, types: Mapping[str, Type], formats: Formats, shape: tuple[int, ...], terms: int) -> Type:
        a, b = types[self.a], types[self.b]
        for name, operand in ((self.a, a), (self.b, b)):
            if operand.bits > formats.operand_bits:
                raise self.fail(
                    f"a multiplier operand has at most {formats.operand_bits} bits",
                    f"{name} with {operand.bits}",
                    "cut it first",
                )
        need = 2 * formats.operand_bits + max(terms - 1, 0).bit_length()
        if need > EXACT_BITS:
            raise self.fail(
                f"a sum of products needs 2 * operand_bits + log2(terms) <= {EXACT_BITS} bits to be exact",
                f"{need} for {terms} terms",
                "use fewer operand_bits or fewer neurons",
            )
        corners = [i * j for i in (a.low, a.high) for j in (b.low, b.high)]
        return Type(shape, a.fraction + b.fraction, terms * min(corners), terms * max(corners))


@dataclass(frozen=True)
class Matvec(_Product):
    """matrix @ vector: the full exact sum over the columns."""

    word = "matvec"

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        matrix, vector = types[self.a].shape, types[self.b].shape
        if len(matrix) != 2 or len(vector) != 1 or matrix[1] != vector[0]:
            raise self.fail("shapes must be (n, m) and (m,)", f"{matrix} and {vector}", "check the operands' order")
        return self._infer(types, formats, (matrix[0],), matrix[1])


@dataclass(frozen=True)
class MatvecT(_Product):
    """transpose(matrix) @ vector: the full exact sum over the rows."""

    word = "matvec_t"

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        matrix, vector = types[self.a].shape, types[self.b].shape
        if len(matrix) != 2 or len(vector) != 1 or matrix[0] != vector[0]:
            raise self.fail("shapes must be (n, m) and (n,)", f"{matrix} and {vector}", "check the operands' order")
        return self._infer(types, formats, (matrix[1],), matrix[0])


@dataclass(frozen=True)
class Mul(_Product):
    """a * b element by element, exact; `one` goes with every shape."""

    word = "mul"

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        a, b = types[self.a].shape, types[self.b].shape
        if a != b and () not in (a, b):
            raise self.fail("operands must have one shape", f"{a} and {b}", "slice or pad them to agree")
        return self._infer(types, formats, a or b, 1)


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
            raise self.fail("terms must have one shape", " and ".join(map(str, sorted(shapes))), "pad them to agree")
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
    """A function by table look-up with linear interpolation (golden/tables.py); the argument has fraction 18."""

    function: str
    source: str
    word = "table"

    @property
    def operands(self) -> tuple[str, ...]:
        return (self.source,)

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        source = types[self.source]
        if self.function not in FUNCTIONS:
            tables = ", ".join(FUNCTIONS)
            raise self.fail(f"there are tables for {tables}", self.function, "write the potential with these")
        if source.fraction != ARGUMENT_FRACTION:
            raise self.fail(
                f"a table's argument has fraction {ARGUMENT_FRACTION}", str(source.fraction), "round it by floor first"
            )
        return Type(source.shape, formats.s.fraction_bits, -formats.s.high, formats.s.high)

    def arguments(self) -> str:
        return f"{self.function} {self.source}"

    @classmethod
    def parse(cls, name: str, arguments: list[str]) -> "Table":
        function, source = arguments
        return cls(name, function, source)


@dataclass(frozen=True)
class Slice(Op):
    """source[start : start + length] of a vector."""

    source: str
    start: int
    length: int
    word = "slice"

    @property
    def operands(self) -> tuple[str, ...]:
        return (self.source,)

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        source = types[self.source]
        if len(source.shape) != 1 or not 0 <= self.start <= self.start + self.length <= source.shape[0]:
            got = f"{self.start}..{self.start + self.length} of {source.shape}"
            raise self.fail("a slice lies inside its vector", got, "move it")
        return Type((self.length,), source.fraction, source.low, source.high)

    def arguments(self) -> str:
        return f"{self.source} {self.start} {self.length}"

    @classmethod
    def parse(cls, name: str, arguments: list[str]) -> "Slice":
        source, start, length = arguments
        return cls(name, source, int(start), int(length))


@dataclass(frozen=True)
class Pad(Slice):
    """`length` zeros with the source from element `start` on: the adjoint of Slice."""

    word = "pad"

    def infer(self, types: Mapping[str, Type], formats: Formats) -> Type:
        source = types[self.source]
        if len(source.shape) != 1 or not 0 <= self.start <= self.start + source.shape[0] <= self.length:
            got = f"{source.shape} at {self.start} of {self.length}"
            raise self.fail("a padded vector lies inside its frame", got, "move it")
        return Type((self.length,), source.fraction, min(source.low, 0), max(source.high, 0))


OPS: dict[str, type[Op]] = {op.word: op for op in (Cut, Matvec, MatvecT, Mul, Sum, Round, Scale, Table, Slice, Pad)}
