"""An obviously right interpreter: one sample, Python integers, one loop an operation, straight from docs/numerics.md.

Shares no arithmetic with golden: no NumPy operations on words, its own roundings, its own function tables.
"""

import math

from golden.program.ops import Cut, Matvec, MatvecT, Mul, Round, Scale, Sum, Table, Turn


def half_up(x, n):
    return x * 2**-n if n <= 0 else (2 * x + 2**n) // 2 ** (n + 1)


def floor(x, n):
    return x * 2**-n if n <= 0 else x // 2**n


def wrap(x, width):
    return (x + 2 ** (width - 1)) % 2**width - 2 ** (width - 1)


def saturate(x, width):
    return max(-(2 ** (width - 1)), min(2 ** (width - 1) - 1, x))


def table(function, z, w):
    a = z if z >= 0 else -1 - z
    a = min(a, 2**21 - 1)
    i, r = a // 4096, a % 4096
    top = 2 ** (w - 1) - 1
    two = [max(-top, min(round(function(j / 64) * 2 ** (w - 1)), top)) for j in (i, i + 1)]
    s = (two[0] * (4096 - r) + two[1] * r + 2048) // 4096
    return s if z >= 0 else -s


def tanh(z, w):
    return table(math.tanh, z, w)


def sin(z, w):
    return table(math.sin, z, w)


def cos(z, w):
    """sin at z + pi / 2, which has w - 2 fraction bits, at most 18."""
    n = min(w - 2, 18)
    return sin(z + round(math.pi / 2 * 2**n) * 2 ** (18 - n), w)


def logistic(z, w):
    return (tanh(z // 2, w) + 2 ** (w - 1)) // 2


def declared(line, z):
    """(word, whether the argument lay beyond a steep end) of a table given by its line of the program, at z."""
    head, words = line.split(" = ")
    words, head = [int(word) for word in words.split()], head.split()
    low = int(head[head.index("from") + 1]) if "from" in head else 0
    steep = head[head.index("steep") + 1] if "steep" in head else ""
    high = low + len(words) - 1
    folded = "odd" in head or "even" in head
    if "turn" in head:
        period = (high - low) * 4096 * (2 if folded else 1)
        z = (z + period // 2) % period - period // 2
    a = -1 - z if folded and z < 0 else z
    below, above = a < low * 4096, a >= high * 4096
    if below or above:
        a = low * 4096 if below else high * 4096 - 1
    i, r = a // 4096 - low, a % 4096
    s = (words[i] * (4096 - r) + words[i + 1] * r + 2048) // 4096
    lost = below and steep in ("below", "both") or above and steep in ("above", "both")
    return (-s if "odd" in head and z < 0 else s), lost


FUNCTIONS = {"tanh": tanh, "sin": sin, "cos": cos, "logistic": logistic}


def dense(constant):
    """The rows of a constant, run by run."""
    rows = [[0] * constant.shape[-1] for _ in range(constant.shape[0] if len(constant.shape) == 2 else 1)]
    for run in constant.runs:
        for i in range(run.start, run.stop):
            if len(constant.shape) == 2:
                rows[i][i + run.offset] = run.word
            else:
                rows[0][i] = run.word
    return rows if len(constant.shape) == 2 else rows[0]


class Naive:
    """One sample of a program; flags is the set of names raised."""

    def __init__(self, program, theta_raw):
        self.program = program
        self.formats = program.formats
        self.flags = set()
        self.theta = {name: self._operand(words.tolist()) for name, words in theta_raw.items()}
        self.theta = {name: words if isinstance(words, list) else [words] for name, words in self.theta.items()}
        self.constants = {constant.name: dense(constant) for constant in program.constants}
        self.tables = {line.split()[1]: line for line in str(program).splitlines() if line.startswith("table ")}

    def _operand(self, words):
        if isinstance(words, list):
            return [self._operand(word) for word in words]
        return floor(words, 18 - self.formats.operand_bits)

    def values(self, q, u, wanted=None):
        """Every value, or the wanted ones and what they need: only what is computed can raise a flag."""
        v = {"q": list(q), "u": list(u), "one": 2 ** (self.formats.operand_bits - 5), **self.theta, **self.constants}
        for op in self.program.ops if wanted is None else self.program.needed(wanted):
            v[op.name] = self._value(op, v)
        return v

    def _value(self, op, v):
        types = self.program.types
        match op:
            case Cut():
                n = types[op.source].fraction - op.to.fraction_bits
                exact = [floor(x, n) for x in v[op.source]]
                kept = [saturate(x, op.to.width) for x in exact]
                if exact != kept:
                    self.flags.add("OPERAND_CLIPPED")
                return kept
            case Turn():
                w = self.formats.operand_bits
                return [wrap(floor(x, types[op.source].fraction + op.log2 - w), w) for x in v[op.source]]
            case MatvecT():
                return [
                    sum(w * r for w, r in zip(column, v[op.b], strict=True)) for column in zip(*v[op.a], strict=True)
                ]
            case Matvec():
                return [sum(w * x for w, x in zip(row, v[op.b], strict=True)) for row in v[op.a]]
            case Mul():
                a, b = v[op.a], v[op.b]
                size = len(a) if isinstance(a, list) else len(b)
                a, b = (x if isinstance(x, list) else [x] * size for x in (a, b))
                return [x * y for x, y in zip(a, b, strict=True)]
            case Sum():
                size = len(v[op.terms[0].source])
                return [sum(t.sign * v[t.source][i] * 2**t.shift for t in op.terms) for i in range(size)]
            case Round():
                rule = half_up if op.rule.value == "half_up" else floor
                return [rule(x, op.shift) for x in v[op.source]]
            case Scale():
                return v[op.source]
            case Table(function=name) if name in self.tables:
                found = [declared(self.tables[name], z) for z in v[op.source]]
                if any(lost for _, lost in found):
                    self.flags.add("ARGUMENT_CLAMPED")
                return [s for s, _ in found]
            case Table():
                if op.function in ("sin", "cos") and any(self._angle_is_beyond(op.function, z) for z in v[op.source]):
                    self.flags.add("ARGUMENT_CLAMPED")
                return [FUNCTIONS[op.function](x, self.formats.operand_bits) for x in v[op.source]]
        raise AssertionError(op)

    def _angle_is_beyond(self, function, z):
        """Whether the table of sin clamps: at 8 and -8, for cos after pi / 2 has been added."""
        n = min(self.formats.operand_bits - 2, 18)
        at = z + (round(math.pi / 2 * 2**n) * 2 ** (18 - n) if function == "cos" else 0)
        return not -(2**21) <= at < 2**21

    def _write(self, values, word, flag):
        kept = [wrap(x, word.width) for x in values]
        if kept != values:
            self.flags.add(flag)
        return kept

    def _q(self, q, p, sign):
        text = str(self.program)
        moved = [a + sign * b for a, b in zip(q, p, strict=True)]
        if "= turn q" in text and "= cut q" not in text:  # nothing but angles
            return [wrap(x, self.formats.q.width) for x in moved]
        return self._write(moved, self.formats.q, "Q_OVERFLOW")

    def _p(self, p, k, sign):
        return self._write([a + sign * b for a, b in zip(p, k, strict=True)], self.formats.p, "P_OVERFLOW")

    def forward(self, q, p, u):
        q = self._q(q, p, 1)
        p = self._p(p, self.values(q, u, [self.program.kick])[self.program.kick], -1)
        return self._q(q, p, 1), p

    def echo(self, contexts, u, grads, nudge=None, inputs=False):
        """contexts: [(q, p) of +eps, (q, p) of -eps]; grads: name -> nested lists, replaced; du where `inputs`."""
        wanted = [self.program.kick, *(name for g in self.program.gradients for name in g.operands)]
        wanted += [self.program.input_gradient] if inputs else []
        values, after = [], []
        for (q, p), sign in zip(contexts, (-1, 1), strict=True):
            if nudge is not None:
                p = self._p(p, nudge, sign)
            q = self._q(q, p, -1)
            v = self.values(q, u, wanted)
            p = self._p(p, v[self.program.kick], 1)
            values.append(v)
            after.append((self._q(q, p, -1), p))
        plus, minus = values
        for g in self.program.gradients:
            for term, shift in zip(g.terms, self._aligned(g), strict=True):
                sign = term.sign * g.terms[0].sign * 2**shift
                d = self._difference(term, plus, minus)
                old = grads[g.parameter]
                if term.product == "outer":
                    d = [[sign * x for x in row] for row in d]
                    new = [[self._g(a, b) for a, b in zip(*rows, strict=True)] for rows in zip(old, d, strict=True)]
                elif isinstance(old, list):
                    new = [self._g(a, sign * b) for a, b in zip(old, d, strict=True)]
                else:
                    new = self._g(old, sign * d[0])
                grads[g.parameter] = new
        self.du = None
        if inputs:
            v = self.program.input_gradient
            self.du = [b - a for a, b in zip(plus[v], minus[v], strict=True)]
        return after

    def _aligned(self, gradient):
        """Each term's shift to the finest fraction."""
        types = self.program.types
        fractions = [types[t.r].fraction + types[t.y].fraction + t.halvings for t in gradient.terms]
        return [max(fractions) - f for f in fractions]

    def _difference(self, term, plus, minus):
        r0, r1, y0, y1 = plus[term.r], minus[term.r], plus[term.y], minus[term.y]
        if term.product == "outer":
            return [[b * d - a * c for c, d in zip(y0, y1, strict=True)] for a, b in zip(r0, r1, strict=True)]
        size = max(len(v) for v in (r0, y0) if isinstance(v, list))
        r0, r1, y0, y1 = (v if isinstance(v, list) else [v] * size for v in (r0, r1, y0, y1))
        return [b * d - a * c for a, b, c, d in zip(r0, r1, y0, y1, strict=True)]

    def _g(self, g, d):
        exact = g + half_up(d, self.formats.g_cut)
        kept = wrap(exact, self.formats.g_bits)
        if kept != exact:
            self.flags.add("G_OVERFLOW")
        return kept
