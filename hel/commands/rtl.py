"""Write the array for a system as one Verilog file, and its memory map beside it as JSON; or only explain it.

--explain prints, before any synthesis, every pass as a table (which products, how many slots and cycles, how busy each
unit) and what the array will take of a device; --figure draws who is busy when. --elements auto takes as many elements
as the board holds. --resident FILE says whether an array that is already built runs this system: with --cuts calibrated
it is another program, which may need other shifts.

example:
  hel rtl dense --neurons 64 --elements 16 -o hel_array.v
  hel rtl hru --neurons 64 --elements 16 --resident hel_array.v.json    # does that array run hru?
  hel rtl dense --neurons 64 --elements auto --board ulx3s_85f --explain --figure schedule.png
  hel rtl springs --neurons 64 --elements 8 --module left -o left.v     # modules left, left_element, ...
  hel rtl phi4 --neurons 64 --cuts calibrated --explain
  hel rtl dense --neurons 64 --elements 8 --banks 4 --explain           # as many multipliers as 32 elements of one bank
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from hel.arguments import UsageError, choose
from hel.options import add_board, add_design, design
from hel.output import cut_lines, write_whole
from rtl.design import Design


def arguments(parser: argparse.ArgumentParser) -> None:
    """Design, board, files, what to explain."""
    add_design(parser, auto=True)
    add_board(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=None,
        metavar="FILE",
        help="the Verilog; FILE.json beside it is the memory map",
    )
    parser.add_argument(
        "--module",
        default="hel_array",
        metavar="NAME",
        help="of the array's module; the names of all others begin with it, so that two arrays fit into one design;"
        " default: hel_array",
    )
    parser.add_argument("--explain", action="store_true", help="print the schedule as tables, and the predicted size")
    parser.add_argument(
        "--figure", type=Path, default=None, metavar="FILE", help="draw the schedule into a .png, .svg or .pdf file"
    )
    parser.add_argument("--show-passes", action="store_true", help="print the program after every pass of the compiler")
    parser.add_argument(
        "--resident",
        type=Path,
        default=None,
        metavar="FILE",
        help="memory map of an array that is there: does it run this system?",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `rtl.verilog`, `rtl.hls.report.explain`, `bitstreams.estimate`, `rtl.hls.report.reuse`."""
    from bitstreams import boards
    from rtl.exported import module_name

    choose("board", args.board, boards.names())
    if not (args.output or args.explain or args.figure or args.show_passes or args.resident):
        raise UsageError(
            "a result must be asked for, got none; add -o FILE, --explain, --figure, --show-passes or --resident"
        )
    _check_output(args.output)
    module_name(args.module)
    if args.figure:
        from hel.figures.canvas import checked

        checked(args.figure)
    if args.resident and args.banks != 1:
        raise UsageError(f"--resident asks of elements with one bank, got --banks {args.banks}; drop one of them")
    resident = _resident(args.resident)
    result: dict[str, Any] = {}
    made, result["choice"] = design(args)
    from rtl import verilog
    from rtl.exported import exported

    report = verilog.report(made) | {"module": args.module} | _size(made, args.board, args.clock * 1e6)
    if args.show_passes:
        result["passes"] = _passes(made)
    if args.explain or args.figure:
        result |= _explained(args, made.schedule)
    if resident is not None:
        from rtl.hls.report.reuse import missing

        lacking = missing(made.schedule.plan, made.formats, resident, elements=made.elements, neurons=made.neurons)
        result["resident"] = {"file": str(args.resident), "fits": not lacking, "missing": lacking}
    if args.output:
        map_file = args.output.with_name(args.output.name + ".json")
        write_whole({args.output: exported(made.geometry, args.module), map_file: json.dumps(report, indent=1) + "\n"})
        result |= {"file": str(args.output), "memory_map": str(map_file)}
    return {**result, **report}


def _check_output(path: Path | None) -> None:
    if path is None:
        return
    if not path.parent.is_dir():
        raise UsageError(f"--output must name a file in an existing folder, not '{path}'; create '{path.parent}' first")
    if path.is_dir():
        raise UsageError(f"--output must name a file, not the folder '{path}'; try '{path}/hel_array.v'")


def _resident(path: Path | None) -> Any:
    from rtl.hls.report.reuse import read

    return None if path is None else read(path)


def _passes(made: Design) -> list[dict[str, str]]:
    """Every stage of the compiler as text; a pass that changed nothing says so."""
    from golden.compiler.compile import calibration, lowered_with_tables
    from golden.compiler.passes import shown

    stages = [("trace", str(made.subject.graph)), ("autodiff", str(made.subject.gradient))]
    before = ""
    for name, program in shown(lowered_with_tables(made.subject, made.formats, calibration(made.cuts))):
        stages.append((name, str(program) if str(program) != before else "(changes nothing)"))
        before = str(program)
    if made.cuts != "default":
        stages.append(("cuts", str(made.program) if str(made.program) != before else "(changes nothing)"))
    stages.append(("schedule", str(made.schedule)))
    return [{"name": name, "text": text.rstrip("\n")} for name, text in stages]


def _size(made: Design, board: str, clock_hz: float) -> dict[str, Any]:
    """What the array will take, and how much of it the board's device has."""
    from bitstreams import boards
    from bitstreams.devices import size_of
    from bitstreams.estimate import predict

    device = size_of(boards.board(board).device)
    available = {f"{cell}_available": getattr(device, cell) for cell in ("lut", "ff", "dsp", "bram")}
    return {"predicted": predict(made.schedule, clock_hz), "board": board, **available}


def _explained(args: argparse.Namespace, schedule: Any) -> dict[str, Any]:
    from rtl.hls.report.explain import PASSES, activity, explain

    result: dict[str, Any] = {}
    if args.explain:
        result = {"explain": explain(schedule)}
    if args.figure:
        from hel.figures.schedule import schedule as draw

        result["figure"] = str(draw([activity(schedule, name) for name in PASSES], args.system, args.figure))
    return result


def text(result: dict[str, Any]) -> str:
    """Where the files are and what is in them; the explanation."""
    from rtl.hls.report import explain, tables

    lines = []
    for each in result.get("passes", ()):
        lines += [f"-- {each['name']}", each["text"]]
    if "explain" in result:
        lines += [explain.text(result["explain"]), tables.text(result["memory"])]
        lines += [predicted(result["predicted"]), *cut_lines(result)]
    if result.get("choice"):
        lines.append(result["choice"])
    if "resident" in result:
        found = result["resident"]
        says = (
            "runs this system: load its control words, tables and parameters" if found["fits"] else "does not run it: "
        )
        lines.append(f"the array of {found['file']} {says}{'; '.join(found['missing'])}")
    if "figure" in result:
        lines.append(f"{result['figure']}: who is busy when")
    if "file" in result:
        lines.append(
            f"{result['file']}: {result['elements']} elements, {result['cycles_per_step']} cycles a step; "
            f"memory map in {result['memory_map']}"
        )
    return "\n".join(lines)


def predicted(found: dict[str, Any]) -> str:
    """What an array will take, where it fits, and how fast it will be."""
    fits = [name for name, lacking in found["devices"].items() if not lacking]
    lacks = [f"{name} ({lacking})" for name, lacking in found["devices"].items() if lacking]
    logic = f"LUT {found['lut']}  FF {found['ff']}  " if "lut" in found else ""
    lines = [
        f"predicted: {logic}DSP {found['dsp']}  block RAM {found['bram']}"
        + ("" if logic else "  (LUT and FF of elements with several banks: docs/wide.md)"),
        f"  {found['cycles_per_step']} cycles a step: {found['steps_per_s']:.0f} steps/s at"
        f" {found['clock_hz'] / 1e6:g} MHz (what clock a size reaches, only `hel build` tells)",
        f"  fits {', '.join(fits) or 'none of the known devices'}{'' if logic else ' as far as is known'}"
        + (f"; too large for {', '.join(lacks)}" if lacks else ""),
    ]
    return "\n".join(lines)
