"""The tables of docs/wide.md about scheduled arrays, from docs/results: `python -m hel.pages.wide_array_page`; --check
compares.

`python -m testbench.wide_array` compares and predicts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from golden.errors import ended
from golden.studies.pages import filled
from hel.pages.rewrite import rewrite

__all__ = ["PAGE", "RESULTS", "fill", "main"]

PAGE = Path("docs/wide.md")
RESULTS = Path("docs/results")
Row = dict[str, Any]


def fill(text: str, results: Path) -> str:
    """`text` with the two tables between their markers."""
    found = json.loads((results / "wide_array.json").read_text(encoding="utf-8"))
    text = filled(text, "\n".join(_compared(found["rows"])), "wide_array")
    return filled(text, "\n".join(_predicted(found["predicted"])), "wide_busy")


def _compared(rows: Sequence[Row]) -> list[str]:
    names = (
        "system",
        "banks",
        "neurons",
        "elements",
        "forward_words",
        "echo_words",
        "compared_words",
        "mismatches",
        "cycles",
    )
    lines = [
        "| system | B | N | P | words forward | words echo | compared words | mismatches | cycles played |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return lines + [f"| {' | '.join(str(row[name]) for name in names)} |" for row in rows]


def _predicted(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| N | P | B | multipliers | parameter words a bank | cycles forward | busy | cycles echo | busy |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        words = f"{row['parameter_words']}{'' if row['fits'] else ' (too many)'}"
        multipliers = 2 * row["elements"] * row["banks"]
        steps = (f"{row[f'{name}_words']} | {row[f'{name}_busy']:.3f}" for name in ("forward", "echo"))
        lines.append(
            f"| {row['neurons']} | {row['elements']} | {row['banks']} | {multipliers} | {words} | {' | '.join(steps)} |"
        )
    return lines


def main(argv: Sequence[str]) -> int:
    """Rewrite the page in the working directory; with --check exit 1 when it is not up to date."""
    return rewrite(PAGE, lambda text: fill(text, RESULTS), argv)


if __name__ == "__main__":
    sys.exit(ended(lambda: main(sys.argv[1:])))
