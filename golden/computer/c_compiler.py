"""The C compiler of this machine, for the programs that `golden.native` generates."""

from __future__ import annotations

import os
import shlex
import shutil

from golden.errors import HelError

__all__ = ["NAMES", "c_compiler"]

NAMES = ("cc", "gcc", "clang")
"""Looked for in this order, where $CC names none."""


def c_compiler() -> tuple[str, ...]:
    """The command: the words of $CC, or the first of `NAMES` on the path.

    Raises
    ------
    HelError : there is none.
    """
    if wish := os.environ.get("CC"):
        words = shlex.split(wish)
        if words and shutil.which(words[0]):
            return tuple(words)
        raise HelError(f"CC names the compiler, and there is no {wish}; correct or unset it")
    for name in NAMES:
        if shutil.which(name):
            return (name,)
    raise HelError("there is no C compiler; install one (Debian, Ubuntu: `apt install gcc libc6-dev`), or set CC")
