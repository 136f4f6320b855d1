"""The fixed texts of the generated C, and the names that they take."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["HEADERS", "taken", "text"]

HEADERS = ("kernels", "rounding", "nudges", "steps", "readout", "squared_error", "costs", "update", "learn")
"""In the order in which the generated C has them."""

_KEYWORDS = """
    auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
"""
_GENERATED = """
    c i j k m p q u one contexts gradients inputs slot slots exact kept lost given theta clipped beyond
    how velocity sums met spread
    Lanes Halves Whole Word Machine Nudges Lesson
"""


@cache
def text(name: str) -> str:
    """Of a header."""
    return (Path(__file__).parent / f"{name}.h").read_text(encoding="utf-8")


@cache
def _names() -> frozenset[str]:
    """Keywords, and every macro and function of the headers."""
    found = {*_KEYWORDS.split(), *_GENERATED.split()}
    for name in HEADERS:
        code = re.sub(r"/\*.*?\*/", "", text(name), flags=re.DOTALL)
        found.update(re.findall(r"\b[A-Z][A-Z0-9_]+\b|\w+(?=\()", code), re.findall(r"#define (\w+)", code))
    return frozenset(found)


_MADE = re.compile(r"(G|bound|gradient|look_up|lost)_.*|.*_(panels|words|base|slope)")
"""Names that the generated code makes of those of a program."""


def taken(name: str) -> bool:
    """Whether no value of a program may have this name in C: the language, a macro or the generated code has it.

    >>> [name for name in ("x", "W_x", "double", "PAD", "learn", "G_W") if taken(name)]
    ['double', 'PAD', 'learn', 'G_W']
    """
    return name in _names() or bool(_MADE.fullmatch(name))
