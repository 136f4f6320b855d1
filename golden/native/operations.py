"""The C of one operation of a program.

All values are doubles that hold integers below 2**53: `Program.verify` proves that of every value, and what is checked
here, that of what lies between them. A sum of which it cannot be proved is made in int64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from golden.arithmetic.function_table import FunctionTable, builtin
from golden.arithmetic.rounding import floor_shift
from golden.arithmetic.tables import PERIODIC, REDUCED, half_pi
from golden.native.constants import Products
from golden.native.layout import STATE, Layout
from golden.program.ops import Cut, Matvec, MatvecT, Mul, Op, Round, Rounding, Scale, Sum, Table, Turn
from golden.program.types import EXACT_BITS

__all__ = ["Operations", "power"]


def power(exponent: int) -> str:
    """2**exponent as a C number.

    >>> power(-11)
    '0x1p-11'
    """
    return f"0x1p{exponent:+d}"


class Operations:
    """C of operations, with `clipped` and `beyond`: cuts and arguments that have a flag of their own, in order."""

    def __init__(self, layout: Layout, products: Products) -> None:
        self.layout, self.types, self.products = layout, layout.types, products
        self.formats = layout.program.formats
        self.clipped: list[str] = []
        self.beyond: list[str] = []
        self.used_tables: dict[str, FunctionTable] = {}

    def lines(self, op: Op) -> list[str]:
        """The statement as a comment, and its C."""
        return [f"/* {self.layout.said(op)} */".replace("*/ */", "*/"), *_EMIT[type(op)](self, op)]

    def _each(self, op: Op, body: str) -> str:
        """A loop over the elements of a value, and over contexts where it has any."""
        contexts = "EACH_CONTEXT " if self.layout.domain[op.name] == STATE else ""
        return f"{contexts}EACH({self.layout.size(op.name)}) {body}"

    def _sticky(self, op: Op, kind: str, body: list[str], flag: str) -> list[str]:
        """A loop that notes in `lost` what was lost."""
        loop = [self._each(op, "{"), *(f"    {line}" for line in body), "}"]
        return ["{", f"    {kind} lost = 0;", *(f"    {line}" for line in loop), f"    m->{flag} |= lost;", "}"]

    def _flag(self, op: Cut) -> str:
        return f"clipped[{numbered(self.clipped, op.name)}]"

    def _integers(self, source: str, shift: int) -> tuple[str, str]:
        """(type, expression) of a word of q shifted right; further than its width there is but the sign."""
        if shift >= 0:
            return self.layout.word, f"q[c][i] >> {min(shift, int(self.layout.word[3:5]) - 1)}"
        return "int64_t", f"q[c][i] * (INT64_C(1) << {-shift})"

    def _cut(self, op: Cut) -> list[str]:
        at, shift, source = self.layout.at(op.name), op.shift(self.types[op.source]), self.types[op.source]
        low, high = op.to.low, op.to.high
        fits = all(low <= Rounding.FLOOR.apply(value, shift) <= high for value in (source.low, source.high))
        if op.source == "q":
            kind, exact = self._integers(op.source, shift)
            if fits:
                return [self._each(op, f"{at} = (double)({exact});")]
            limited = f"{kind} exact = {exact}, kept = LIMITED(exact, {low}, {high});"
            return self._sticky(
                op,
                kind,
                [limited, "lost |= exact ^ kept;", f"{at} = kept;"],
                f"clipped[{numbered(self.clipped, op.name)}]",
            )
        exact = _floor(self.layout.at(op.source), shift)
        if fits:
            return [self._each(op, f"{at} = {exact};")]
        limited = f"double exact = {exact}, kept = LIMITED(exact, {low}.0, {high}.0);"
        return self._sticky(
            op,
            "int64_t",
            [limited, "lost |= exact != kept;", f"{at} = kept;"],
            f"clipped[{numbered(self.clipped, op.name)}]",
        )

    def _turn(self, op: Turn) -> list[str]:
        at, width = self.layout.at(op.name), self.formats.operand_bits
        shift = op.shift(self.types[op.source], self.formats)
        if op.source == "q":
            kind, exact = self._integers(op.source, shift)
            return [self._each(op, f"{at} = wrap{kind[3:5]}({exact}, {width});")]
        source = self.layout.at(op.source)
        if self.types[op.source].bits - shift > EXACT_BITS:
            return [self._each(op, f"{at} = wrap64((int64_t){source} * (INT64_C(1) << {-shift}), {width});")]
        return [self._each(op, f"{{ double exact = {_floor(source, shift)}; {at} = {_wrapped('exact', width)}; }}")]

    def _matvec(self, op: Matvec | MatvecT) -> list[str]:
        return self.products.lines(op)

    def _mul(self, op: Mul) -> list[str]:
        return [self._each(op, f"{self.layout.at(op.name)} = {self.layout.at(op.a)} * {self.layout.at(op.b)};")]

    def _sum(self, op: Sum) -> list[str]:
        exact = self._partial_sums_fit(op)
        parts = []
        for term in op.terms:
            value = self.layout.at(term.source)
            if not exact:
                value = f"(int64_t){value}" + (f" * (INT64_C(1) << {term.shift})" if term.shift else "")
            elif term.shift:
                value += f" * {power(term.shift)}"
            parts.append(("- " if term.sign < 0 else "+ ") + value)
        return [self._each(op, f"{self.layout.at(op.name)} = {' '.join(parts).removeprefix('+ ')};")]

    def _partial_sums_fit(self, op: Sum) -> bool:
        """Whether the sums from the left, and the terms, are exact in doubles."""
        low = high = 0
        for term in op.terms:
            source = self.types[term.source]
            ends = [term.sign * source.low << term.shift, term.sign * source.high << term.shift]
            low, high = low + min(ends), high + max(ends)
            if max(map(abs, (*ends, low, high))) > 1 << EXACT_BITS:
                return False
        return True

    def _round(self, op: Round) -> list[str]:
        at, source = self.layout.at(op.name), self.layout.at(op.source)
        if op.rule is Rounding.FLOOR or op.shift <= 0:
            return [self._each(op, f"{at} = {_floor(source, op.shift)};")]
        if op.shift > EXACT_BITS:  # a value has at most that many bits
            return [self._each(op, f"{at} = 0.0;")]
        return [self._each(op, f"{at} = floor(({source} + {power(op.shift - 1)}) * {power(-op.shift)});")]

    def _scale(self, op: Scale) -> list[str]:
        return [self._each(op, f"{self.layout.at(op.name)} = {self.layout.at(op.source)};")]

    def _table(self, op: Table) -> list[str]:
        at, z, width = self.layout.at(op.name), self.layout.at(op.source), self.formats.operand_bits
        low, high = self.types[op.source].low, self.types[op.source].high
        if op.function in self.layout.tables:
            table, flag = self.layout.tables[op.function], op.name
        else:
            table, flag = builtin(REDUCED.get(op.function, op.function), width), op.source
        if op.function == "cos":
            quarter = int(floor_shift(half_pi(width), width - 20))  # type: ignore[arg-type]
            z, high = f"({z} + {quarter}.0)", high + quarter
        elif op.function == "logistic":
            z = f"floor({z} * 0.5)"
        self.used_tables[table.name] = table
        name = self.layout.c.get(table.name, table.name)
        steep = any(table.steep) and (op.function in self.layout.tables or op.function in PERIODIC)
        look_up = f"look_up_{name}({_argument(z, low, high, table)}{', &lost' if any(table.steep) else ''})"
        if op.function == "logistic":
            look_up = f"floor(({look_up} + {power(width - 1)}) * 0.5)"
        if not steep:
            return [self._each(op, f"{at} = {look_up};")]
        return self._sticky(op, "int32_t", [f"{at} = {look_up};"], f"beyond[{numbered(self.beyond, flag)}]")


def _argument(z: str, low: int, high: int, table: FunctionTable) -> str:
    """An argument from low to high as int32, in which every table ends."""
    if -1 << 31 <= low and high < 1 << 31:
        return f"(int32_t){z}"
    return f"(int32_t)(int64_t){z}" if table.turn else f"(int32_t)LIMITED({z}, -0x1p31, 0x1p31 - 1.0)"


def numbered(names: list[str], name: str) -> int:
    """The place of a name in a list, which it joins if it is new."""
    if name not in names:
        names.append(name)
    return names.index(name)


def _floor(value: str, shift: int) -> str:
    """value >> shift, of a double."""
    if shift == 0:
        return value
    scaled = f"{value} * {power(-shift)}"
    return f"floor({scaled})" if shift > 0 else scaled


def _wrapped(value: str, width: int) -> str:
    return f"{value} - {power(width)} * floor(({value} + {power(width - 1)}) * {power(-width)})"


_EMIT: dict[type[Op], Callable[[Operations, Any], list[str]]] = {
    Cut: Operations._cut,
    Turn: Operations._turn,
    Matvec: Operations._matvec,
    MatvecT: Operations._matvec,
    Mul: Operations._mul,
    Sum: Operations._sum,
    Round: Operations._round,
    Scale: Operations._scale,
    Table: Operations._table,
}
