"""Results as rows of a JSON file: a run computes the rows its file lacks and writes the whole file after each."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

__all__ = ["collect", "progress"]

Case = dict[str, Any]


def collect(out: Path, command: str, cases: Iterable[Case], compute: Callable[[Case], Case]) -> list[Case]:
    """All rows of `out`, each ``{"case": case, **compute(case)}``; those of other cases are left in place.

    Parameters
    ----------
    out : the file; its folder is made; never left half written
    command : what regenerates it, kept in the file
    cases : what identifies each row
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    rows: list[Case] = json.loads(out.read_text())["rows"] if out.exists() else []
    for case in cases:
        if any(row["case"] == case for row in rows):
            continue
        rows.append({"case": case, **compute(case)})
        part = out.with_suffix(".part")
        part.write_text(json.dumps({"command": command, "rows": rows}, indent=1) + "\n")
        os.replace(part, out)
        print(json.dumps(rows[-1])[:200], file=sys.stderr, flush=True)
    return rows


def progress(done: int, total: int, text: str) -> None:
    """A line on standard error, about ten times a run."""
    if done * 10 // total > (done - 1) * 10 // total:
        print(f"  {done}/{total} {text}", file=sys.stderr, flush=True)
