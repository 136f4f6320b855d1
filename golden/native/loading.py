"""The C that turns parameter words into operands, and stored words of constants into panels."""

from __future__ import annotations

from math import prod

from golden.native.constants import Products
from golden.native.layout import Layout
from golden.native.tables import listed

__all__ = ["Loading"]


class Loading:
    """Of one program.

    Members
    -------
    starts : where each parameter's words begin among those of all
    """

    def __init__(self, layout: Layout, products: Products) -> None:
        self.layout, self.products = layout, products
        self.starts: dict[str, int] = {}
        at = 0
        for name, shape in layout.parameters.items():
            self.starts[name] = at
            at += prod(shape)
        formats = layout.program.formats
        self._cut = formats.theta.width - formats.operand_bits

    def functions(self, static: list[str]) -> list[str]:
        """constants_into and load; `static` is what load computes of the operands."""
        layout = self.layout
        stored = [name for name in layout.constants if self._panels(name, "", 0)]
        lines = []
        for name in stored:
            words = listed(layout.constants[name].words.reshape(-1).tolist())
            lines.append(f"static const int64_t {layout.c[name]}_words[] = {{\n{words}\n}};")
        lines.append("static void constants_into(Machine *m) {")
        for name in stored:
            lines += self._panels(name, f"{layout.c[name]}_words", 0)
        lines += ["}", "", "/* theta: the words of all parameters as stored, one after the other. */"]
        lines.append("void load(Machine *m, const int64_t *theta, int64_t gradients, int64_t inputs) {")
        for name, start in self.starts.items():
            lines += self._parameter(name, start)
        return [*lines, *static, "}", ""]

    def _parameter(self, name: str, start: int) -> list[str]:
        lines = []
        if name in self.layout.vectors:
            size = self.layout.size(name)
            lines.append(f"    EACH({size}) m->{self.layout.c[name]}[i] = operand(theta[{start} + i], {self._cut});")
        return lines + self._panels(name, f"theta + {start}", self._cut)

    def _panels(self, name: str, words: str, cut: int) -> list[str]:
        """A matrix, whose words lie row by row, into each of its forms."""
        lines = []
        for matrix, transposed in self.products.in_full:
            if matrix == name:
                rows, columns = self.layout.types[name].shape
                sizes = (columns, rows, words, 1, columns) if transposed else (rows, columns, words, columns, 1)
                lines.append(
                    f"    pack({', '.join(map(str, sizes))}, {cut}, m->{self.products.panels(name, transposed)});"
                )
        return lines
