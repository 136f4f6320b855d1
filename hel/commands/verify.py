"""Co-simulate the RTL against the golden model: every state, gradient and parameter word, at the predicted cycle.

Random parameters, inputs and nudges; forward steps, twin echo, update. Runs of at most 24 steps also compare every
register at every clock cycle. Exit code 1 if a word or a cycle differs. The simulator is compiled first, once for an
array: half a minute with Verilator, which then is fast; Icarus starts at once and is slow.

Where words differ, the first one is named: when, where, which statement of the potential, and how to see it again.

With --netlist it is not the RTL that runs but what the FPGA tools make of it, with our models of the device's cells:
the netlist after synthesis, or after placement and routing. It is compared with golden alone, in the same run.

example:
  hel verify dense --simulator icarus --neurons 4 --elements 2 --steps 2 --waves run.vcd
  hel verify dense --neurons 2 --elements 1 --inputs 1 --steps 2 --netlist synthesis
  hel verify ring.py:Ring --neurons 8 --inputs 2 --elements 4 --report verify.html
"""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from hel.arguments import UsageError, choose, integer
from hel.options import add_design, add_report, add_seed, design
from hel.output import Progress, cut_lines, report_lines
from hel.report import page
from testbench.mutants import MUTANTS
from testbench.netlist import NETLISTS
from testbench.tools import SIMULATORS

if TYPE_CHECKING:
    from bitstreams.netlist import Netlist
    from rtl.design import Design


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
    parser.add_argument(
        "--netlist",
        metavar="X",
        help="compare the array's netlist instead of its RTL: synthesis (yosys; half a minute and up) or route (yosys"
        " and nextpnr; minutes); kept in the cache",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `testbench.verify`."""
    choose("simulator", args.simulator, SIMULATORS)
    if args.mutant is not None:
        choose("mutant", args.mutant, MUTANTS)
    if args.netlist is not None:
        choose("netlist", args.netlist, NETLISTS)
        for option in ("waves", "mutant"):
            if getattr(args, option) is not None:
                raise UsageError(f"a netlist has no debug bus and no mutants: leave out --{option} or --netlist")
    report = page.checked(args.report)
    made, _ = design(args)
    from testbench.verify import verify

    with Progress(quiet=args.quiet) as progress:
        netlist = _netlist(made, args, progress) if args.netlist else None
        result: dict[str, Any] = verify(
            made,
            simulator=args.simulator,
            steps=args.steps,
            seed=args.seed,
            waves=args.waves,
            mutant=args.mutant,
            netlist=(netlist.stage, netlist.verilog) if netlist else None,
            notice=progress.line,
        )
    waited = result["cycles_predicted"] + result["stall_cycles"]
    result |= {"failed": bool(result["mismatches"] or result["cycles"] != waited)}
    result |= {"netlist": netlist.described} if netlist else {}
    return page.added(result, report)


def _netlist(made: Design, args: argparse.Namespace, progress: Progress) -> Netlist:
    """The netlist, with what the tools are doing told from time to time; the simulator is looked for first."""
    from bitstreams.netlist import netlist
    from testbench import tools

    tools.find(args.simulator)
    return netlist(made.geometry, args.netlist, say=lambda line: progress(0, 0, line))


def text(result: dict[str, Any]) -> str:
    """What was compared and what differed."""
    from testbench import mismatch
    from testbench.verify import RECORDED

    r = result
    idle = "mutant" in r and not r["mismatches"]
    lines = [
        *(_netlist_lines(r["netlist"]) if "netlist" in r else []),
        f"{r['mismatches']} mismatches in {r['compared_words']} words and {r['compared_cycles']} cycles",
        *(
            []
            if r["compared_cycles"] or "netlist" in r
            else [f"registers are compared in runs of at most {RECORDED} steps, or with --waves"]
        ),
        f"{r['cycles']} cycles = {r['cycles_predicted']} predicted + {r['stall_cycles']} waited for a stream; "
        f"simulated {r['cycles_per_second']:.0f} cycles/s",
        *(mismatch.text(r["first_mismatch"]) if r["first_mismatch"] else []),
        *(["the RTL of the same array: the same command without --netlist"] if _only_in_netlist(r) else []),
        *([f"the mutant {r['mutant']} changes what this array does not use: try another, or dense"] if idle else []),
        *cut_lines(r),
        *([f"waves: {r['waves']}"] if "waves" in r else []),
        *report_lines(r),
    ]
    return "\n".join(lines)


def _only_in_netlist(result: dict[str, Any]) -> bool:
    """Whether it was a netlist that differed: the next question is whether the RTL does, too."""
    return "netlist" in result and bool(result["mismatches"])


def _netlist_lines(netlist: dict[str, Any]) -> list[str]:
    """Which netlist it was: cells, and by what it was made.

    >>> found = {"stage": "route", "cells": {"TRELLIS_FF": 12, "DCCA": 1}, "tools": {"yosys": "Yosys 0.70 (git sha1)"}}
    >>> _netlist_lines(found)
    ['netlist after route, by yosys 0.70: 1 DCCA, 12 TRELLIS_FF']
    """
    cells = ", ".join(f"{number} {kind}" for kind, number in sorted(netlist["cells"].items()))
    by = ", ".join(
        " ".join([name, *re.findall(r"\d+(?:\.\d+)+", version)[:1]]) for name, version in netlist["tools"].items()
    )
    return [f"netlist after {netlist['stage']}, by {by}: {cells}"]
