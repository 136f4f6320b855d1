"""Co-simulate the RTL against the golden model: every state, gradient and parameter word, at the predicted cycle.

Random parameters, inputs and nudges; forward steps, twin echo, update. Exit code 1 if a word or a cycle differs.

example:
  hel verify dense --simulator verilator --neurons 16 --elements 4 --steps 8 --seed 1
"""

from __future__ import annotations

import argparse
from typing import Any

from hel.arguments import choose, integer
from hel.commands.train import SIMULATORS
from hel.options import add_formats, add_seed, add_size, add_system, check_size, checked_system, formats
from hel.output import Progress, cut_lines


def arguments(parser: argparse.ArgumentParser) -> None:
    """System, simulator, size, length, formats, seed."""
    add_system(parser)
    parser.add_argument("--simulator", default="verilator", metavar="X", help="verilator or icarus; default: verilator")
    add_size(parser, neurons=16, inputs=3, elements=4)
    parser.add_argument("--steps", type=integer(1, 10_000_000), default=8, metavar="T", help="time steps; default: 8")
    add_formats(parser, step="2^-3")
    add_seed(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `testbench.verify`."""
    checked_system(args.system)
    choose("simulator", args.simulator, SIMULATORS)
    check_size(args)
    number_formats = formats(args)
    from testbench.verify import verify

    progress = Progress()
    result: dict[str, Any] = verify(
        args.system,
        simulator=args.simulator,
        neurons=args.neurons,
        inputs=args.inputs,
        elements=args.elements,
        steps=args.steps,
        formats=number_formats,
        cuts=args.cuts,
        seed=args.seed,
        notice=progress.line,
    )
    waited = result["cycles_predicted"] + result["stall_cycles"]
    return {**result, "failed": bool(result["mismatches"] or result["cycles"] != waited)}


def text(result: dict[str, Any]) -> str:
    """What was compared and what differed."""
    r = result
    lines = [
        f"{r['mismatches']} mismatches in {r['compared_words']} words and {r['compared_cycles']} cycles",
        f"{r['cycles']} cycles = {r['cycles_predicted']} predicted + {r['stall_cycles']} waited for a stream; "
        f"simulated {r['cycles_per_second']:.0f} cycles/s",
        *cut_lines(r),
    ]
    return "\n".join(lines)
