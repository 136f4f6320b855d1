"""Generated tables in pages of docs: what stands between a study's two marker lines."""

from __future__ import annotations

from pathlib import Path

from golden.errors import HelError

__all__ = ["insert", "marks"]


def marks(study: str) -> tuple[str, str]:
    """The two lines.

    >>> marks("ep_digits")
    ('<!-- ep_digits: generated -->', '<!-- ep_digits: end -->')
    """
    return f"<!-- {study}: generated -->", f"<!-- {study}: end -->"


def insert(path: Path, text: str, study: str) -> None:
    """Replaces what stands between the study's markers in the page."""
    begin, stop = marks(study)
    before, mark, rest = path.read_text().partition(begin)
    _, end, after = rest.partition(stop)
    if not (mark and end):
        raise HelError(f"{path} needs the two marker lines {begin} and {stop}, got none; add them")
    path.write_text(f"{before}{mark}\n{text}\n{end}{after}")
