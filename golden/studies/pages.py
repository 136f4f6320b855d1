"""Generated tables in pages of docs: what stands between a study's two marker lines."""

from __future__ import annotations

from pathlib import Path

from golden.errors import HelError

__all__ = ["filled", "insert", "marks"]


def marks(study: str) -> tuple[str, str]:
    """The two lines.

    >>> marks("ep_digits")
    ('<!-- ep_digits: generated -->', '<!-- ep_digits: end -->')
    """
    return f"<!-- {study}: generated -->", f"<!-- {study}: end -->"


def filled(page: str, text: str, study: str, name: object = "the page") -> str:
    r"""The page with `text` between the study's markers; an error calls the page by its `name`.

    >>> print(filled("a\n<!-- x: generated -->\nold\n<!-- x: end -->\nb", "| t |", "x"))
    a
    <!-- x: generated -->
    | t |
    <!-- x: end -->
    b
    """
    begin, stop = marks(study)
    before, mark, rest = page.partition(begin)
    _, end, after = rest.partition(stop)
    if not (mark and end):
        raise HelError(f"{name} needs the two marker lines {begin} and {stop}, got none; add them")
    return f"{before}{mark}\n{text}\n{end}{after}"


def insert(path: Path, text: str, study: str) -> None:
    """Replaces what stands between the study's markers in the page."""
    path.write_text(filled(path.read_text(encoding="utf-8"), text, study, path), encoding="utf-8")
