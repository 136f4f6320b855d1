"""The C source of a program: one text, with the program's statements as its comments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from golden.cost_functions.readout import LOG2_E, powers
from golden.native.constants import Products
from golden.native.gradients import Sums
from golden.native.headers import text
from golden.native.layout import BLOCK, INPUTS, PARAMETERS, STATE, Layout
from golden.native.operations import Operations
from golden.native.tables import listed, look_up
from golden.program import Program
from golden.program.program import MAX_SHIFT

__all__ = ["Source"]


class Source:
    """The C of one program; str() of it is the text.

    Members
    -------
    beyond : names of the arguments of which a flag is kept, in the order of the C function `flags`
    """

    def __init__(self, program: Program) -> None:
        self.program, self.layout = program, Layout(program)
        self.products, self.sums = Products(self.layout), Sums(self.layout)
        self.operations = Operations(self.layout, self.products)
        self._bodies = {
            domain: self._body(self.layout.ops(domain), "m->" if domain == PARAMETERS else "")
            for domain in (PARAMETERS, INPUTS, STATE)
        }
        self.beyond = tuple(self.operations.beyond)

    def __str__(self) -> str:
        parts = [
            [f"/* {self.program.name}: the integer program below as C, bit for bit golden.dynamics.integrator."],
            [f" *     {line}" for line in _shortened(str(self.program))],
            [" */"],
            self._numbers(),
            [text("kernels")],
            self._tables(),
            self.products.data(),
            self._machine(),
            self._loading(),
            self._values(),
            self.sums.functions(),
            ["", *self.sums.moves()],
            ["", text("steps")],
            self._readout(),
            ["", text("learn")],
            ["", *self._update()],
        ]
        return "\n".join(line for part in parts for line in part) + "\n"

    def _numbers(self) -> list[str]:
        f = self.program.formats
        wrap = self.layout.word[3:5]
        numbers = {
            "NEURONS": self.program.n, "INPUTS": self.program.m, "Q_BITS": f.q.width, "P_BITS": f.p.width,
            "G_BITS": f.g_bits, "CUT": f.g_cut, "BLOCK": BLOCK, "BEYOND": len(self.beyond),
            "KICK": self.layout.c[self.program.kick], "WRAP": f"wrap{wrap}", "OPERAND_BITS": f.operand_bits,
            "P_FRACTION": f.fraction_bits, "LOG2_INVERSE_STEP": f.log2_inverse_step,
            "X_CUT": f.q.fraction_bits - f.x.fraction_bits, "ONE": f.one, "THETA_BITS": f.theta.width,
            "CLIP": 1 << f.clip_log2, "MAX_SHIFT": MAX_SHIFT, "LOG2_E": LOG2_E,
        }  # fmt: skip
        return [*(f"#define {name} {value}" for name, value in numbers.items()), ""]

    def _readout(self) -> list[str]:
        return ["", f"static const int64_t POWERS[] = {{\n{listed(powers().tolist())}\n}};"]

    def _update(self) -> list[str]:
        program, lines, start = self.program, [], 0
        for name in self.layout.parameters:
            *rows, columns = self.sums.shape(name)
            sign, g = program.gradient(name).sign, self.sums.g(name)
            shift = f"shift_of(base, {program.update_offset(name)})"
            if rows:
                at = f"theta + {start} + i * {columns}, m->{g}[i], {columns}"
                lines.append(f"    EACH({rows[0]}) update_words(m, {at}, {shift}, {sign});")
            else:
                lines.append(f"    update_words(m, theta + {start}, m->{g}, {columns}, {shift}, {sign});")
            start += columns * (rows[0] if rows else 1)
        return ["static void update_parameters(Machine *m, int64_t *theta, int64_t base) {", *lines, "}"]

    def _tables(self) -> list[str]:
        lines: list[str] = []
        for name, table in self.operations.used_tables.items():
            lines += [*look_up(self.layout.c.get(name, name), table), ""]
        return lines

    def _machine(self) -> list[str]:
        layout, types = self.layout, self.layout.types
        lines = [f"typedef {layout.word} Word;", "", "typedef struct {", "    Word q[2][PAD(NEURONS)] ALIGNED, p[2][PAD(NEURONS)] ALIGNED;"]
        lines.append("    /* parameters as operands, and what depends on them alone */")
        for name, transposed in self.products.in_full:
            rows, columns = types[name].shape
            rows, columns = (columns, rows) if transposed else (rows, columns)
            lines.append(f"    float {self.products.panels(name, transposed)}[PAD({rows}) * {columns}] ALIGNED;")
        for name in layout.vectors:
            if name in layout.parameters:
                lines.append(f"    double {layout.c[name]}[PAD({layout.size(name)})] ALIGNED;")
        for _, op in layout.ops(PARAMETERS):
            lines.append(f"    double {layout.c[op.name]}[PAD({layout.size(op.name)})] ALIGNED;")
        lines.append("    /* values of a step; [BLOCK]: of the steps whose gradients are added up together */")
        for domain, contexts in ((INPUTS, ""), (STATE, "[2]")):
            names = [op.name for _, op in layout.ops(domain)] + (["u"] if domain == INPUTS else [])
            for name in names:
                block = "[BLOCK]" if name in layout.kept else ""
                lines.append(f"    double {layout.c[name]}{block}{contexts}[PAD({layout.size(name)})] ALIGNED;")
        lines.append("    /* gradient words, and bounds on them */")
        lines += [f"    {line}" for line in self.sums.members()]
        lines += ["    /* sticky flags */", "    int64_t lost_q, lost_p, clipped, lost_g, lost_theta, beyond[BEYOND + 1];"]
        return [*lines, "} Machine;", ""]

    def _loading(self) -> list[str]:
        """Parameter words into operands; constants that are stored in full."""
        layout, lines, start = self.layout, [], 0
        cut = self.program.formats.theta.width - self.program.formats.operand_bits
        operand = (lambda word: f"{word} >> {cut}") if cut >= 0 else (lambda word: f"{word} * {1 << -cut}")
        for name, shape in layout.parameters.items():
            size = 1
            for axis in shape:
                size *= axis
            if name in layout.vectors:
                lines.append(f"    EACH({size}) m->{layout.c[name]}[i] = (double)({operand(f'theta[{start} + i]')});")
            lines += [f"    {line}" for line in self._panels(name, lambda at: operand(f"theta[{start} + {at}]"))]
            start += size
        constants = [line for name in layout.constants for line in self._constant(name)]
        return [
            *(line for line in constants if not line.startswith("    ")),
            "static void constants_into(Machine *m) {",
            *(line for line in constants if line.startswith("    ")),
            "}",
            "",
            "/* theta: the words of all parameters as stored, one after the other */",
            "void load(Machine *m, const int64_t *theta, int64_t gradients, int64_t inputs) {",
            *lines,
            *self._bodies[PARAMETERS],
            "}",
            "",
        ]

    def _panels(self, name: str, word: object) -> list[str]:
        lines = []
        for matrix, transposed in self.products.in_full:
            if matrix != name:
                continue
            rows, columns = self.layout.types[name].shape
            at = f"panel_at({columns}, {rows}, j, i)" if transposed else f"panel_at({rows}, {columns}, i, j)"
            to = f"m->{self.products.panels(name, transposed)}[{at}]"
            value = word(f"i * {columns} + j")  # type: ignore[operator]
            lines.append(f"EACH({rows}) for (int j = 0; j < {columns}; j++) {to} = (float)({value});")
        return lines

    def _constant(self, name: str) -> list[str]:
        c = self.layout.c[name]
        fill = self._panels(name, lambda at: f"{c}_words[{at}]")
        if not fill:
            return []
        words = listed(self.layout.constants[name].words.reshape(-1).tolist())
        return [f"static const int32_t {c}_words[] = {{\n{words}\n}};", *(f"    {line}" for line in fill)]

    def _values(self) -> list[str]:
        """Functions for what a step computes."""
        program, layout = self.program, self.layout
        lines = [
            "/* What depends on inputs alone. */",
            "INLINE void inputs_of(Machine *m, int slot, const int64_t *given, int gradients, int inputs) {",
            *self._locals(self._bodies[INPUTS], always=("u",)),
            f"    EACH({program.m}) u[i] = (double)given[i];",
            *self._bodies[INPUTS],
            "}",
            "",
            "/* What depends on the position: the kick, and what gradients are made of. */",
            "INLINE void values_of(Machine *m, int slot, int contexts, int gradients, int inputs) {",
            *self._locals(self._bodies[STATE]),
            *self._bodies[STATE],
            "}",
            "",
            "/* dV/du of context 1 less that of context 0. */",
            "static void input_difference(Machine *m, int slot, int64_t *du) {",
        ]
        if program.input_gradient:
            c = layout.c[program.input_gradient]
            here = f"m->{c}[slot]" if program.input_gradient in layout.kept else f"m->{c}"
            if layout.domain[program.input_gradient] == STATE:
                lines.append(f"    EACH({program.m}) du[i] = (int64_t)({here}[1][i] - {here}[0][i]);")
            else:
                lines.append(f"    EACH({program.m}) du[i] = 0;")
        return [*lines, "}"]

    def _body(self, ops: Iterable[tuple[str, object]], machine: str) -> list[str]:
        """Statements, those under one condition together."""
        lines: list[str] = []
        for when, group in groupby(ops, key=lambda pair: pair[0]):
            inner = [line for _, op in group for line in self.operations.lines(op)]  # type: ignore[arg-type]
            if machine:
                inner = [*self._locals(inner), *(f"    {line}" for line in inner)]
                lines += [f"    {'if (' + when + ') ' if when else ''}{{", *(f"    {line}" for line in inner), "    }"]
            elif when:
                lines += [f"    if ({when}) {{", *(f"        {line}" for line in inner), "    }"]
            else:
                lines += [f"    {line}" for line in inner]
        return lines

    def _locals(self, body: Iterable[str], always: tuple[str, ...] = ()) -> list[str]:
        """Pointers to the values that a body names."""
        layout = self.layout
        named = set(re.findall(r"[A-Za-z_]\w*", re.sub(r"/\*.*?\*/", "", "\n".join(body))))
        lines = []
        static = {op.name for _, op in layout.ops(PARAMETERS)}
        for name, c in layout.c.items():
            if c not in named and name not in always or name in layout.tables:
                continue
            size, slot = layout.size(name), "[slot]" if name in layout.kept else ""
            if name == "q":
                lines.append("    Word(*q)[PAD(NEURONS)] = m->q;")
            elif layout.domain[name] == STATE:
                lines.append(f"    double(*{c})[PAD({size})] = m->{c}{slot};")
            elif name == "u" or layout.domain[name] == INPUTS:
                lines.append(f"    double *{c} = m->{c}{slot};")
            elif name in static or name in layout.vectors and name in layout.parameters:
                lines.append(f"    double *{c} = m->{c};")
        return lines


def _shortened(text: str) -> list[str]:
    """The program's lines, long ones cut: tables and constants stand below."""
    return [line if len(line) <= 110 else line[:107] + "..." for line in text.splitlines()]
