"""Compilers, simulators and FPGA tools: those on PATH, and those that the Python index has."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from bitstreams import tools as builders
from golden.computer import c_compiler as compilers
from golden.computer import processes
from golden.errors import HelError
from hel.doctor.check import Check
from testbench import tools as simulators

__all__ = ["LOOKS", "c_compiler", "fpga_tool", "plain", "simulator"]

GOLDEN, SIMULATION, FPGA = "golden model", "co-simulation", "FPGA tools"
PATIENCE_S = 2.0


def plain(
    name: str, arguments: tuple[str, ...] = ("--version",), *, needed: bool = True, without: str = "", remedy: str = "",
    group: str = SIMULATION,
) -> Iterable[Check]:  # fmt: skip
    """A program of PATH that says its version, or its usage."""
    path, version, works = shutil.which(name), "", False
    if path is not None:
        works, version = _says([path, *arguments])
        if not works:
            remedy = f"it does not run ({version}); {remedy}"
    yield Check(
        group, name, works, needed=needed, version=_number(version) if works else "", path=path or "", without=without,
        remedy=remedy,
    )  # fmt: skip


def simulator(name: str, *, needed: bool, without: str) -> Iterable[Check]:
    """Verilator or Icarus, as the commands would find it."""
    try:
        tool = simulators.find(name)
    except HelError as error:
        yield Check(SIMULATION, name, False, needed=needed, without=without, remedy=str(error))
        return
    path = tool.paths["verilator" if name == "verilator" else "iverilog"]
    version = _number(tool.version.splitlines()[0])
    if tool.packaged:  # it does not say its number itself
        name, version = f"{name} (its package)", importlib.metadata.version(name)
    yield Check(SIMULATION, name, True, needed=needed, version=version, path=path)


def c_compiler() -> Iterable[Check]:
    """What compiles the golden model; NumPy runs it, too, and the same words."""
    without = "the golden model runs in NumPy, some fifty times slower"
    try:
        command = compilers.c_compiler()
    except HelError as error:
        yield Check(GOLDEN, "C compiler", False, needed=False, without=without, remedy=str(error))
        return
    works, said = _says([*command, "--version"])
    remedy = "" if works else f"it does not run ({said}); set CC to another"
    yield Check(
        GOLDEN, f"C compiler ({command[0]})", works, needed=False, version=_number(said) if works else "",
        path=shutil.which(command[0]) or "", without=without, remedy=remedy,
    )  # fmt: skip


def perl() -> Iterable[Check]:
    """Wanted by Verilator's script alone, where there is no program beside it."""
    path = shutil.which("perl")
    works = path is not None and _says([path, "-MPod::Usage", "-e1"])[0]
    version = _number(_says([path, "-e", "print $^V"])[1]) if works and path else ""
    without = "nothing, but for a Verilator that is only a script"
    yield Check(
        SIMULATION, "perl with Pod::Usage", works, needed=False, version=version, path=path or "", without=without,
        remedy=simulators.REMEDY["perl"],
    )  # fmt: skip


def fpga_tool(name: str) -> Iterable[Check]:
    """A program of a build: native, else of the Python index, which is not started: it may have to compile itself."""
    tool = builders.TOOLS[name]
    if path := shutil.which(name):
        _, said = _says([path, *tool.version_arguments])
        yield Check(FPGA, name, True, version=_number(said), path=path)
        return
    try:
        if not builders.available(name):
            builders.command(name)  # says what to install
        distribution = importlib.metadata.distribution(tool.distribution)
    except (HelError, importlib.metadata.PackageNotFoundError) as error:
        remedy = str(error) if isinstance(error, HelError) else f"run: pip install {tool.distribution}"
        yield Check(FPGA, name, False, without="no bitstreams", remedy=remedy)
        return
    path = str(Path(str(distribution.locate_file(tool.package))))
    yield Check(FPGA, f"{name} ({tool.distribution})", True, version=distribution.version, path=path)


def _says(command: list[str]) -> tuple[bool, str]:
    """Whether a program runs, and its first line, or why not."""
    try:
        done = processes.run(command, Path.cwd() if Path.cwd().exists() else Path("/"), timeout_s=PATIENCE_S)
    except (OSError, TimeoutError) as error:
        return False, getattr(error, "strerror", None) or str(error)
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    if done.returncode not in (0, 1) or not lines and done.returncode:
        return False, f"exit status {done.returncode}"
    return True, lines[0] if lines else ""


def _number(line: str) -> str:
    """The version in a line.

    >>> _number("GNU Make 4.3"), _number("c++ (Debian 12.2.0-14+deb12u1) 12.2.0"), _number("odd")
    ('4.3', '12.2.0', 'odd')
    >>> _number("Usage: vcd2fst [OPTION]... [VCDFILE] [FSTFILE]")  # it does not say its number
    ''
    """
    if line.startswith("Usage:"):
        return ""
    alone = re.search(r"(?<![\w.-])\d+(?:\.\d+)+(?![\w.+-])", line)
    found = alone or re.search(r"\d+(\.\d+)+[^\s()]*", line)
    return found[0] if found else line[:40]


_NO_VERILATOR = "no co-simulation on Verilator"
LOOKS: list[tuple[str, str, Callable[[], Iterable[Check]]]] = [
    (GOLDEN, "C compiler", c_compiler),
    (SIMULATION, "c++", partial(plain, "c++", without=_NO_VERILATOR, remedy=simulators.REMEDY["c++"])),
    (SIMULATION, "make", partial(plain, "make", without=_NO_VERILATOR, remedy=simulators.REMEDY["make"])),
    (SIMULATION, "perl", perl),
    (SIMULATION, "verilator", partial(simulator, "verilator", needed=True, without=_NO_VERILATOR)),
    (SIMULATION, "icarus", partial(simulator, "icarus", needed=False, without="no co-simulation on Icarus")),
    (SIMULATION, simulators.FST_CONVERTER, partial(
        plain, simulators.FST_CONVERTER, ("-h",), needed=False, without="waves are VCD files, not FST files",
        remedy=simulators.REMEDY[simulators.FST_CONVERTER])),
    *((FPGA, name, partial(fpga_tool, name)) for name in builders.TOOLS),
    (FPGA, "openFPGALoader", partial(
        plain, "openFPGALoader", ("--Version",), needed=False, without="bitstreams are made, not loaded", group=FPGA,
        remedy="install it (Debian, Ubuntu: `apt install openfpgaloader`)")),
]  # fmt: skip
