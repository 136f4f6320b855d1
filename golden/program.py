"""A program: one leapfrog kick and its gradients as typed integer operations in SSA form. Prose: docs/program.md.

Predefined: position words q (n,), inputs u (m,), the constant `one` (), and every parameter by its name, as an operand;
no momentum: a kick is a function of position, or it could not be undone.
Outputs: `kick` (h * force in p's format, so p -= kick), `gradients` (per parameter the two operands of its density),
`input_gradient` (dV/du as an exact value).
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from golden.errors import HelError
from golden.formats import Formats
from golden.ops import EXACT_BITS, OPS, Matvec, MatvecT, Mul, Op, Round, Rounding, Sum, Type

__all__ = ["Gradient", "Program"]

_NAME = re.compile(r"[A-Za-z_]\w*")
_RESERVED = ("q", "p", "u", "one")


@dataclass(frozen=True)
class Gradient:
    """dV/d(parameter) = sign * 2**-halvings * (r outer y | r * y), from two operands.

    The integrator accumulates G += half_up((r y)_minus - (r y)_plus, g_cut); sign and halvings are applied outside.
    """

    parameter: str
    product: str  # "outer" or "mul"
    r: str
    y: str
    sign: int = 1
    halvings: int = 0

    def __str__(self) -> str:
        sign = "-" if self.sign < 0 else "+"
        scale = f" scale {sign}2**-{self.halvings}" if (self.sign, self.halvings) != (1, 0) else ""
        return f"gradient {self.parameter} = {self.product} {self.r} {self.y}{scale}"

    @classmethod
    def parse(cls, text: str) -> "Gradient":
        found = re.fullmatch(r"gradient (\w+) = (outer|mul) (\w+) (\w+)(?: scale ([+-])2\*\*-(\d+))?", text)
        if not found:
            raise ValueError(text)
        parameter, product, r, y, sign, halvings = found.groups()
        return cls(parameter, product, r, y, -1 if sign == "-" else 1, int(halvings or 0))


@dataclass(frozen=True)
class Program:
    """See the module; build one with golden.lower.compile_system or Program.parse. Equality is by content.

    Members
    -------
    name : of the system
    formats : Formats
    n, m : neurons, inputs
    parameters : (name, shape) pairs in the system's order
    ops : operations, operands before users
    kick : name of the rounded force
    gradients : one Gradient a parameter, in the order of `parameters`
    input_gradient : name of dV/du, or "" when the potential does not depend on u
    """

    name: str
    formats: Formats
    n: int
    m: int
    parameters: tuple[tuple[str, tuple[int, ...]], ...]
    ops: tuple[Op, ...]
    kick: str
    gradients: tuple[Gradient, ...]
    input_gradient: str = ""

    @cached_property
    def types(self) -> Mapping[str, Type]:
        """name -> Type of every value, predefined ones first. HelError when an operation does not fit."""
        f = self.formats
        types = {
            "q": Type.of(f.q, (self.n,)),
            "u": Type.of(f.u, (self.m,)),
            "one": Type((), f.x.fraction_bits, f.one, f.one),
        }
        for name, shape in self.parameters:
            if name in _RESERVED or name in types:
                raise HelError(f'a parameter\'s name must be its own, got "{name}"; rename it')
            types[name] = Type.of(f.weight, shape)
        for op in self.ops:
            if op.name in types:
                raise HelError(f'{op}: a value is defined once, got a second "{op.name}"; rename it')
            for operand in op.operands:
                if operand not in types:
                    raise HelError(f'{op}: a value is defined before its use, got "{operand}"; add its definition')
            types[op.name] = op.infer(types, f)
        return MappingProxyType(types)

    def verify(self) -> "Program":
        """Checks SSA, shapes, alignments, operand widths and exactness; returns the program. Raises HelError."""
        types = self.types
        for op in self.ops:
            if types[op.name].bits > EXACT_BITS:
                raise HelError(
                    f"{op}: every value has at most {EXACT_BITS} bits, got {types[op.name].bits}; "
                    "lower operand_bits or fraction_bits"
                )
        self._verify_kick(types)
        shapes = dict(self.parameters)
        listed = [gradient.parameter for gradient in self.gradients]
        if listed != list(shapes):
            wanted, got = (", ".join(names) or "none" for names in (shapes, listed))
            raise HelError(f"every parameter has one gradient, in order ({wanted}), got {got}; add or move lines")
        for gradient in self.gradients:
            self._verify_gradient(gradient, shapes[gradient.parameter], types)
        if self.input_gradient:
            shape = self._type(self.input_gradient, "input").shape
            if shape != (self.m,):
                raise HelError(
                    f"input {self.input_gradient}: dV/du has shape {(self.m,)}, got {shape}; pad or slice it"
                )
        return self

    def _verify_kick(self, types: Mapping[str, Type]) -> None:
        kick = self._type(self.kick, "kick")
        source = next((op for op in self.ops if op.name == self.kick), None)
        if not (isinstance(source, Round) and source.rule is Rounding.HALF_UP):
            got = source or self.kick
            raise HelError(f"kick {self.kick}: the kick is one half_up rounding of the force, got {got}; round it")
        if kick.shape != (self.n,) or kick.fraction != self.formats.kick_fraction:
            raise HelError(
                f"kick {self.kick}: the kick has shape {(self.n,)} and fraction {self.formats.kick_fraction} "
                f"(h times the force in p's format), got {kick.shape} and {kick.fraction}; change the rounding's shift"
            )

    def _verify_gradient(self, gradient: Gradient, shape: tuple[int, ...], types: Mapping[str, Type]) -> None:
        r, y = self._type(gradient.r, str(gradient)), self._type(gradient.y, str(gradient))
        for name, operand in ((gradient.r, r), (gradient.y, y)):
            if operand.bits > self.formats.operand_bits:
                raise HelError(
                    f"{gradient}: a multiplier operand has at most {self.formats.operand_bits} bits, "
                    f"got {name} with {operand.bits}; cut it first"
                )
        made = r.shape + y.shape if gradient.product == "outer" else r.shape or y.shape
        if made != shape or (gradient.product == "mul" and r.shape != y.shape and () not in (r.shape, y.shape)):
            raise HelError(
                f"{gradient}: the product has the parameter's shape {shape}, got {r.shape} and {y.shape}; check both"
            )

    def _type(self, name: str, where: str) -> Type:
        if name not in self.types:
            raise HelError(f'{where} {name}: a value is defined before its use, got "{name}"; add its definition')
        return self.types[name]

    @property
    def accumulator_bits(self) -> int:
        """Width of the widest product sum, by interval; partial sums in any order fit as well."""
        sums = [op.name for op in self.ops if isinstance(op, Matvec | MatvecT | Mul | Sum)]
        return max((self.types[name].bits for name in sums), default=1)

    @property
    def nudge_shift(self) -> int:
        """e = half_up(q_raw - y_raw, nudge_shift + m) for eps = 2**-m, the cost |q - y|**2 / 2 and y in q's format."""
        return self.formats.log2_inverse_step + 1

    def gradient_log2(self, parameter: str) -> tuple[int, int]:
        """(sign, e) with dC/d(parameter) = sign * 2**e * (h / 2 eps) * G."""
        gradient = self.gradient(parameter)
        fraction = self.types[gradient.r].fraction + self.types[gradient.y].fraction
        return gradient.sign, -(fraction - self.formats.g_cut) - gradient.halvings

    def update_offset(self, parameter: str) -> int:
        """Shift of G beyond that of a density of fraction 2w - 6 and scale 1: one rate for all."""
        gradient = self.gradient(parameter)
        fraction = self.types[gradient.r].fraction + self.types[gradient.y].fraction
        return fraction - (2 * self.formats.operand_bits - 6) + gradient.halvings

    def gradient(self, parameter: str) -> Gradient:
        for gradient in self.gradients:
            if gradient.parameter == parameter:
                return gradient
        names = ", ".join(name for name, _ in self.parameters)
        raise HelError(f'{self.name} has the parameters {names}, got "{parameter}"; choose one of them')

    def needed(self, names: Iterable[str]) -> tuple[Op, ...]:
        """The operations that the named values depend on, in order."""
        wanted = set(names)
        found: list[Op] = []
        for op in reversed(self.ops):
            if op.name in wanted:
                found.append(op)
                wanted.update(op.operands)
        return tuple(reversed(found))

    @property
    def digest(self) -> str:
        """SHA-256 of the text form."""
        return hashlib.sha256(str(self).encode()).hexdigest()

    def __str__(self) -> str:
        types = self.types
        texts = [str(op) for op in self.ops]
        column = max(map(len, texts), default=0)
        lines = [f"program {self.name} n={self.n} m={self.m}", f"formats {self.formats}"]
        lines += [f"parameter {name} {list(shape)}" for name, shape in self.parameters]
        lines += [f"{text:<{column}} : {types[op.name]}" for op, text in zip(self.ops, texts, strict=True)]
        lines += [f"kick {self.kick}", *map(str, self.gradients)]
        lines += [f"input {self.input_gradient}"] if self.input_gradient else []
        return "\n".join([*lines, f"nudge half_up {self.nudge_shift}"]) + "\n"

    @classmethod
    def parse(cls, text: str) -> "Program":
        """The inverse of str(); blank lines and comments from # on are skipped. The types written are checked."""
        return _Parser().run(text)


class _Parser:
    """Line by line; every error names the line."""

    def __init__(self) -> None:
        self.head: tuple[str, int, int] | None = None
        self.formats = Formats()
        self.parameters: list[tuple[str, tuple[int, ...]]] = []
        self.ops: list[Op] = []
        self.written: dict[str, str] = {}
        self.gradients: list[Gradient] = []
        self.kick = self.input = ""
        self.nudge: int | None = None

    def run(self, text: str) -> Program:
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            try:
                self.line(line)
            except HelError as error:
                raise HelError(f"program text, line {number}: {error}") from None
            except (ValueError, KeyError, IndexError):
                rule = f"program text, line {number}: not a line of a program"
                raise HelError(f'{rule}, got "{line}"; see docs/program.md') from None
        if self.head is None:
            raise HelError('a program starts with "program NAME n=N m=M", got none; add the line')
        name, n, m = self.head
        lists = tuple(self.ops), self.kick, tuple(self.gradients), self.input
        program = Program(name, self.formats, n, m, tuple(self.parameters), *lists)
        for op in self.ops:
            found, written = str(program.types[op.name]), self.written[op.name]
            if written and written != found:
                raise HelError(f"{op}: the type is {found}, got {written}; correct or leave out the type")
        if self.nudge is not None and self.nudge != program.nudge_shift:
            raise HelError(f"the nudge is shifted by k + 1 = {program.nudge_shift}, got {self.nudge}; correct the line")
        return program

    def line(self, line: str) -> None:
        first, _, rest = line.partition(" ")
        if first == "program":
            found = re.fullmatch(r"(\S+) n=(\d+) m=(\d+)", rest)
            if not found:
                raise ValueError(line)
            self.head = found[1], int(found[2]), int(found[3])
        elif first == "formats":
            self.formats = Formats.parse(rest)
        elif first == "parameter":
            found = re.fullmatch(r"(\w+) \[([\d, ]*)\]", rest)
            if not found:
                raise ValueError(line)
            self.parameters.append((found[1], tuple(int(size) for size in found[2].split(",") if size.strip())))
        elif first == "kick":
            self.kick = rest
        elif first == "gradient":
            self.gradients.append(Gradient.parse(line))
        elif first == "input":
            self.input = rest
        elif first == "nudge":
            self.nudge = int(rest.removeprefix("half_up "))
        else:
            self.op(line)

    def op(self, line: str) -> None:
        text, _, written = line.partition(" : ")
        name, equals, word, *arguments = text.split()
        if equals != "=" or not _NAME.fullmatch(name):
            raise ValueError(line)
        if word not in OPS:
            raise HelError(f'an operation is one of {", ".join(OPS)}; got "{word}"')
        self.ops.append(OPS[word].parse(name, arguments))
        self.written[name] = written.strip()
