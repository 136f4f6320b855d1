"""Waves of a run: every recorded register and the control word as text, as a VCD or FST file for a wave viewer.

They are written from the recording that is compared, so both simulators give the same file. Time is the clock cycle,
one unit each; a value stands from the cycle in which it was in its register before the edge. Scopes:

- hel.run: pass, step, segment, number of the control word
- hel.units: what every unit of an element is doing, in words of the plan (`hel rtl --explain`)
- hel.control: every field of the control word that the program uses, by name where it has one (`rtl.hls.plan.control`)
- hel.element0, ...: the registers, by unit

Texts hold no spaces: `W@x`, `W.T@s`. Between recordings, `segment` is `not_recorded`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from golden.errors import HelError
from rtl.hls import Command, Schedule
from rtl.hls.plan.control import (
    SEQUENCER_FIELDS,
    AccSource,
    IoOp,
    IoSource,
    KickSelect,
    KickSource,
    OpA0,
    OpA1,
    OpB,
    StationarySource,
    ZTake,
)
from rtl.hls.plan.debug_bus import debug_bus_layout, registers_of_units
from rtl.hls.plan.wide_control import VectorSource
from rtl.hls.report.explain import PASSES, activity
from rtl.hls.report.explain import UNITS as ACTIVITIES
from rtl.hls.wide.rotated import LAST
from testbench.tools import FST_CONVERTER, REMEDY

__all__ = ["STEPS", "Waves", "checked", "target"]

STEPS = ("forward", "echo", LAST)
"""Segments of which an iteration is, or ends, a step."""

Words = npt.NDArray[np.int64]

SUFFIXES = (".vcd", ".fst")
NAMES: dict[str, type[IntEnum]] = {
    "opa0": OpA0, "opa1": OpA1, "opb": OpB, "acc_src": AccSource, "r_src": StationarySource, "z_take": ZTake,
    "k_src": KickSource, "k_sel": KickSelect, "io_op": IoOp, "io_src": IoSource,
}  # fmt: skip
"""Control fields whose values have names."""
WIDE_NAMES: dict[str, type[IntEnum]] = {"v_src": VectorSource, "io_op": IoOp, "io_src": IoSource}
"""The same of elements with several banks."""
_NUMBERS = ("step", "control_word")


def checked(path: str | Path) -> Path:
    """A file that waves can be written to.

    Raises
    ------
    HelError : an unknown suffix, a folder that is not there, or something else in the file's place; or an FST file
        without GTKWave's `vcd2fst`.
    """
    path = Path(path)
    if path.suffix not in SUFFIXES:
        raise HelError(f"waves go to a file named *.vcd or *.fst, got '{path}'; name it {path.stem or 'waves'}.vcd")
    if not path.parent.is_dir():
        raise HelError(f"waves need a folder that is there, got '{path}'; make '{path.parent}', or choose another")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise HelError(f"output goes to a regular file, '{path}' is none; choose another name")
    if path.suffix == ".fst" and shutil.which(FST_CONVERTER) is None:
        raise HelError(
            f"FST files are made by GTKWave's {FST_CONVERTER}, which is not on PATH, for '{path}';"
            f" name it {path.stem}.vcd, or {REMEDY[FST_CONVERTER]}"
        )
    return path


@contextlib.contextmanager
def target(path: Path) -> Iterator[Path]:
    """A file to write VCD into, beside `path`; it takes its place when all has gone well, and is gone otherwise."""
    made: list[Path] = []
    try:
        with _room(path):
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=".vcd")
            os.close(handle)
        made.append(Path(name))
        yield made[0]
        if path.suffix == ".fst":
            made.append(made[0].with_suffix(".fst"))
            done = subprocess.run(
                [FST_CONVERTER, *map(str, made)], capture_output=True, text=True, encoding="utf-8", check=False
            )
            if done.returncode or not made[1].exists():
                said = " ".join((done.stderr or done.stdout).split()) or f"exit {done.returncode}"
                raise HelError(f"{FST_CONVERTER} could not write '{path}': {said}; name it {path.stem}.vcd")
        with _room(path):
            os.chmod(made[-1], 0o644)
            os.replace(made.pop(), path)
    finally:
        for each in made:
            each.unlink(missing_ok=True)


@contextlib.contextmanager
def _room(path: Path) -> Iterator[None]:
    """What the system refuses of a file, in one line."""
    try:
        yield
    except OSError as error:
        rule = "waves need room on the disk and a folder that can be written"
        raise HelError(f"{rule}, '{path}': {error.strerror}; free some, or choose another place") from None


class Waves:
    """A VCD file of one array with one schedule. `shown` is the file that the user named."""

    def __init__(self, path: Path, schedule: Schedule, shown: Path | None = None) -> None:
        from vcd import VCDWriter

        self.schedule, self.shown = schedule, shown or path
        self._layout = debug_bus_layout(schedule.geometry)
        self._names = NAMES if schedule.geometry.banks == 1 else WIDE_NAMES
        self._texts: dict[str, dict[str, Sequence[str]]] = {}
        self._last: dict[Any, Any] = {}
        with _room(self.shown):
            self._file = open(path, "w", encoding="ascii")
            self._writer = VCDWriter(self._file, timescale="1 ns", date="", version="hel verify --waves")
            self._variables = self._register()

    def _register(self) -> dict[Any, Any]:
        """Every variable, by what it shows."""
        add, found = self._writer.register_var, dict[Any, Any]()
        for name in ("pass", "step", "segment", "control_word"):
            number = name in _NUMBERS
            found["run", name] = add("hel.run", name, "integer" if number else "string", init=0 if number else "")
        for unit in ACTIVITIES:
            found["units", unit] = add("hel.units", unit.replace(", ", "_").replace(" ", "_"), "string", init="")
        for field, bits in self.schedule.widths.items():
            if field in SEQUENCER_FIELDS:
                continue  # they never reach an element
            if bits and field in self._names:
                found["control", field] = add("hel.control", field, "string", init="")
            elif bits:
                found["control", field] = add("hel.control", field, "reg", size=bits)
        for element in range(self.schedule.geometry.elements):
            for unit, names in registers_of_units(self.schedule.geometry).items():
                for name in names:
                    scope, own = f"hel.element{element}.{unit}", name.removeprefix(f"{unit}_")
                    found[name, element] = add(scope, own, "reg", size=self._layout[name])
        return found

    def record(
        self,
        cycles: Words,
        registers: Mapping[str, Words],
        commands: Sequence[Command],
        issued: Words,
        fields: Mapping[str, Words],
        place: tuple[str, int],
    ) -> None:
        """Adds a recording.

        Parameters
        ----------
        cycles, registers, issued : of every recorded clock: its number, the registers' bits, whether a word was issued
        commands, fields : what the array was told, and the control fields of every clock
        place : pass and first step
        """
        changes: list[tuple[int, Any, Any]] = []
        for name, words in registers.items():
            before = np.concatenate([np.full((1, words.shape[1]), -1), words[:-1]])
            for row, element in np.argwhere(words != before):
                changes.append((int(row), (name, int(element)), int(words[row, element])))
        for field, column in fields.items():
            names = self._names.get(field)
            for row in np.flatnonzero(np.diff(column, prepend=-1)):
                value = int(column[row])
                changes.append((int(row), ("control", field), names(value).name if names else value))
        changes += self._places(commands, issued, place)
        changes.sort(key=lambda change: change[0])
        with _room(self.shown):
            for row, key, value in changes:
                if key in self._variables and self._last.get(key) != value:
                    self._writer.change(self._variables[key], int(cycles[row]), value)
                    self._last[key] = value
            after = int(cycles[-1]) + 1 if len(cycles) else 0
            if after:
                self._writer.change(self._variables["run", "segment"], after, "not_recorded")
                self._last["run", "segment"] = "not_recorded"

    def close(self) -> None:
        """Ends the file."""
        with _room(self.shown):
            try:
                self._writer.close()
            finally:
                self._file.close()

    def _places(
        self, commands: Sequence[Command], issued: Words, place: tuple[str, int]
    ) -> Iterator[tuple[int, Any, Any]]:
        """Pass, step, segment, control word and what the units do, row by row."""
        clocks = iter(np.flatnonzero(issued).tolist())
        name, first = place
        last, done = -1, 0
        for command in commands:
            texts = self._activity(command.segment)
            for iteration in range(command.iterations):
                for word in range(len(self.schedule.segments[command.segment].words)):
                    row = next(clocks)
                    if row > last + 1:  # the array waited
                        yield last + 1, ("run", "segment"), "waits"
                        yield from ((last + 1, ("units", unit), "") for unit in ACTIVITIES)
                    step = done + iteration if command.segment in STEPS else 0
                    yield row, ("run", "pass"), name.replace(" ", "_")
                    yield row, ("run", "step"), first + (-step if command.segment == "echo" else step)
                    yield row, ("run", "segment"), command.segment
                    yield row, ("run", "control_word"), word
                    yield from ((row, ("units", unit), texts[unit][word] if texts else "") for unit in ACTIVITIES)
                    last = row
            done += command.iterations if command.segment in STEPS else 0

    def _activity(self, segment: str) -> dict[str, Sequence[str]]:
        if segment not in self._texts:
            found: dict[str, Sequence[str]] = {}
            if segment in PASSES:
                units = activity(self.schedule, segment).units
                found = {unit: [_unspaced(text) for text in units[unit]] for unit in ACTIVITIES}
            self._texts[segment] = found
        return self._texts[segment]


def _unspaced(text: str) -> str:
    """What a viewer shows of a text: VCD has no spaces in values."""
    return text.replace(" @ ", "@").replace(" * ", "*").replace(" ", "_")
