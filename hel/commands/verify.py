"""Co-simulate the RTL against the golden model: every state, gradient and parameter word, at the predicted cycle.

Random parameters, inputs and nudges; forward steps, twin echo, update. Runs of at most 24 steps also compare every
register at every clock cycle. Exit code 1 if a word or a cycle differs. The simulator is compiled first, once for an
array: half a minute with Verilator, which then is fast; Icarus starts at once and is slow.

Where words differ, the first one is named: when, where, which statement of the potential, and how to see it again.

example:
  hel verify dense --simulator icarus --neurons 4 --elements 2 --steps 2 --waves run.vcd
  hel verify ring.py:Ring --neurons 8 --inputs 2 --elements 4 --report verify.html
"""

from __future__ import annotations

import argparse
from typing import Any

from hel.arguments import choose, integer
from hel.options import add_design, add_report, add_seed, design
from hel.output import Progress, cut_lines, report_lines
from hel.report import page
from testbench.mutants import MUTANTS
from testbench.tools import SIMULATORS


def arguments(parser: argparse.ArgumentParser) -> None:
    """Design, simulator, length, seed."""
    add_design(parser)
    parser.add_argument("--simulator", default="verilator", metavar="X", help="verilator or icarus; default: verilator")
    parser.add_argument(
        "--steps", type=integer(1, 10_000_000), default=8, metavar="T", help="time steps, forward and back; default: 8"
    )
    add_seed(parser)
    add_report(parser)
    parser.add_argument(
        "--waves",
        metavar="FILE",
        help="write all registers and what every unit is doing to FILE.vcd or FILE.fst, for a wave viewer",
    )
    parser.add_argument(
        "--mutant",
        metavar="X",
        help=f"put an error into the RTL on purpose, to see a mismatch: {', '.join(sorted(MUTANTS))}",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `testbench.verify`."""
    choose("simulator", args.simulator, SIMULATORS)
    if args.mutant is not None:
        choose("mutant", args.mutant, MUTANTS)
    report = page.checked(args.report)
    made, _ = design(args)
    from testbench.verify import verify

    with Progress(quiet=args.quiet) as progress:
        result: dict[str, Any] = verify(
            made,
            simulator=args.simulator,
            steps=args.steps,
            seed=args.seed,
            waves=args.waves,
            mutant=args.mutant,
            notice=progress.line,
        )
    waited = result["cycles_predicted"] + result["stall_cycles"]
    result |= {"failed": bool(result["mismatches"] or result["cycles"] != waited)}
    return page.added(result, report)


def text(result: dict[str, Any]) -> str:
    """What was compared and what differed."""
    from testbench import mismatch
    from testbench.verify import RECORDED

    r = result
    idle = "mutant" in r and not r["mismatches"]
    lines = [
        f"{r['mismatches']} mismatches in {r['compared_words']} words and {r['compared_cycles']} cycles",
        *(
            []
            if r["compared_cycles"]
            else [f"registers are compared in runs of at most {RECORDED} steps, or with --waves"]
        ),
        f"{r['cycles']} cycles = {r['cycles_predicted']} predicted + {r['stall_cycles']} waited for a stream; "
        f"simulated {r['cycles_per_second']:.0f} cycles/s",
        *(mismatch.text(r["first_mismatch"]) if r["first_mismatch"] else []),
        *([f"the mutant {r['mutant']} changes what this array does not use: try another, or dense"] if idle else []),
        *cut_lines(r),
        *([f"waves: {r['waves']}"] if "waves" in r else []),
        *report_lines(r),
    ]
    return "\n".join(lines)
