"""Emits operations, each distinct one once, under readable names; keeps types, constants and the user's lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from golden.arithmetic.formats import SQ, Formats
from golden.arithmetic.rounding import Words
from golden.language.graph import Array, Node
from golden.program import Program
from golden.program.constants import Constant, normalised
from golden.program.densities import Gradient
from golden.program.ops import Cut, Matvec, MatvecT, Mul, Op, Scale, Sum, Term, Type

__all__ = ["ProgramBuilder"]


class ProgramBuilder:
    """Grows a program; `types` grows with the operations, so shifts are derived from fractions."""

    def __init__(
        self,
        name: str,
        formats: Formats,
        n: int,
        m: int,
        parameters: tuple[tuple[str, tuple[int, ...]], ...],
        symmetric: tuple[str, ...] = (),
    ) -> None:
        self.head = (name, formats, n, m, parameters)
        self.symmetric = symmetric
        self.parameters = {name for name, _ in parameters}
        self.formats = formats
        self.types: dict[str, Type] = dict(Program(*self.head, (), "", ()).types)
        self.ops: list[Op] = []
        self.constants: list[Constant] = []
        self.made: dict[str, str] = {}  # text without the name -> name
        self.origins: dict[str, str] = {}
        self.cache: dict[Node, bool] = {}
        self._sources: list[str] = [""]

    def program(self, kick: str, gradients: tuple[Gradient, ...], inputs: str) -> Program:
        return Program(
            *self.head,
            tuple(self.ops),
            kick,
            gradients,
            inputs,
            tuple(self.constants),
            tuple(name for name, _ in self.head[4] if name in self.symmetric),
            origins=tuple((name, source) for name, source in self.origins.items() if source),
        )

    @contextmanager
    def at(self, node: Node) -> Iterator[None]:
        """Values defined inside come from this node's line of the user's code, or from the line around it."""
        self._sources.append(node.source or self._sources[-1])
        try:
            yield
        finally:
            self._sources.pop()

    def fraction(self, name: str) -> int:
        return self.types[name].fraction

    def _new(self, wish: str) -> str:
        name, count = wish, 0
        while name in self.types or name in ("p",):
            count += 1
            name = f"{wish}{count}"
        return name

    def define(self, make: Callable[[str], Op], wish: str) -> str:
        """The value of `make(name)`: an equal one that exists, or a new one named `wish`, `wish1`, ..."""
        key = str(make("_"))
        if key not in self.made:
            op = make(self._new(wish))
            self.types[op.name] = op.infer(self.types, self.formats)
            self.ops.append(op)
            self.made[key] = op.name
            self.origins[op.name] = self._sources[-1]
        return self.made[key]

    def cut(self, exact: str, wish: str) -> str:
        """The value as an operand: q to SQ(5, w - 5), else the narrowest SQ(i, w - i), i <= 5, for its interval."""
        source = self.types[exact]
        wide = self.formats.x
        integers = wide.integer_bits
        if exact != "q":  # and no bits below the exact value's
            integers = max(min(source.bits - source.fraction, integers), self.formats.operand_bits - source.fraction)
        to = SQ(integers, self.formats.operand_bits - integers)
        return self.define(lambda name: Cut(name, exact, to), wish)

    def sum(self, parts: list[tuple[int, str]], wish: str) -> str:
        """The exact sum of (sign, value); a single positive one is itself."""
        if len(parts) == 1 and parts[0][0] == 1:
            return parts[0][1]
        fraction = max(self.fraction(name) for _, name in parts)
        aligned = tuple(Term(sign, name, fraction - self.fraction(name)) for sign, name in parts)
        return self.define(lambda name: Sum(name, aligned), wish)

    def scaled(self, name: str, log2: int) -> str:
        return name if log2 == 0 else self.define(lambda new: Scale(new, name, log2), f"{name}_scaled")

    def digits(self, factor: float) -> list[tuple[int, int]] | None:
        """factor as one or two signed powers of two, [(sign, log2)], or None.

        >>> ProgramBuilder("e", Formats(), 1, 1, ()).digits(-0.75)
        [(-1, 0), (1, -2)]
        """
        found = []
        rest = factor
        for _ in range(2):
            log2 = round(float(np.log2(abs(rest))))
            if abs(abs(rest) - 2.0**log2) >= abs(abs(rest) - 2.0 ** (log2 + 1)):
                log2 += 1
            found.append((1 if rest > 0 else -1, log2))
            rest -= found[-1][0] * 2.0**log2
            if abs(rest) < 2.0**-40 * abs(factor):  # 2 / 3 + 1 / 3 is 1, whatever the order
                return found
        return None

    def constant(self, words: Words, wish: str) -> str:
        """The name of a constant with these words."""
        for known in self.constants:
            if known.shape == words.shape and np.array_equal(known.words, words):
                return known.name
        constant = Constant.of(self._new(wish), words)
        self.constants.append(constant)
        self.types[constant.name] = Type.of_constant(constant, self.formats.weight)
        return constant.name

    def wired(self, matrix: Array, operand: str, size: int) -> list[tuple[int, str]]:
        """matrix @ operand, [(1, exact value)]: element by element where the matrix is diagonal.

        `operand` may be `one` (the matrix is then the diagonal of a constant vector) and u.
        """
        assert matrix.shape[1] == size
        diagonal = matrix.shape[0] == size and operand != "u" and not np.any(matrix - np.diag(np.diagonal(matrix)))
        if diagonal:
            values = np.diagonal(matrix)
            digits = self.digits(float(values[0])) if operand != "one" and np.all(values == values[0]) else None
            if digits is not None:
                name = self.define(lambda new: Mul(new, operand, "one"), f"{operand}_one")
                return [(sign, self.scaled(name, log2)) for sign, log2 in digits]
            words, log2 = normalised(values, self.formats.weight.fraction_bits)
            vector = self.constant(words, "c")
            name = self.define(lambda new: Mul(new, vector, operand), f"{vector}_{operand}")
            return [(1, self.scaled(name, log2))]
        words, log2 = normalised(matrix, self.formats.weight.fraction_bits)
        sign = -1 if words.ravel()[np.flatnonzero(words)[0]] < 0 and words.max() <= self.formats.weight.high else 1
        words = sign * words
        for known in self.constants:
            if known.shape == words.shape[::-1] and len(known.shape) == 2 and np.array_equal(known.words.T, words):
                if operand != "u" and not np.array_equal(words, words.T):
                    return [(sign, self.scaled(self._product(MatvecT, known.name, operand), log2))]
        return [(sign, self.scaled(self._product(Matvec, self.constant(words, "C"), operand), log2))]

    def _product(self, kind: type[Matvec] | type[MatvecT], matrix: str, vector: str) -> str:
        mark = "t" if kind is MatvecT else ""
        return self.define(lambda name: kind(name, matrix, vector), f"{matrix}{mark}_{vector}")
