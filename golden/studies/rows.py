"""Results as rows of a JSON file: a run computes the rows its file lacks and writes the whole file after each."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from golden.errors import HelError

__all__ = ["Case", "collect", "progress", "write"]

Case = dict[str, Any]
"""What identifies a row, or a row."""


def collect(out: Path, command: str, cases: Iterable[Case], compute: Callable[[Case], Case]) -> list[Case]:
    """All rows of `out`, each ``{"case": case, **compute(case)}``; those of other cases are left in place.

    Parameters
    ----------
    out : the file, as `write` makes it
    command : what regenerates it, kept in the file
    cases : what identifies each row
    """
    rows = _rows(out)
    out.parent.mkdir(parents=True, exist_ok=True)  # before hours of work, not after them
    for case in cases:
        if any(row["case"] == case for row in rows):
            continue
        rows.append({"case": case, **compute(case)})
        write(out, {"command": command, "rows": rows})
        print(json.dumps(rows[-1])[:200], file=sys.stderr, flush=True)
    return rows


def _rows(out: Path) -> list[Case]:
    """Those of a file, none where there is no file."""
    if not out.exists():
        return []
    try:
        rows: list[Case] = json.loads(out.read_text(encoding="utf-8"))["rows"]
        if all("case" in row for row in rows):
            return rows
    except (ValueError, TypeError, KeyError):
        pass
    raise HelError(f"rows are added to a document of rows, {out} is none; name another file")


def write(out: Path, document: Case) -> None:
    """The file as JSON; its folder is made; never left half written."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_suffix(".part")
    part.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    os.replace(part, out)


def progress(done: int, total: int, text: str) -> None:
    """A line on standard error, about ten times a run."""
    if done * 10 // total > (done - 1) * 10 // total:
        print(f"  {done}/{total} {text}", file=sys.stderr, flush=True)
