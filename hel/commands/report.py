"""One HTML page from runs: learning curve, trajectories forwards and back, schedule, resources, cycles, mismatches.

RUN is a file that train, verify, rtl or build printed with --json, the memory map that `hel rtl -o` writes beside its
Verilog, or the folder of a build; - is standard input. The page is one file, needs no network, and says of every run
which command makes it again. train, verify and build write it at once with --report FILE.html.

example:
  hel rtl dense --neurons 8 --elements 4 -o hel_array.v                          # writes hel_array.v.json, too
  hel train digits --neurons 8 --samples 60 --epochs 1 --json > train.json
  hel report train.json hel_array.v.json -o report.html
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hel.arguments import UsageError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Runs, and the page."""
    parser.add_argument(
        "runs", nargs="+", metavar="RUN", help="JSON of a run, the folder of a build, or - for standard input"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("report.html"),
        metavar="FILE",
        help="the page, an .html file; default: report.html",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `hel.report`."""
    from hel.report import page, read

    if args.runs.count("-") > 1:
        raise UsageError("standard input is read once, got - twice; name a file")
    path = page.checked(args.output, "--output")
    assert path is not None
    runs = [read.read(name) for name in args.runs]
    page.write(runs, path)
    return {
        "page": str(path),
        "bytes": path.stat().st_size,
        "runs": [{"file": run.file, "command": run.command, "line": run.line} for run in runs],
    }


def text(result: dict[str, Any]) -> str:
    """Where the page is."""
    count = len(result["runs"])
    return f"{result['page']}: {count} run{'s' * (count > 1)}, {result['bytes'] / 1000:.0f} kB, one file"
