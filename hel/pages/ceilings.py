"""Measures how near every system's steps come to their ceilings and writes it into docs/systems.md.

The compiler says it in seconds a system: `python -m hel.pages.ceilings` compiles all of them, keeps the figures in
docs/results/ceilings.json and writes the tables; `--page` writes them from what is kept, `--check` compares.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from golden.errors import HelError
from golden.studies.pages import filled
from hel.output import Progress, write_whole
from hel.pages.rewrite import rewrite
from hel.pages.systems_results import NAMES, Size, schedule
from rtl.hls.report.ceiling import ceiling

__all__ = ["KEPT", "PAGE", "SIZES", "fill", "main", "measured"]

KEPT, PAGE = Path("docs/results/ceilings.json"), Path("docs/systems.md")
SIZES = (Size(64, 8, 4), Size(128, 8, 4))
"""Eight and sixteen neurons an element; no element holds more."""
LARGER = Size(64, 16, 8)
"""For what does not fit the first size: dense networks."""
Row = dict[str, Any]


def measured(name: str, size: Size) -> Row:
    """Both steps of a system."""
    made = schedule(name, size)
    row: Row = {"system": name, **vars(size)}
    for step in ("forward", "echo"):
        found = ceiling(made, step).plain()
        row[step] = {key: value for key, value in found.items() if key != "ports"}
    return row


def _rows() -> list[Row]:
    """Of every system in every size that holds it."""
    rows, progress = [], Progress(0)
    wanted = [(name, size) for size in SIZES for name in NAMES]
    for k, (name, size) in enumerate(wanted):
        progress(k, len(wanted), f"{name}, N = {size.neurons}")
        for each in (size, LARGER) if size == SIZES[0] else (size,):
            try:
                rows.append(measured(name, each))
                break
            except HelError as error:
                progress.line(f"{name}, N = {each.neurons} on P = {each.elements}: {error}")
    return rows


def fill(text: str, kept: Mapping[str, Any]) -> str:
    """`text` with the tables between their markers."""
    for index, size in enumerate(SIZES):
        rows = [row for row in kept["rows"] if row["neurons"] == size.neurons]
        text = filled(text, "\n".join(_table(rows)), f"ceilings_{index}")
    return text


def _table(rows: Sequence[Row]) -> list[str]:
    each = ("cycles", "at least", "ceiling", "reached", "ratio", "busiest")
    columns = ["system", "P", *(f"{step}: {what}" for step in ("forward", "echo") for what in each)]
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    for row in rows:
        cells = [row["system"], str(row["elements"])]
        for found in (row["forward"], row["echo"]):
            cells += [str(found["cycles"]), str(found["bound"])]
            cells += [f"{found[key]:.2f}" for key in ("ceiling", "reached", "ratio")] + [found["port"]]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def main(argv: Sequence[str]) -> int:
    """Measure and write; with --page only write, with --check exit 1 where the page is not what is kept."""
    if not {"--page", "--check"} & set(argv):
        write_whole({KEPT: json.dumps({"command": "python -m hel.pages.ceilings", "rows": _rows()}, indent=1) + "\n"})
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    return rewrite(PAGE, lambda text: fill(text, kept), [word for word in argv if word != "--page"])


if __name__ == "__main__":
    from hel.__main__ import guarded

    sys.exit(guarded(lambda: main(sys.argv[1:])))
