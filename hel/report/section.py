"""What a section of the page is made of; the template shows all of them in one way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Fact", "Figure", "Section", "Table", "number", "percent"]


@dataclass(frozen=True)
class Fact:
    """A figure to be seen from afar: value, what it is; `mark` is "good", "bad" or "" for neither."""

    value: str
    what: str
    mark: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture as inline SVG.

    Members
    -------
    title, description : the alternative text, short and in full
    svg : the markup; every id begins with `ID`, which the page replaces
    width : of the picture in pixels; a `wide` one is never made smaller, but scrolls in itself
    key : (colour, label) of a legend below it
    """

    title: str
    description: str
    svg: str
    width: int
    wide: bool = False
    key: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Table:
    """Rows of text below a head; columns of `numbers` from the second on are right-aligned; `folded` away at first."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: bool = True
    folded: bool = False


@dataclass(frozen=True)
class Section:
    """One aspect of one run; `missing` says why there is nothing to show."""

    title: str
    lead: str = ""
    facts: Sequence[Fact] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    missing: str = ""


def number(value: float, digits: int = 4) -> str:
    """A number as it is read: thousands apart, so many significant digits.

    >>> number(922361), number(0.96388888), number(182348648.07)
    ('922\\u202f361', '0.9639', '182\\u202f348\\u202f648')
    """
    if isinstance(value, int) or abs(value) >= 10**digits:
        return f"{round(value):,}".replace(",", "\u202f").replace("-", "\u2212")
    return f"{value:.{digits}g}".replace("-", "\u2212")


def percent(share: float) -> str:
    """A share as a percentage.

    >>> percent(0.9547), percent(0.004), percent(0)
    ('95\\xa0%', '0.4\\xa0%', '0\\xa0%')
    """
    value = 100 * share
    return f"{value:.1f}\u00a0%" if 0 < value < 10 else f"{value:.0f}\u00a0%"
