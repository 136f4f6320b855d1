"""Co-simulate the RTL against the golden model: every state, gradient and parameter word, at the predicted cycle.

Random parameters, inputs and nudges; forward steps, twin echo, update. Exit code 1 if a word or a cycle differs.

example:
  hel verify dense --simulator verilator --neurons 16 --elements 4 --steps 8 --seed 1
"""

from __future__ import annotations

import argparse
from typing import Any

from hel.arguments import choose, integer
from hel.options import add_design, add_report, add_seed, design
from hel.output import Progress, cut_lines, report_lines
from hel.report import page
from testbench.tools import SIMULATORS


def arguments(parser: argparse.ArgumentParser) -> None:
    """Design, simulator, length, seed."""
    add_design(parser)
    parser.add_argument("--simulator", default="verilator", metavar="X", help="verilator or icarus; default: verilator")
    parser.add_argument("--steps", type=integer(1, 10_000_000), default=8, metavar="T", help="time steps; default: 8")
    add_seed(parser)
    add_report(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `testbench.verify`."""
    choose("simulator", args.simulator, SIMULATORS)
    report = page.checked(args.report)
    made, _ = design(args)
    from testbench.verify import verify

    with Progress(quiet=args.quiet) as progress:
        result: dict[str, Any] = verify(
            made,
            simulator=args.simulator,
            steps=args.steps,
            seed=args.seed,
            notice=progress.line,
        )
    waited = result["cycles_predicted"] + result["stall_cycles"]
    result |= {"failed": bool(result["mismatches"] or result["cycles"] != waited)}
    return page.added(result, report)


def text(result: dict[str, Any]) -> str:
    """What was compared and what differed."""
    r = result
    lines = [
        f"{r['mismatches']} mismatches in {r['compared_words']} words and {r['compared_cycles']} cycles",
        f"{r['cycles']} cycles = {r['cycles_predicted']} predicted + {r['stall_cycles']} waited for a stream; "
        f"simulated {r['cycles_per_second']:.0f} cycles/s",
        *cut_lines(r),
        *report_lines(r),
    ]
    return "\n".join(lines)
