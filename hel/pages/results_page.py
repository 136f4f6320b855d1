"""The tables of docs/results/index.md, written from committed results: `python -m hel.pages.results_page`.

With `--check` nothing is written, only compared.

Between the markers `<!-- results: generated -->` and `<!-- results: end -->` stand two tables and a sentence: the
builds of bitstreams/results/*.json, the accuracies of docs/results/digits.jsonl, and the many seeds of
docs/results/digits_seeds.jsonl. Nothing there is typed in by hand.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from golden.errors import ended
from golden.studies.pages import filled
from golden.studies.sweeps import seeds_together
from hel.pages.rewrite import rewrite

__all__ = ["PAGE", "accuracies", "builds", "fill", "main", "many_seeds"]

PAGE = Path("docs/results/index.md")
BUILD_KEYS = ("board", "elements", "neurons", "lut", "ff", "dsp", "dsp_available", "bram", "fmax_hz", "cycles_per_step")


def builds(folder: Path) -> list[str]:
    """A table of the whole builds among the reports of a folder, seeds of one build in a row; empty without any."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    reports = [report for report in found if isinstance(report, dict) and all(key in report for key in BUILD_KEYS)]
    if not reports:
        return []
    lines = [
        "| board | P | N | LUT | FF | DSP | block RAM | Fmax | seeds | cycles a forward step | steps/s | GMAC/s |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]

    def same(report: Mapping[str, Any]) -> tuple[Any, ...]:
        return report["board"], report["elements"], report["neurons"]

    for _, group in groupby(sorted(reports, key=lambda r: (*same(r), r.get("seed", 0))), key=same):
        seeds = list(group)
        r = seeds[0]
        reached = [seed["fmax_hz"] for seed in seeds]
        low, high = (f"{bound(reached) / 1e6:.0f}" for bound in (min, max))
        fmax = f"{low} MHz" if low == high else f"{low} to {high} MHz"
        speed = f"{r['steps_per_s'] / 1e3:.0f} k | {r['mac_per_s'] / 1e9:.2f}" if "steps_per_s" in r else " | "
        lines.append(
            f"| {r['board']} | {r['elements']} | {r['neurons']} | {r['lut']} | {r['ff']} | "
            f"{r['dsp']}/{r['dsp_available']} | {r['bram']} | {fmax} | {len(seeds)} | "
            f"{r['cycles_per_step']} | {speed} |"
        )
    return lines


def accuracies(file: Path) -> list[str]:
    """A table of the accuracies of the sweep over digits; empty when there is none."""
    if not file.exists():
        return []
    lines = [
        "| digits, N | epochs | arithmetic | rule | test accuracy, mean of the seeds | lowest seed | seeds |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = seeds_together(file, "test_accuracy")
    for row in sorted(rows, key=lambda row: (row["case"]["neurons"], row["case"]["epochs"])):
        case = row["case"]
        lines.append(
            f"| {case['neurons']} | {case['epochs']} | {case['arithmetic']} | {case['rule'].upper()} | "
            f"{row['mean']:.4f} ± {row['deviation']:.4f} | {min(row['test_accuracy']):.4f} | {case['seeds']} |"
        )
    return lines


def many_seeds(file: Path) -> list[str]:
    """A sentence of the sweep over many seeds; empty when there is none."""
    if not file.exists():
        return []
    (row,) = seeds_together(file, "validation_accuracy")
    case = row["case"]
    return [
        f"From {case['seeds']} seeds, N = {case['neurons']}, {case['epochs']} epochs, on the validation part:"
        f" {row['mean']:.4f} ± {row['deviation']:.4f}, the lowest {min(row['validation_accuracy']):.4f};"
        f" flags raised: {', '.join(row['flags']) or 'none'}."
    ]


def fill(text: str, tables: Sequence[Sequence[str]]) -> str:
    """`text` with the tables between its markers, a blank line after each."""
    return filled(text, "".join("\n".join(table) + "\n\n" for table in tables if table).removesuffix("\n"), "results")


def main(argv: Sequence[str]) -> int:
    """Rewrite the page in the working directory; with --check exit 1 when it is not up to date."""
    results = Path("docs/results")
    tables = [builds(Path("bitstreams/results")), accuracies(results / "digits.jsonl")]
    tables.append(many_seeds(results / "digits_seeds.jsonl"))
    return rewrite(PAGE, lambda old: fill(old, tables), argv)


if __name__ == "__main__":
    sys.exit(ended(lambda: main(sys.argv[1:])))
