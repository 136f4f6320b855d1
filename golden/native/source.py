"""The C source of a program: one text, with the program's statements as its comments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from golden.cost_functions.latch import FURTHEST_LEFT
from golden.cost_functions.readout import LOG2_E, powers
from golden.native.constants import Products
from golden.native.gradients import Sums
from golden.native.headers import text
from golden.native.layout import BLOCK, INPUTS, PARAMETERS, STATE, Layout
from golden.native.loading import Loading
from golden.native.operations import Operations
from golden.native.tables import listed, look_up
from golden.program import Program
from golden.program.program import MAX_SHIFT

__all__ = ["Source"]

_WIDEST = 110
"""Longer lines of the program's text are cut in the C's head: tables and constants stand below it."""


class Source:
    """The C of one program; str() of it is the text.

    Members
    -------
    clipped, beyond : names of the cuts and of the arguments of which a flag is kept, in the order of the C function
        `flags`

    >>> from golden.compiler import compile_system
    >>> from golden.systems import get
    >>> source = str(Source(compile_system(get("linear", n=3, m=1))))
    >>> print(source[source.index("    /* a_x") : source.index("    /* F =")].rstrip().split("    linear.py")[0])
        /* a_x = mul a x : SQ(7, 29) [3]
    """

    def __init__(self, program: Program) -> None:
        self.program, self.layout = program, Layout(program)
        self.products, self.sums = Products(self.layout), Sums(self.layout)
        self.loading = Loading(self.layout, self.products)
        self.operations = Operations(self.layout, self.products)
        static = self._bodies(PARAMETERS)
        self._static = ["    {", *(f"    {line}" for line in self._locals(static) + static), "    }"] if static else []
        self._of_inputs, self._of_state = self._bodies(INPUTS), self._bodies(STATE)
        self.clipped, self.beyond = tuple(self.operations.clipped), tuple(self.operations.beyond)

    def __str__(self) -> str:
        head = [
            line if len(line) <= _WIDEST else line[: _WIDEST - 3] + "..." for line in str(self.program).splitlines()
        ]
        parts = [
            [f"/* {self.program.name}: this program as C, bit for bit golden.dynamics.integrator.", " *"],
            [f" *     {line}" for line in head],
            [" */"],
            self._numbers(),
            [text("kernels")],
            self._tables(),
            self.products.data(),
            self._machine(),
            self.loading.functions(self._static),
            self._values(),
            self.sums.functions(),
            ["", *self.sums.moves()],
            ["", *(text(name) for name in ("rounding", "nudges", "steps"))],
            [f"static const int64_t POWERS[] = {{\n{listed(powers().tolist())}\n}};", ""],
            [text(name) for name in ("readout", "squared_error", "costs", "update", "learn")],
            self._update(),
            self._descent(),
        ]
        return "\n".join(line for part in parts for line in part) + "\n"

    def _numbers(self) -> list[str]:
        f = self.program.formats
        numbers = {
            "NEURONS": self.program.n, "INPUTS": self.program.m, "Q_BITS": f.q.width, "P_BITS": f.p.width,
            "G_BITS": f.g_bits, "CUT": f.g_cut, "BLOCK": BLOCK,
            "CLIPPED": len(self.clipped), "BEYOND": len(self.beyond),
            "KICK": self.layout.c[self.program.kick], "WRAP": f"wrap{self.layout.word[3:5]}",
            "OPERAND_BITS": f.operand_bits, "P_FRACTION": f.fraction_bits, "LOG2_INVERSE_STEP": f.log2_inverse_step,
            "X_CUT": f.q.fraction_bits - f.x.fraction_bits, "ONE": f.one, "THETA_BITS": f.theta.width,
            "CLIP": 1 << f.clip_log2, "CLIP_LOG2": f.clip_log2, "MAX_SHIFT": MAX_SHIFT, "LOG2_E": LOG2_E,
            "FURTHEST_LEFT": FURTHEST_LEFT,
        }  # fmt: skip
        return [*(f"#define {name} {value}" for name, value in numbers.items()), ""]

    def _tables(self) -> list[str]:
        lines: list[str] = []
        for name, table in self.operations.used_tables.items():
            lines += [*look_up(self.layout.c.get(name, name), table), ""]
        return lines

    def _machine(self) -> list[str]:
        layout = self.layout

        def double(name: str, before: str = "") -> str:
            return f"    double {layout.c[name]}{before}[PAD({layout.size(name)})] ALIGNED;"

        lines = [f"typedef {layout.word} Word;", "", "typedef struct {"]
        lines.append("    Word q[2][PAD(NEURONS)] ALIGNED, p[2][PAD(NEURONS)] ALIGNED;")
        lines.append("    /* parameters as operands, and what depends on them alone */")
        for name, transposed in self.products.in_full:
            rows, columns = layout.types[name].shape
            rows, columns = (columns, rows) if transposed else (rows, columns)
            panels = self.products.panels(name, transposed)
            lines.append(f"    uint64_t {panels}[PAD({rows}) * PAIRS({columns})] ALIGNED;")
        lines += [double(name) for name in layout.vectors if name in layout.parameters]
        lines += [double(op.name) for _, op in layout.ops(PARAMETERS)]
        lines.append("    /* values of a step; [BLOCK]: of the steps whose gradients are added up together */")
        for domain, contexts, given in ((INPUTS, "", ["u"]), (STATE, "[2]", [])):
            for name in [*given, *(op.name for _, op in layout.ops(domain))]:
                lines.append(double(name, ("[BLOCK]" if name in layout.kept else "") + contexts))
        lines.append("    /* gradient words, and bounds on them */")
        lines += [f"    {line}" for line in self.sums.members()]
        lines.append("    /* sticky flags */")
        lines.append("    int64_t lost_q, lost_p, lost_g, lost_theta, clipped[CLIPPED + 1], beyond[BEYOND + 1];")
        lines.append("    /* of another optimiser than plain; NULL else */")
        lines.append("    const int64_t *how;")
        lines.append("    int64_t *velocity, *sums, met, spread;")
        return [*lines, "} Machine;", ""]

    def _values(self) -> list[str]:
        """Functions for what a step computes."""
        return [
            "/* What depends on inputs alone. */",
            "INLINE void inputs_of(Machine *m, int slot, const int64_t *given, int gradients, int inputs) {",
            *self._locals(self._of_inputs, always=("u",)),
            "    EACH(INPUTS) u[i] = (double)given[i];",
            *self._of_inputs,
            "}",
            "",
            "/* What depends on the position: the kick, and what gradients are made of. */",
            "INLINE void values_of(Machine *m, int slot, int contexts, int gradients, int inputs) {",
            *self._locals(self._of_state),
            *self._of_state,
            "}",
            "",
            "/* dV/du of context 1 less that of context 0. */",
            "static void input_difference(Machine *m, int slot, int64_t *du) {",
            *self._input_difference(),
            "}",
        ]

    def _input_difference(self) -> list[str]:
        name = self.program.input_gradient
        if not name:
            return []
        if self.layout.domain[name] != STATE:  # the same in both contexts
            return ["    EACH(INPUTS) du[i] = 0;"]
        here = f"m->{self.layout.c[name]}" + ("[slot]" if name in self.layout.kept else "")
        return [f"    EACH(INPUTS) du[i] = (int64_t)({here}[1][i] - {here}[0][i]);"]

    def _update(self) -> list[str]:
        """theta -= clip(G >> n) of every parameter."""
        lines = []
        for name, start in self.loading.starts.items():
            *rows, columns = self.sums.shape(name)
            how = f"{columns}, shift_of(base, {self.program.update_offset(name)}), {self.program.gradient(name).sign}"
            kept = self.program.range_of(name)
            call = f"keep_words(%s, %s, {how}, {kept.low}, {kept.high})" if kept else f"update_words(m, %s, %s, {how})"
            g = f"m->{self.sums.g(name)}"
            if rows:
                lines.append(f"    EACH({rows[0]}) {call % (f'theta + {start} + i * {columns}', f'{g}[i]')};")
            else:
                lines.append(f"    {call % (f'theta + {start}', g)};")
        return ["", "static void update_parameters(Machine *m, int64_t *theta, int64_t base) {", *lines, "}"]

    def _descent(self) -> list[str]:
        """The same by another optimiser."""
        lines = []
        top = 1 << (self.program.formats.theta.width - 1)
        for k, (name, start) in enumerate(self.loading.starts.items()):
            *rows, columns = self.sums.shape(name)
            kept, share = self.program.range_of(name), f"m->how[SHARES + {k}]"
            low, high = (kept.low, kept.high) if kept else (-top, top - 1)
            n = f"shift_of(base + (m->how[SIGN] ? 0 : {share}), {self.program.update_offset(name)})"
            how = f"{columns}, {n}, {self.program.gradient(name).sign}, rate + {share}, last"
            how += f", {int(kept is not None)}, {low}, {high}"
            at, g = (f"{start} + i * {columns}", "[i]") if rows else (f"{start}", "")
            call = f"descend_words(m, theta + {at}, m->velocity + {at}, m->{self.sums.g(name)}{g}, {how});"
            lines.append(f"    EACH({rows[0]}) {call}" if rows else f"    {call}")
        head = "static void descend_parameters(Machine *m, int64_t *theta, int64_t base, int64_t rate, int last) {"
        return ["", head, *lines, "}"]

    def _bodies(self, domain: int) -> list[str]:
        """The statements of a domain, those under one condition together."""
        lines: list[str] = []
        for when, group in groupby(self.layout.ops(domain), key=lambda pair: pair[0]):
            inner = [line for _, op in group for line in self.operations.lines(op)]
            if when:
                lines += [f"    if ({when}) {{", *(f"        {line}" for line in inner), "    }"]
            else:
                lines += [f"    {line}" for line in inner]
        return lines

    def _locals(self, body: Iterable[str], always: tuple[str, ...] = ()) -> list[str]:
        """Pointers to the values of the machine that a body names."""
        layout = self.layout
        named = {*always, *re.findall(r"[A-Za-z_]\w*", re.sub(r"/\*.*?\*/", "", "\n".join(body)))}
        static = {op.name for _, op in layout.ops(PARAMETERS)} | (set(layout.vectors) & set(layout.parameters))
        lines = []
        for name, c in layout.c.items():
            if c not in named or name in layout.tables:
                continue
            slot = "[slot]" if name in layout.kept else ""
            if name == "q":
                lines.append("    Word(*q)[PAD(NEURONS)] = m->q;")
            elif layout.domain[name] == STATE:
                lines.append(f"    double(*{c})[PAD({layout.size(name)})] = m->{c}{slot};")
            elif layout.domain[name] == INPUTS or name in static:
                lines.append(f"    double *{c} = m->{c}{slot};")
        return lines
