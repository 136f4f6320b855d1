"""The tables of docs/wide.md, from docs/results: `python -m hel.pages.wide_page`; --check compares.

`python -m bitstreams.wide_element`, `python -m bitstreams.wide_ring` and `python -m testbench.wide_ring` measure.
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
    """`text` with the four tables between their markers."""
    element, placed, ring = (
        json.loads((results / f"wide_{name}.json").read_text(encoding="utf-8"))
        for name in ("element", "placed", "ring")
    )
    for marker, lines in (
        ("wide_element", _elements(element["rows"])),
        ("wide_placed", _placed(placed)),
        ("wide_ring", _rings(ring["rows"])),
        ("wide_steps", _steps(ring["sizes"])),
    ):
        text = filled(text, "\n".join(lines), marker)
    return text


def _elements(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| element | B | LUT | a multiplier | FF | a multiplier | block RAM | control bits | MHz by seed |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: (row["banks"], row["name"])):
        clocks = ", ".join(f"{run['fmax_hz'] / 1e6:.0f}" for run in row["runs"]) or "-"
        lines.append(
            f"| {row['name']} | {row['banks']} | {row['lut']} | {row['lut_per_multiplier']:.0f} | {row['ff']} "
            f"| {row['ff_per_multiplier']:.0f} | {row['bram']} | {row['control_bits']} | {clocks} |"
        )
    return lines


def _placed(found: Row) -> list[str]:
    lines = [
        "| P | B | seed | LUT | FF | MHz | slowest path | ns | of them routing |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for run in found["runs"]:
        path = " to ".join(f"`{run[end].removeprefix('dut.')}`" for end in ("path_start", "path_end"))
        lines.append(
            f"| {found['elements']} | {found['banks']} | {run['seed']} | {run['lut']} | {run['ff']}"
            f" | {run['fmax_hz'] / 1e6:.0f} | {path} | {run['path_ns']:.2f} | {run['path_routing_ns']:.2f} |"
        )
    return lines


def _rings(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| variant | B | N | P | words forward | words echo | compared words | mismatches | cycles played |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    names = ("links", "banks", "neurons", "elements", "forward_words", "echo_words", "compared_words", "mismatches")
    return lines + [f"| {' | '.join(str(row[name]) for name in (*names, 'cycles'))} |" for row in rows]


def _steps(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| variant | B | N | P | parameter words a bank | words forward | busy | words echo | busy |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    names = ("links", "banks", "neurons", "elements", "parameter_words")
    for row in rows:
        steps = (row[f"{name}_{what}"] for name in ("forward", "echo") for what in ("words", "busy"))
        lines.append(f"| {' | '.join(str(value) for value in (*(row[name] for name in names), *steps))} |")
    return lines


def main(argv: Sequence[str]) -> int:
    """Rewrite the page in the working directory; with --check exit 1 when it is not up to date."""
    return rewrite(PAGE, lambda text: fill(text, RESULTS), argv)


if __name__ == "__main__":
    sys.exit(ended(lambda: main(sys.argv[1:])))
