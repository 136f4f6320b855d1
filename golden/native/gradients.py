"""The C of the gradient sums: G += half_up(scale ((r y)_1 - (r y)_0), g_cut), several steps at a time.

G wraps at every write, and says so. As long as no write can leave the word, sums of several steps may be added up with
neither test nor wrap: that is known from a bound on |G|, which grows by the largest step that the types allow and is
measured anew only when it comes near the word's end. Where a write may wrap, every one is made as docs/numerics.md
has it.
"""

from __future__ import annotations

from golden.native.layout import BLOCK, PARAMETERS, STATE, Layout
from golden.program.densities import Density, Gradient
from golden.program.types import EXACT_BITS

__all__ = ["Sums"]


class Sums:
    """C of the gradient sums of one program."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.program = layout, layout.program

    def g(self, parameter: str) -> str:
        return f"G_{self.layout.c[parameter]}"

    def shape(self, parameter: str) -> tuple[int, ...]:
        return self.layout.parameters[parameter] or (1,)

    def members(self) -> list[str]:
        """Of the machine: the words of G, padded, and the bounds."""
        lines = []
        for parameter in self.layout.parameters:
            *rows, columns = self.shape(parameter)
            before = "".join(f"[{size}]" for size in rows)
            lines.append(f"int64_t {self.g(parameter)}{before}[PAD({columns})] ALIGNED;")
            lines.append(f"double bound_{self.layout.c[parameter]};")
        return lines

    def functions(self) -> list[str]:
        lines: list[str] = []
        for gradient in self.program.gradients:
            lines += ["", *self._function(gradient)]
        calls = [f"    gradient_{self.layout.c[g.parameter]}(m, slots);" for g in self.program.gradients]
        return [*lines, "", "static void gradients_of(Machine *m, int slots) {", *calls, "}"]

    def moves(self) -> list[str]:
        """The words of all parameters, flat, into G and out of it."""
        into, out, clear, start = [], [], [], 0
        for parameter in self.layout.parameters:
            *rows, columns = self.shape(parameter)
            g, c = self.g(parameter), self.layout.c[parameter]
            size = columns * (rows[0] if rows else 1)
            each = f"EACH({rows[0]}) " if rows else ""
            here, there = (f"m->{g}[i]", f"g + {start} + i * {columns}") if rows else (f"m->{g}", f"g + {start}")
            words = f"{columns} * sizeof *g"
            into += [
                f"    {each}memcpy({here}, {there}, {words});",
                f"    m->bound_{c} = largest({self._first(parameter)}, sizeof m->{g} / sizeof *g);",
            ]
            out.append(f"    {each}memcpy({there}, {here}, {words});")
            clear += [f"    memset(m->{g}, 0, sizeof m->{g});", f"    m->bound_{c} = 0.0;"]
            start += size
        return [
            "static void take_gradients(Machine *m, const int64_t *g) {",
            *into,
            "}",
            "",
            "static void give_gradients(const Machine *m, int64_t *g) {",
            *out,
            "}",
            "",
            "static void clear_gradients(Machine *m) {",
            *clear,
            "}",
        ]

    def _first(self, parameter: str) -> str:
        return f"m->{self.g(parameter)}" + ("[0]" if len(self.shape(parameter)) == 2 else "")

    def _function(self, gradient: Gradient) -> list[str]:
        parameter = gradient.parameter
        terms = list(zip(gradient.terms, self.scales(gradient), strict=True))
        slow = [f"    {line}" for term, scale in terms for line in self._exactly(parameter, term, scale)]
        slow = ["    for (int k = 0; k < slots; k++) {", *(f"    {line}" for line in slow), "    }"]
        head = [f"/* {gradient} */", f"static void gradient_{self.layout.c[parameter]}(Machine *m, int slots) {{"]
        largest = self._largest_step(gradient)
        if largest is None:
            return [*head, *slow, "}"]
        fast = [f"        {line}" for term, scale in terms for line in self._together(parameter, term, scale)]
        size = f"sizeof m->{self.g(parameter)} / sizeof(int64_t)"
        bound = f"&m->bound_{self.layout.c[parameter]}, {largest}.0 * slots, {self._first(parameter)}, {size}"
        return [*head, f"    if (stays_inside({bound})) {{", *fast, "        return;", "    }", *slow, "}"]

    def scales(self, gradient: Gradient) -> list[int]:
        return [sign << align for sign, align in zip(gradient.signs, self.program.aligns(gradient), strict=True)]

    def _largest_step(self, gradient: Gradient) -> int | None:
        """By how much a step may move a word of G; None where a block of steps may always wrap."""
        formats, total = self.program.formats, 0
        for term, scale in zip(gradient.terms, self.scales(gradient), strict=True):
            bounds = [
                max(abs(self.layout.types[name].low), abs(self.layout.types[name].high)) for name in (term.r, term.y)
            ]
            difference = 2 * bounds[0] * bounds[1] * abs(scale)
            if difference + 1 >= 1 << (EXACT_BITS - 1):  # with its half, no double
                return None
            total += (difference >> formats.g_cut) + 1
        return total if BLOCK * total < 1 << (formats.g_bits - 1) else None

    def _at(self, name: str, context: int, index: str) -> str:
        """The value of step k."""
        if name == "one":
            return f"{self.program.formats.one}.0"
        domain, c = self.layout.domain[name], self.layout.c[name]
        if domain == STATE:
            return f"m->{c}[k][{context}][{index}]"
        return f"m->{c}[{index}]" if domain == PARAMETERS else f"m->{c}[k][{index}]"

    def _difference(self, term: Density, scale: int, rows: str, columns: str) -> str:
        plus, minus = (f"{self._at(term.r, c, rows)} * {self._at(term.y, c, columns)}" for c in (0, 1))
        return f"{minus} - {plus}" if scale == 1 else f"{scale}.0 * ({minus} - {plus})"

    def _exactly(self, parameter: str, term: Density, scale: int) -> list[str]:
        """One step's term, every write looked at."""
        *rows, columns = self.shape(parameter)
        g, each = f"m->{self.g(parameter)}[i]", f"EACH({columns})"
        row = column = "i"
        if rows:
            g, each, column = g + "[j]", f"EACH({rows[0]}) for (int j = 0; j < {columns}; j++)", "j"
        d = self._difference(term, scale, row, column)
        return [f"{each} {{", f"    double d = {d};", f"    {g} = added_exactly({g}, d, &m->lost_g);", "}"]

    def _together(self, parameter: str, term: Density, scale: int) -> list[str]:
        """The same term of several steps."""
        *rows, columns = self.shape(parameter)
        if rows:
            operands = ", ".join(self._pointer(name) for name in (term.r, term.y))
            return [f"outer({rows[0]}, {columns}, slots, {scale}.0, m->{self.g(parameter)}[0], {operands});"]
        g, d = f"m->{self.g(parameter)}[i]", self._difference(term, scale, "i", "i")
        each = f"for (int k = 0; k < slots; k++) EACH({columns})"
        return [f"{each} {{", f"    double d = {d};", f"    {g} = added({g}, d);", "}"]

    def _pointer(self, name: str) -> str:
        """First element, distance of steps, distance of contexts."""
        domain, c, size = self.layout.domain[name], self.layout.c[name], self.layout.size(name)
        if domain == STATE:
            return f"m->{c}[0][0], 2 * PAD({size}), PAD({size})"
        return f"m->{c}, 0, 0" if domain == PARAMETERS else f"m->{c}[0], PAD({size}), 0"
