"""Why an outside program failed, where the reason is the machine and not what it was given: the rule and the way out.

A program that ends so is no defect of ours: the command line says the line and exits with status 2.
"""

from __future__ import annotations

import re
import signal

from golden.errors import HelError

__all__ = ["machine_error"]

_ROOM = "free some, or set HEL_CACHE and TMPDIR to folders with room"
_MEMORY = "close other programs, or use fewer neurons or elements"
_COMPILER = "install a whole C++ compiler (Debian, Ubuntu: `apt install g++`)"
_REASONS = [
    (r"No space left on device", "it needs room on the disk", _ROOM),
    (r"Disk quota exceeded", "it needs room in your quota", _ROOM),
    (r"Read-only file system", "it must be able to write", "set HEL_CACHE and TMPDIR to folders that can be written"),
    (r"Permission denied", "it must be allowed to read, write and run its files", "set HEL_CACHE and TMPDIR to folders"
     " of your own, on a file system that lets programs run"),
    (r"annot create temporary", "it needs a temporary folder", "set TMPDIR to a folder that can be written"),
    (r"Killed signal|Killed$|\bout of memory|annot allocate memory|bad_alloc|memory exhausted",
     "it must fit this machine's memory", _MEMORY),
    (r"fatal error: (?!V|verilated)[^:]+: No such file", "the compiler needs its headers", _COMPILER),
    (r"cannot find (-l\S+|\S*crt\S*\.o)", "the linker needs its libraries", _COMPILER),
    (r"cannot execute|Exec format error|error while loading shared libraries|version `GLIBC\w*_[\d.]+' not found",
     "it must run on this machine", "install it anew for this system; `hel doctor` shows where it is"),
]  # fmt: skip


def machine_error(program: str, code: int, words: str) -> HelError | None:
    """What to tell the user if the machine made `program` fail; None if it did not.

    Parameters
    ----------
    code: exit status, negative for a signal as `subprocess` has it
    words: what it printed

    >>> print(machine_error("g++", 1, "x.o: final close failed: No space left on device"))
    g++ failed, it needs room on the disk: x.o: final close failed: No space left on device; free some, ...
    >>> print(machine_error("nextpnr-ecp5", -9, ""))
    nextpnr-ecp5 failed, it must fit this machine's memory: ended by SIGKILL; close other programs, ...
    >>> machine_error("yosys", 1, "ERROR: no such module") is None
    True
    """
    if -code in (signal.SIGKILL, signal.SIGTERM, signal.SIGXCPU, signal.SIGXFSZ):
        name = signal.Signals(-code).name
        if -code == signal.SIGXFSZ:
            return HelError(f"{program} failed, it must fit the limit of a file's size: {name}; raise `ulimit -f`")
        if -code == signal.SIGXCPU:
            return HelError(f"{program} failed, it must fit the limit of a processor's time: {name}; raise `ulimit -t`")
        return HelError(f"{program} failed, it must fit this machine's memory: ended by {name}; {_MEMORY}")
    for line in words.splitlines():
        for pattern, rule, way_out in _REASONS:
            if re.search(pattern, line):
                return HelError(f"{program} failed, {rule}: {' '.join(line.split())[:200]}; {way_out}")
    return None
