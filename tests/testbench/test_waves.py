"""Waves are read back word for word; what cannot be written is said in one line, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from vcd.reader import TokenKind, tokenize

from golden.errors import HelError
from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.plan.debug_bus import UNITS, debug_bus_layout
from testbench import waves
from testbench.waves import Waves, checked, target
from tests.rtl.hls.cases import program, random_case, scheduled
from tests.rtl.hls.cycle_model.recorded import Recorded, recorded, runs

SCHEDULE = scheduled("dense", 6, 2, 2)
CYCLES = 500
"""Of the first recorded clock."""


def read(path: Path) -> dict[str, list[tuple[int, Any]]]:
    """Every variable by its full name: (time, value) of each change."""
    names: dict[str, str] = {}
    changes: dict[str, list[tuple[int, Any]]] = {}
    scope: list[str] = []
    now = 0
    with open(path, "rb") as file:
        for token in tokenize(file):
            if token.kind is TokenKind.SCOPE:
                scope.append(token.scope.ident)
            elif token.kind is TokenKind.UPSCOPE:
                scope.pop()
            elif token.kind is TokenKind.VAR:
                names[token.var.id_code] = ".".join([*scope, token.var.reference])
                changes[names[token.var.id_code]] = []
            elif token.kind is TokenKind.CHANGE_TIME:
                now = token.data
            elif token.kind in (TokenKind.CHANGE_VECTOR, TokenKind.CHANGE_SCALAR, TokenKind.CHANGE_STRING):
                changes[names[token.data.id_code]].append((now, token.data.value))
    return changes


def at(changes: list[tuple[int, Any]], time: int) -> Any:
    """The value that stands at a time."""
    value = [each for when, each in changes if when <= time][-1]
    return int(value, 2) if isinstance(value, str) and value and set(value) <= {"0", "1"} else value


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[tuple[int, Any]]], Recorded]:
    model = CycleModel(SCHEDULE.geometry)
    load, forward, _, _ = runs(SCHEDULE, random_case(program("dense", 6, 2), steps=2, seed=1, scale=0.1))
    recorded(SCHEDULE, model, load)
    found = recorded(SCHEDULE, model, forward, seed=3)
    path = tmp_path_factory.mktemp("waves") / "run.vcd"
    file = Waves(path, SCHEDULE)
    cycles = np.arange(len(found.imm)) + CYCLES
    file.record(cycles, found.registers, forward, found.issued, found.fields, ("forward", 0))
    file.close()
    return read(path), found


def test_every_register_is_read_back_at_every_clock(written: tuple[Any, Recorded]) -> None:
    changes, found = written
    for name in debug_bus_layout(SCHEDULE.geometry):
        unit = next(unit for unit, stems in UNITS.items() if name in stems or name[:-1] in stems)
        for element in range(2):
            variable = changes[f"hel.element{element}.{unit}.{name}"]
            words = [at(variable, CYCLES + row) for row in range(len(found.imm))]
            assert words == found.registers[name][:, element].tolist(), name


def test_the_control_word_is_text(written: tuple[Any, Recorded]) -> None:
    """Named values by name, numbers as numbers, and what the units do in words of the plan, without spaces."""
    changes, found = written
    words = SCHEDULE.fields("forward")
    issued = np.flatnonzero(found.issued)
    for index in (0, 5, len(words) - 1):
        time = CYCLES + int(issued[index])
        assert at(changes["hel.control.opb"], time) == ("X", "R", "IMM")[words[index]["opb"]]
        assert at(changes["hel.control.addr_a"], time) == words[index]["addr_a"]
        assert at(changes["hel.run.control_word"], time) == index
    texts = {value for _, value in changes["hel.units.multiplier_0"]}
    assert {"W@x", "W.T@s", "B@u", "b*1", "al*x", "table", ""} <= texts
    assert not any(" " in value for name in changes for _, value in changes[name] if isinstance(value, str))


def test_pass_step_and_segment(written: tuple[Any, Recorded]) -> None:
    changes, found = written
    words = len(SCHEDULE.segments["forward"].words)
    issued = np.flatnonzero(found.issued)
    assert [at(changes["hel.run.step"], CYCLES + int(issued[word])) for word in (0, words - 1, words)] == [0, 0, 1]
    assert at(changes["hel.run.pass"], CYCLES + int(issued[0])) == "forward"
    assert at(changes["hel.run.segment"], CYCLES + int(issued[2 * words])) == "read_position0"
    assert at(changes["hel.run.segment"], CYCLES + len(found.imm)) == "not_recorded"
    waits = np.flatnonzero(found.issued[: issued[-1]] == 0)
    assert waits.size and {at(changes["hel.run.segment"], CYCLES + int(row)) for row in waits} == {"waits"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("run.txt", r"waves go to a file named \*.vcd or \*.fst, got '.*run.txt'; name it run.vcd"),
        ("run", r"waves go to a file named \*.vcd or \*.fst, got '.*run'; name it run.vcd"),
        ("none/run.vcd", r"waves need a folder that is there, got '.*none/run.vcd'; make '.*none', or choose another"),
        ("folder.vcd", r"output goes to a regular file, '.*folder.vcd' is none; choose another name"),
        (
            "run.fst",
            r"FST files are made by GTKWave's vcd2fst, which is not on PATH, for .*; name it run.vcd, or install",
        ),
    ],
)
def test_files_that_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str) -> None:
    (tmp_path / "folder.vcd").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HelError, match=message):
        checked(tmp_path / name)


def test_a_file_takes_its_place_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "run.vcd"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), target(path) as file:
        file.write_text("half")
        raise KeyboardInterrupt
    assert [each.name for each in tmp_path.iterdir()] == ["run.vcd"] and path.read_text() == "old"
    with target(path) as file:
        file.write_text("whole")
    assert [each.name for each in tmp_path.iterdir()] == ["run.vcd"] and path.read_text() == "whole"


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing, and ending, a file that takes no more: /dev/full is such a disk."""
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full on this system")
    model = CycleModel(SCHEDULE.geometry)
    commands = runs(SCHEDULE, random_case(program("dense", 6, 2), steps=1, seed=1, scale=0.1))[1]
    found = recorded(SCHEDULE, model, commands)
    file = Waves(Path("/dev/full"), SCHEDULE, tmp_path / "run.vcd")
    full = f"waves need room on the disk .*run.vcd': {os.strerror(errno.ENOSPC)}; free some"
    with pytest.raises(HelError, match=full):
        file.record(np.arange(len(found.imm)), found.registers, commands, found.issued, found.fields, ("forward", 0))
    with contextlib.suppress(HelError):  # what is left may fit
        file.close()


def converter(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "vcd2fst").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "vcd2fst").chmod(0o755)


def test_fst_is_made_by_the_converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    converter(tmp_path / "bin", 'cp "$1" "$2"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    path = checked(tmp_path / "run.fst")
    with target(path) as file:
        assert file.suffix == ".vcd"
        file.write_text("waves")
    assert path.read_text() == "waves" and sorted(each.name for each in tmp_path.iterdir()) == ["bin", "run.fst"]


def test_a_converter_that_fails_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    converter(tmp_path / "bin", "echo no room >&2; exit 3")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(HelError, match="vcd2fst could not write '.*run.fst': no room; name it run.vcd"):
        with target(tmp_path / "run.fst") as file:
            file.write_text("waves")
    assert [each.name for each in tmp_path.iterdir()] == ["bin"]


def test_every_named_field_is_one_of_the_control_word() -> None:
    assert set(waves.NAMES) <= set(SCHEDULE.widths)
