"""NumPy's functions that work element by element, as rules on graph nodes; and the errors for everything else.

A rule takes the builder and nodes of one shape, or numbers, and returns a node. Every error starts with the file, line
and text of the user's code, and says what to write instead where that is known. `golden.language.array_rules` has the
functions of whole arrays.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import NoReturn, TypeVar

import numpy as np

from golden.errors import HelError
from golden.language.builder import Builder
from golden.language.graph import Node
from golden.language.hints import AVAILABLE, HINTS

__all__ = ["UFUNCS", "called", "located", "unsupported", "where"]

T = TypeVar("T")
_HERE = (str(Path(__file__).parent), str(Path(np.__file__).parent))
"""Not the user's: this machinery and NumPy; nor scipy, which is known by its folder's name."""
_SYSTEM = str(Path(__file__).parents[1] / "systems" / "base.py")
"""Where a user's potential is called, and what is derived of it."""


def located(make: Callable[[], T]) -> T:
    """What `make` makes; its error with the place in the user's code."""
    try:
        return make()
    except HelError as error:
        at = where()
        raise HelError(str(error) if str(error).startswith(at) else at + str(error)) from None


def where() -> str:
    """``file:line: `source`: `` of the innermost frame that is neither this machinery nor NumPy, or "".

    The source is the very expression where it stands on one line, else the line.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if path == _SYSTEM:  # the coordinates' factor, or a function of hel.table by itself: no line of theirs
            return ""
        if not path.startswith(_HERE) and "scipy" not in Path(path).parts:
            source = _expression(frame) or linecache.getline(path, frame.f_lineno).strip()
            return f"{Path(path).name}:{frame.f_lineno}: " + (f"`{source}`: " if source else "")
        frame = frame.f_back
    return ""


def _expression(frame: FrameType) -> str:
    """The text of what a frame computes right now; "" where it is not known or not on one line."""
    at = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), (None,) * 4)
    first, last, start, stop = at
    if first is None or first != last or start is None or stop is None:
        return ""
    text = linecache.getline(frame.f_code.co_filename, first).encode()[start:stop]
    return text.decode(errors="replace").strip()


def called() -> str:
    """The function of NumPy or scipy, one of `HINTS`, that the user called and that is at work; "" if there is none."""
    found = ""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        theirs = path.startswith(_HERE[1]) or "scipy" in Path(path).parts
        if not theirs and not path.startswith(_HERE):
            return found
        if theirs and frame.f_code.co_name in HINTS:
            found = frame.f_code.co_name
        frame = frame.f_back
    return found


def unsupported(what: str, name: str = "", way_out: str = "") -> NoReturn:
    """Raises the error of an operation `what`; `name` is the NumPy function's, for what to write instead of it."""
    way_out = HINTS.get(name) or way_out or f"available: {AVAILABLE}"
    raise HelError(f"{where()}{what} is not available in a traced function; {way_out}")


def _elementwise(method: str) -> Callable[[Builder, Node, Node], Node]:
    def rule(builder: Builder, a: Node, b: Node) -> Node:
        if a.shape == ():
            a = builder.fill(a, b.shape)
        elif b.shape == ():
            b = builder.fill(b, a.shape)
        make: Callable[[Node, Node], Node] = getattr(builder, method)
        return located(lambda: make(a, b))

    return rule


def _unary(op: str) -> Callable[[Builder, Node], Node]:
    return lambda builder, a: builder.unary(op, a)


UFUNCS: dict[str, Callable[..., Node]] = {
    "add": _elementwise("add"),
    "subtract": _elementwise("subtract"),
    "multiply": _elementwise("mul"),
    "negative": lambda builder, a: builder.scale(a, -1.0),
    "positive": lambda builder, a: a,
    "square": lambda builder, a: builder.square(a),
    **{op: _unary(op) for op in ("tanh", "cos", "sin")},
}
