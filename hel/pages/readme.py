"""The line of results in README.md, written from committed results: `python -m hel.pages.readme`.

With `--check` nothing is written, only compared. The tables are on a page of their own (`hel.pages.results_page`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from golden.errors import ended
from golden.studies.pages import filled
from golden.studies.sweeps import seeds_together
from hel.pages.rewrite import rewrite

__all__ = ["BUILDS", "DIGITS", "line", "main"]

DIGITS = Path("docs/results/digits.jsonl")
BUILDS = Path("bitstreams/results")


def line(rows: Sequence[Mapping[str, Any]], reports: Sequence[Mapping[str, Any]]) -> str:
    """BPTT beside as many epochs of the smaller network, its best case, and the worst seed of the largest build.

    Parameters
    ----------
    rows : of docs/results/digits.jsonl, its seeds together
    reports : of the committed builds
    """
    learnt = {(row["case"]["arithmetic"], row["case"]["rule"], row["case"]["epochs"]): row for row in rows
              if row["case"]["neurons"] == 32}  # fmt: skip
    bptt = max((row for (kind, rule, _), row in learnt.items() if (kind, rule) == ("float", "bptt")), key=_mean)
    epochs = bptt["case"]["epochs"]
    like = learnt["fixed", "hel", epochs]
    best = max((row for (kind, rule, _), row in learnt.items() if (kind, rule) == ("fixed", "hel")), key=_mean)
    whole = [report for report in reports if "steps_per_s" in report and report.get("system") == "dense"]
    size = max((report["elements"], report["neurons"]) for report in whole)
    build = min((r for r in whole if (r["elements"], r["neurons"]) == size), key=lambda r: float(r["fmax_hz"]))
    longer = "" if best is like else f" ({_told(best)} after {best['case']['epochs']})"
    return (
        f"Handwritten digits as sequences, N = 32, {like['case']['seeds']} seeds: test accuracy {_told(like)} in the"
        f" array's arithmetic after {epochs} epochs{longer}, {_told(bptt)} by"
        f" backpropagation through time in float64 after {epochs}. The array with N = {build['neurons']} on"
        f" {build['elements']} elements closes at {build['fmax_hz'] / 1e6:.0f} MHz on an"
        f" {build['board'].upper().replace('_', '-')},"
        f" {build['steps_per_s'] / 1e3:.0f} k steps/s. All figures, with what missed:"
        " [docs/results](docs/results/index.md)."
    )


def _mean(row: Mapping[str, Any]) -> float:
    return float(row["mean"])


def _told(row: Mapping[str, Any]) -> str:
    return f"{row['mean']:.3f} ± {row['deviation']:.3f}"


def filled_in(text: str, root: Path = Path()) -> str:
    """`text` with the line of today's committed results between its markers."""
    rows = seeds_together(root / DIGITS, "test_accuracy")
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((root / BUILDS).glob("*.json"))]
    return filled(text, line(rows, [report for report in found if isinstance(report, dict)]), "results")


def main(argv: Sequence[str]) -> int:
    """Rewrite README.md of the working directory; with --check exit 1 when it is not up to date."""
    return rewrite(Path("README.md"), filled_in, argv)


if __name__ == "__main__":
    sys.exit(ended(lambda: main(sys.argv[1:])))
