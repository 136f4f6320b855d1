"""The fixed texts of the generated C, and the names that they take."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["HEADERS", "taken", "text"]

HEADERS = ("kernels", "steps", "learn")

_KEYWORDS = """
    auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
"""
_GENERATED = """
    c i j k m q p u g du one contexts gradients inputs slot slots exact kept lost given theta floor all lanes store
    product outer added largest Lanes Halves Whole Word Machine
"""


@cache
def text(name: str) -> str:
    """Of kernels.h, steps.h or learn.h."""
    return (Path(__file__).parent / f"{name}.h").read_text(encoding="utf-8")


@cache
def taken() -> frozenset[str]:
    """Names that no value of a program may have in C: of the language, of macros, of the generated code."""
    macros = {found for name in HEADERS for found in re.findall(r"^#define (\w+)", text(name), re.MULTILINE)}
    used = {found for name in HEADERS for found in re.findall(r"\b[A-Z][A-Z0-9_]+\b", text(name))}
    return frozenset({*_KEYWORDS.split(), *_GENERATED.split(), *macros, *used})
