"""Write the array for a system as one Verilog file, and its memory map beside it as JSON.

example:
  hel rtl dense --neurons 64 --elements 16 -o hel_array.v
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from hel.options import add_formats, add_size, add_system, check_size, checked_system, formats
from hel.output import write_whole
from hel.parse import UsageError


def arguments(parser: argparse.ArgumentParser) -> None:
    """System, size, formats, file."""
    add_system(parser)
    add_size(parser, neurons=64, inputs=8, elements=16, auto=True)
    add_formats(parser, step="2^-2")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="Verilog file; FILE.json is its memory map"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `rtl.emit`."""
    checked_system(args.system)
    check_size(args)
    number_formats = formats(args)
    folder = args.output.parent
    if not folder.is_dir():
        raise UsageError(
            f"--output must name a file in an existing folder, not '{args.output}'; create '{folder}' first"
        )
    if args.output.is_dir():
        raise UsageError(f"--output must name a file, not the folder '{args.output}'; try '{args.output}/hel_array.v'")
    from rtl.emit import emit

    verilog, report = emit(
        args.system, neurons=args.neurons, elements=args.elements, inputs=args.inputs, formats=number_formats
    )
    map_file = args.output.with_name(args.output.name + ".json")
    write_whole({args.output: verilog, map_file: json.dumps(report, indent=1) + "\n"})
    return {"file": str(args.output), "memory_map": str(map_file), **report}


def text(result: dict[str, Any]) -> str:
    """Where the files are and what is in them."""
    return (
        f"{result['file']}: {result['elements']} elements, {result['cycles_per_step']} cycles a step; "
        f"memory map in {result['memory_map']}"
    )
