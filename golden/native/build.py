"""Compiles a generated source once and keeps the library in the cache, under a digest of all that shapes it.

    cache / native / digest of (source, compiler, flags, the processor as the compiler sees it) / program.c, program.so

A cache may be shared by machines, and deleted at any time: a library is used only where the same compiler would make
the same one.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from golden.computer import cache as caches
from golden.computer import processes
from golden.computer.blame import machine_error
from golden.computer.c_compiler import c_compiler
from golden.errors import HelError

__all__ = ["FLAGS", "Unavailable", "compiler", "library"]

FLAGS = (
    "-std=c11",
    "-O3",
    "-march=native",
    # Exact products and exact sums: fused or not, they are the same numbers.
    "-ffp-contract=fast",
    # Nobody reads errno or the exception bits of floor(), and loops with it become vectors.
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fPIC",
    "-shared",
)
"""No -ffast-math: additions that round keep their places."""

_TIMEOUT_S = 300.0


class Unavailable(Exception):
    """No library can be made on this machine; the message says why, and what would help."""


@cache
def compiler() -> tuple[str, ...]:
    """The command of `golden.computer.c_compiler`, looked for once."""
    try:
        return c_compiler()
    except HelError as error:
        raise Unavailable(str(error)) from None


@cache
def _identity() -> str:
    """What shapes a library besides its source: compiler, version, flags, the processor as the compiler sees it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "empty.c").touch()
        said = processes.run([*compiler(), *FLAGS, "-dM", "-E", "empty.c"], Path(folder), timeout_s=_TIMEOUT_S)
    if said.returncode:
        raise _refusal(said)
    return "\n".join([*compiler(), *FLAGS, said.stdout])


def library(source: str) -> Path:
    """The compiled library of a C source.

    Raises
    ------
    Unavailable : there is no compiler, or it does not work here.
    """
    place = caches.folder() / "native"
    try:
        digest = hashlib.sha256(f"{_identity()}\n{source}".encode()).hexdigest()
        folder = place / digest[:2] / digest[2:]
        made = folder / "program.so"
        if not made.exists():
            _compile(source, folder)
    except TimeoutError as error:
        raise Unavailable(f"{compiler()[0]} must end, {error}; set CC to another compiler") from None
    except OSError as error:
        raise Unavailable(f"a compiled program needs room in {place}, got: {error}; set HEL_CACHE") from None
    return made


def _compile(source: str, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made beside its place and moved there whole: what an interrupted run leaves is never taken for a library.
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        there = Path(name, "made")
        there.mkdir()
        (there / "program.c").write_text(source, encoding="utf-8")
        command = [*compiler(), *FLAGS, "-o", "program.so", "program.c", "-lm"]
        said = processes.run(command, there, timeout_s=_TIMEOUT_S)
        if said.returncode or not (there / "program.so").exists():
            raise _refusal(said)
        with suppress(OSError):  # another process was faster
            os.replace(there, folder)


def _refusal(said: processes.Done) -> Unavailable:
    name = compiler()[0]
    if error := machine_error(name, said.returncode, said.stdout):
        return Unavailable(str(error))
    first = next((line for line in said.stdout.splitlines() if "error" in line), f"exit status {said.returncode}")
    return Unavailable(
        f"{name} must compile C11 for this processor, it said: {' '.join(first.split())}; set CC to another"
    )
