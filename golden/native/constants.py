"""The C of matrix products: of parameters in panels, and of constants as sparse as they are."""

from __future__ import annotations

from golden.native.layout import STATE, Layout
from golden.native.tables import listed
from golden.program.constants import Constant
from golden.program.ops import Matvec, MatvecT

__all__ = ["Products"]

_FEW = 16
"""So few runs along diagonals are written out one by one, however short."""
_LONG = 4
"""Runs of this length on average are written out too."""
_DENSE = 4
"""A constant of which one word in so many is not zero is stored in full, ..."""
_LARGEST = 1 << 21
"""... unless it has a longer word than half a double holds. A parameter has none: 18 bits, and zeros behind them."""


class Products:
    """C of the products of one program; `in_full`: (matrix, transposed) of those that are stored in panels."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.in_full = tuple(
            (name, transposed)
            for name, transposed in layout.panels
            if name not in layout.constants or self._form(layout.constants[name]) == "panels"
        )

    @staticmethod
    def _form(constant: Constant) -> str:
        if len(constant.runs) <= max(_FEW, constant.entries // _LONG):
            return "runs"
        rows, columns = constant.shape
        dense = constant.entries * _DENSE >= rows * columns and all(abs(run.word) <= _LARGEST for run in constant.runs)
        return "panels" if dense else "list"

    def panels(self, name: str, transposed: bool) -> str:
        return f"{self.layout.c[name]}{'_t' if transposed else ''}_panels"

    def data(self) -> list[str]:
        """The constants that are read as lists, and as vectors."""
        lines = []
        for name, constant in self.layout.constants.items():
            c, words = self.layout.c[name], constant.words
            if name in self.layout.vectors:
                numbers = listed(f"{word}.0" for word in words.tolist())
                lines.append(f"static const double {c}[PAD({len(words)})] ALIGNED = {{\n{numbers}\n}};")
            elif len(constant.shape) == 2 and self._form(constant) == "list":
                rows, columns = words.nonzero()
                entries = [
                    f"{{{i}, {j}, {words[i, j]}.0}}" for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
                ]
                lines.append(
                    f"static const struct {{ int32_t row, column; double word; }} {c}[] = {{\n{listed(entries)}\n}};"
                )
        return lines

    def lines(self, op: Matvec | MatvecT) -> list[str]:
        transposed = isinstance(op, MatvecT)
        y, x = self.layout.c[op.name], self.layout.c[op.b]
        constant = self.layout.constants.get(op.a)
        if constant is None or self._form(constant) == "panels":
            return [self._in_full(op, transposed, y, x)]
        moving = self.layout.domain[op.name] == STATE
        each = "EACH_CONTEXT " if moving else ""
        to = f"{y}[c]" if moving else y
        of = f"{x}[c]" if self.layout.domain[op.b] == STATE else x
        lines = [f"{each}EACH({self.layout.size(op.name)}) {to}[i] = 0.0;"]
        if self._form(constant) == "list":
            a = self.layout.c[op.a]
            row, column = ("column", "row") if transposed else ("row", "column")
            each_entry = f"EACH({constant.entries}) {to}[{a}[i].{row}] += {a}[i].word * {of}[{a}[i].{column}];"
            return [*lines, each + each_entry]
        for run in constant.runs:
            row, column = "i", "i" + (f" {'-' if run.offset < 0 else '+'} {abs(run.offset)}" if run.offset else "")
            row, column = (column, row) if transposed else (row, column)
            each_row = f"for (int i = {run.start}; i < {run.stop}; i++) {to}[{row}] += {run.word}.0 * {of}[{column}];"
            lines.append(each + each_row)
        return lines

    def _in_full(self, op: Matvec | MatvecT, transposed: bool, y: str, x: str) -> str:
        rows, columns = self.layout.types[op.a].shape
        rows, columns = (columns, rows) if transposed else (rows, columns)
        a = self.panels(op.a, transposed)
        source = f"m->{a}"
        if self.layout.domain[op.name] == STATE:
            return f"product(contexts, {rows}, {columns}, {source}, {x}[0], PAD({columns}), {y}[0], PAD({rows}));"
        return f"product(1, {rows}, {columns}, {source}, {x}, 0, {y}, 0);"
