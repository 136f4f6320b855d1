"""Reads the text form of a program, line by line; every error names the line. Prose: docs/program.md."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from golden.arithmetic.formats import Formats
from golden.arithmetic.function_table import FunctionTable
from golden.errors import HelError
from golden.program.constants import Constant
from golden.program.densities import Gradient
from golden.program.ops import OPS, Op
from golden.program.parameter_range import ParameterRange

if TYPE_CHECKING:
    from golden.program import Program

__all__ = ["Parser"]

_NAME = re.compile(r"[A-Za-z_]\w*")


class Parser:
    """One text; `run` once."""

    def __init__(self) -> None:
        self.head: tuple[str, int, int] | None = None
        self.formats = Formats()
        self.parameters: list[tuple[str, tuple[int, ...]]] = []
        self.symmetric: list[str] = []
        self.constants: list[Constant] = []
        self.tables: list[FunctionTable] = []
        self.ranges: list[ParameterRange] = []
        self.ops: list[Op] = []
        self.written: dict[str, str] = {}
        self.gradients: list[Gradient] = []
        self.kick = self.input = ""
        self.nudge: int | None = None

    def run(self, text: str, make: Callable[..., "Program"]) -> "Program":
        """The program that `make`, its constructor, builds from the text."""
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
        extras = tuple(self.constants), tuple(self.symmetric), tuple(self.tables), tuple(self.ranges)
        program = make(name, self.formats, n, m, tuple(self.parameters), *lists, *extras)
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
            found = re.fullmatch(r"(\w+) \[([\d, ]*)\]( symmetric)?(?: from (-?\d+) to (-?\d+))?", rest)
            if not found:
                raise ValueError(line)
            self.parameters.append((found[1], tuple(int(size) for size in found[2].split(",") if size.strip())))
            self.symmetric += [found[1]] if found[3] else []
            self.ranges += [ParameterRange(found[1], int(found[4]), int(found[5]))] if found[4] else []
        elif first == "constant":
            self.constants.append(Constant.parse(line))
        elif first == "table":
            self.tables.append(FunctionTable.parse(line))
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
