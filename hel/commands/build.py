"""Synthesise, place and route the learning array for a board; write the bitstream and a JSON report.

Minutes for a small array, an hour for one that fills a device. The build fails if its clock is not met or if the placed
netlist has lost a multiplier or a RAM. Native yosys and nextpnr are used where they are on PATH, else those of the
Python index. The products lie in a folder of their own below -o: design.bit, report.json, Verilog and logs.

example:
  hel build dense --neurons 4 --elements 2 --inputs 2 --board ulx3s_25f --clock 80 --report build.html
  hel build ring.py:Ring --neurons 6 --inputs 2 --elements auto --board ulx3s_25f --clock 80    # as many as it holds
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hel.arguments import choose
from hel.options import add_board, add_design, add_report, add_seed, design
from hel.output import Progress, cut_lines, report_lines
from hel.report import page


def arguments(parser: argparse.ArgumentParser) -> None:
    """System, board, size, seed, folder."""
    add_design(parser, auto=True)
    add_board(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("build"),
        metavar="DIR",
        help="folder in which the build's own is made; default: build",
    )
    add_seed(parser)
    add_report(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `bitstreams.learning`."""
    from bitstreams import boards

    choose("board", args.board, boards.names())
    report = page.checked(args.report)
    made, choice = design(args)
    from bitstreams.learning import build

    with Progress(quiet=args.quiet) as progress:
        result = build(
            made,
            board=args.board,
            choice=choice,
            seed=args.seed,
            clock_hz=args.clock * 1e6,
            output=args.output,
            progress=progress,
        )
    return page.added(result, report)


def text(result: dict[str, Any]) -> str:
    """The first screen of the report."""
    r = result
    p = r["predicted"]
    cells = f"LUT {p['lut']}  FF {p['ff']}  " if "lut" in p else ""
    choice = f"{r['choice']}\n" if "choice" in r else ""
    return choice + (
        f"{r['bitstream']}\n"
        f"LUT {r['lut']}  FF {r['ff']}  DSP {r['dsp']}/{r['dsp_available']}  BRAM {r['bram']}\n"
        f"predicted: {cells}DSP {p['dsp']}  BRAM {p['bram']}\n"
        f"clock {r['clock_asked_hz'] / 1e6:.6g} MHz asked, {r['clock_hz'] / 1e6:.6g} MHz made; "
        f"Fmax {r['fmax_hz'] / 1e6:.1f} MHz reached with seed {r['seed']}\n"
        f"{r['cycles_per_step']} cycles a step  {r['steps_per_s']:.0f} steps/s  {r['mac_per_s'] / 1e9:.2f} GMAC/s"
        + "".join(f"\n{line}" for line in (*cut_lines(r), *report_lines(r)))
    )
