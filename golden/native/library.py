"""The compiled library of a program as Python sees it: machines, each with parameters, state, gradients and flags.

A call releases Python's lock, so machines of several threads run side by side; one machine serves one thread at a time.
"""

from __future__ import annotations

import ctypes
import weakref
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from golden.arithmetic.rounding import Words
from golden.native.build import Unavailable, library
from golden.native.source import Source
from golden.program import Program

__all__ = ["Library", "Machine", "library_of"]

_POINTER, _NUMBER, _STRUCT = ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p
_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "make": (_POINTER, []),
    "drop": (None, [_POINTER]),
    "load": (None, [_POINTER, _POINTER, _NUMBER, _NUMBER]),
    "flags": (None, [_POINTER, _NUMBER, _POINTER]),
    "forward": (
        None,
        [_POINTER, _NUMBER, _NUMBER, _POINTER, _NUMBER, _NUMBER, _POINTER, _POINTER, _NUMBER, _POINTER, _NUMBER],
    ),
    "echo": (
        None,
        [_POINTER, _NUMBER, _NUMBER, _POINTER, _NUMBER, _NUMBER, _POINTER, _POINTER, _NUMBER, _NUMBER]
        + [_POINTER, _POINTER, _POINTER, _NUMBER, _POINTER, _STRUCT],
    ),
    "optimise": (None, [_POINTER, _POINTER, _POINTER, _POINTER, _NUMBER]),
    "learn": (None, [_POINTER, _STRUCT, _NUMBER, _POINTER, _POINTER, _POINTER, _POINTER]),
    "read_out": (None, [_POINTER, _STRUCT, _NUMBER, _NUMBER, _POINTER]),
}


class Library:
    """`call` has the C functions of steps.h and learn.h; `clipped` and `beyond` name the cuts and arguments that have a
    flag of their own."""

    def __init__(self, program: Program) -> None:
        source = Source(program)
        path = library(str(source))
        try:
            self.call: Any = ctypes.CDLL(str(path))
        except OSError as error:
            raise Unavailable(f"{path} must be loaded as a library, {error}; set HEL_CACHE to another folder") from None
        for name, (answer, arguments) in _SIGNATURES.items():
            function = getattr(self.call, name)
            function.restype, function.argtypes = answer, arguments
        self.clipped, self.beyond = source.clipped, source.beyond


@cache
def _library(text: str, program: Program) -> Library:
    return Library(program)


def library_of(program: Program) -> Library:
    """The library of a program, compiled if need be; equal programs share one. Raises Unavailable."""
    return _library(str(program), program)


class Machine:
    """One set of parameters with its state.

    Parameters
    ----------
    found : the library
    gradients, inputs : what echoes compute; what depends on parameters alone is computed for them in `load`
    """

    def __init__(self, found: Library, gradients: bool = True, inputs: bool = False) -> None:
        self.library, self.call = found, found.call
        self.gradients, self.inputs = gradients, inputs
        self.address = self.call.make()
        if not self.address:
            raise MemoryError("no room for the state of a program")
        weakref.finalize(self, self.call.drop, self.address)

    def load(self, theta: Words) -> None:
        """theta: contiguous, the words of all parameters one after the other."""
        self.call.load(self.address, at(theta), self.gradients, self.inputs)

    def flags(self, clear: bool = False) -> NDArray[np.bool_]:
        """q_overflow, p_overflow, g_overflow, theta_clipped, then `Library.clipped` and `Library.beyond`."""
        found = np.zeros(4 + len(self.library.clipped) + len(self.library.beyond), np.int64)
        self.call.flags(self.address, clear, at(found))
        return np.asarray(found != 0)


def at(words: Words | None) -> int | None:
    """The address of an array; a view's is that of its first element."""
    return None if words is None else int(words.ctypes.data)
