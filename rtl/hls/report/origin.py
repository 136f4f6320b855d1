"""What an element's register was working on when it took a word: the operation, and the values of the program it makes.

A control word acts on every register at a pipeline stage of its own, so the product that a register then holds entered
the multipliers some cycles earlier, and a word of the vector store is known by its write. From there it is a look at
the schedule, as in `rtl.hls.report.explain`.

Example
-------
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> from rtl.hls import compile_array
>>> program = compile_system(get("linear", n=4, m=2))
>>> schedule = compile_array(program, elements=2)
>>> Origins(schedule, program).of("forward", 10, "acc0")
Origin(operation='B @ u', statement='B_u = matvec B u', line='linear.py:35: `theta["B"] @ u`')
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from golden.program import Program
from golden.program.ops import Matvec, MatvecT, Mul, Turn
from rtl.hls.plan import wide_timing
from rtl.hls.plan.padding import PAD
from rtl.hls.plan.ring_plan import POSITION, TURNS
from rtl.hls.plan.timing import (
    ACCUMULATE,
    LANE,
    LOOKUP,
    MULTIPLY,
    SCALE,
    TABLE_SIGN,
    TABLE_WRITE,
)
from rtl.hls.plan.traffic import Traffic
from rtl.hls.plan.wide_timing import LANE_LOAD, LOOK_UP, VECTOR
from rtl.hls.report.explain import PASSES, reader_of_banks, slots
from rtl.hls.schedule.schedule import Schedule
from rtl.hls.wide.rotated import FIRST, LAST

__all__ = ["Origin", "Origins"]


_SEGMENTS = (*PASSES, FIRST, LAST)
"""Those whose products have a name: of a rotated loop its ends, too."""


@dataclass(frozen=True)
class Origin:
    """What a word belongs to.

    Members
    -------
    operation : as `hel rtl --explain` calls it, or what the register is for
    statement : the line of the program (docs/program.md); "" where no single one can be named
    line : ``file:line: `text` `` of the user's potential; "" where it is not known
    """

    operation: str
    statement: str = ""
    line: str = ""


_LAG = {
    "addr_a": 0, "addr_b": 0, "x": LANE, "product": SCALE, "acc": ACCUMULATE, "difference": SCALE + 1,
    "grad_sum": SCALE + 3, "interpolated": SCALE + 1, "s_word": TABLE_SIGN, "index": 1 - LOOKUP, "fraction": 1 - LOOKUP,
}  # fmt: skip
"""Cycles from a product's slot to the word with which the register takes what comes of it."""
_WIDE_LAG = {
    "x": LANE_LOAD, "v": VECTOR, "product": wide_timing.SCALE, "acc": wide_timing.ACCUMULATE,
    "held": wide_timing.SUM_READY, "chosen": 1 - LOOK_UP, "index": 3 - LOOK_UP, "interpolation": 5 - LOOK_UP,
    "s_word": wide_timing.TABLE_SIGN, "gradient": wide_timing.GRAD_READ + 2,
}  # fmt: skip
"""The same in elements of several banks; of a bank in its own time."""
_NEXT = {"r": MULTIPLY - 1, "z_low": -3, "z_high": -2, "cut_word": 0}
"""Registers that hold for the next slot or write: how many cycles before it they are loaded at the latest."""
_PURPOSE = {
    "pos_read": "position, read",
    "mom_read": "momentum, read",
    "pos_sum": "drift of the position",
    "operand": "position as an operand",
    "s_read": "vector, read",
    "update_sum": "update of a parameter",
    "wdata": "word for the weight memory",
    "we_b": "word for the weight memory",
    "io": "host chain",
    "flags": "sticky flags",
}
"""What the registers are for that no product's slot tells of."""


class Origins:
    """Of the words of one schedule, which was made for the program."""

    def __init__(self, schedule: Schedule, program: Program) -> None:
        self.schedule, self.program = schedule, program
        self.ops = {op.name: op for op in program.ops}

    def of(self, segment: str, cycle: int, register: str) -> Origin:
        """What the register took with control word `cycle` of a segment; lanes are told apart by a digit at its end."""
        bank, own = register.removeprefix("bank").split("_", 1) if register.startswith("bank") else ("0", register)
        stem, lane, cycle = own.rstrip("01"), int(own[-1]) if own[-1] in "01" else 0, cycle - int(bank)
        if segment not in _SEGMENTS:
            return Origin(f"{segment.replace('_', ' ')}: {_PURPOSE.get(stem, register)}")
        if stem in ("kick", "mom_sum"):
            return self.kick()
        writes, reads = self._traffic(segment).writes, self._traffic(segment).reads
        if stem == "cut_word" and (cycle + 1, lane) in writes:
            return self.value(writes[cycle + 1, lane][0], "cut")
        if stem == "s_read" and (cycle, lane) in reads:
            return self.value(reads[cycle, lane][0], "vector, read")
        around = self._slots(segment)
        for slot in self._candidates(stem, cycle, sorted(around)):
            if slot in around:
                return self._slot(segment, slot, around[slot])
        return Origin(_PURPOSE.get(stem, "no operation of the schedule"))

    def value(self, name: str, operation: str) -> Origin:
        """Of a value of the program."""
        name = name.removesuffix(PAD)
        statement = str(self.ops[name]) if name in self.ops else name
        return Origin(operation, statement, self.program.line(name).removesuffix(": "))

    def kick(self) -> Origin:
        """Of a momentum: the whole force, so all lines that have a part in it."""
        kick = self.value(self.program.kick, "kick")
        force = self.ops[self.ops[self.program.kick].operands[0]] if self.program.kick in self.ops else None
        lines = [self.program.line(name).removesuffix(": ") for name in (force.operands if force else ())]
        return replace(kick, line="; ".join(dict.fromkeys(filter(None, lines))) or kick.line)

    def gradient(self, parameter: str) -> Origin:
        """Of a word of a parameter's gradient."""
        return self._parameter(parameter, f"G {parameter}")

    def update(self, parameter: str) -> Origin:
        """Of a parameter's word after an update."""
        return self._parameter(parameter, f"update {parameter}")

    def _candidates(self, stem: str, cycle: int, slots: list[int]) -> Iterator[int]:
        lag = _LAG if self.schedule.geometry.banks == 1 else _WIDE_LAG
        if stem in lag:
            yield cycle - lag[stem]
            if stem == "acc":
                yield cycle - lag[stem] - 1  # its high half
        if stem in _NEXT:
            yield from (slot for slot in slots if slot >= cycle - _NEXT[stem])

    def _traffic(self, segment: str) -> Traffic:
        if self.schedule.geometry.banks == 1 or segment not in _SEGMENTS:
            return self.schedule.segments[segment].vectors
        return reader_of_banks(self.schedule, segment).traffic

    def _slots(self, segment: str) -> dict[int, str]:
        return slots(self.schedule, segment) if segment in _SEGMENTS else {}

    def _slot(self, segment: str, slot: int, what: str) -> Origin:
        """Of what entered the multipliers in a slot."""
        if what.split()[0] == "table":
            writes = self._traffic(segment).writes
            write = slot + (TABLE_WRITE if self.schedule.geometry.banks == 1 else wide_timing.TABLE_WRITE)
            names = [writes[write, lane][0] for lane in range(2) if (write, lane) in writes]
            return self.value(names[0], what) if names else Origin(what)
        first, _, second = what.partition(" ")
        if first in ("G", "update"):
            return self._parameter(second, what)
        if what == "move":
            around = self._slots(segment)
            products = [at for at in sorted(around) if around[at].split()[0] not in ("move", "table")]
            behind = [at for at in products if at < slot and ".T @" in around[at]]
            near = behind[-1:] or [at for at in products if at > slot][:1]
            origin = self._slot(segment, near[0], around[near[0]]) if near else Origin("")
            return replace(origin, operation="move of a sum")
        matrix = first.removesuffix(".u").removesuffix(".T")
        last = what.split()[-1].removesuffix(PAD)
        operand = {"1": "one"}.get(last, last)
        for op in self.program.ops:
            if isinstance(op, Mul | Matvec | MatvecT) and matrix in (op.a, self._moving(op.a)):
                if self._moving(op.b) == operand and (".T" in first) <= isinstance(op, MatvecT):
                    return self.value(op.name, what)
        return Origin(what)

    def _moving(self, name: str) -> str:
        """What the schedule's words call an operand."""
        op = self.ops.get(name)
        if op is None or getattr(op, "source", "") != "q":
            return name
        return self.schedule.plan.shown(TURNS if isinstance(op, Turn) else POSITION)

    def _parameter(self, name: str, operation: str) -> Origin:
        """Of a gradient or an update: where the parameter stands in the potential."""
        uses = [op.name for op in self.program.ops if name in op.operands]
        statement = next((str(g) for g in self.program.gradients if g.parameter == name), "")
        return Origin(operation, statement, self.program.line(uses[0]).removesuffix(": ") if uses else "")
