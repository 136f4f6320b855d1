"""A ring of wide elements by itself, on tiles: its size and speed on the LFE5U-85F.

    python -m bitstreams.wide_ring -o docs/results/wide_placed.json

Four elements of four banks of a dense network, chained, in the wrapper of `bitstreams.harness`: what the ways between
elements, and between blocks that lie in rows of the device, leave of one element's clock. Some minutes a seed; what the
file has already of the same Verilog, tools and tiles is kept.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bitstreams import ecp5, floorplan, harness, tools
from bitstreams.tiles import tiles
from bitstreams.wide_element import CELLS, GEOMETRY, TOOLS
from golden.errors import ended
from rtl.convert import convert
from rtl.element.wide.element import WideElement
from rtl.element.wide.ring import ELEMENT, WideRing
from rtl.hls.plan.width import Width

__all__ = ["ELEMENTS", "WIDTH", "main", "texts"]

ELEMENTS, WIDTH = 4, Width(4)
TARGET_HZ = 200e6
"""What the placer aims at."""
TOP = "hel_wide_ring"


def texts() -> list[str]:
    """Verilog of the element and of the ring."""
    # Sums are as wide as those of the whole network.
    geometry = replace(
        GEOMETRY, elements=ELEMENTS, neurons=GEOMETRY.fold * ELEMENTS, sum_bits=GEOMETRY.accumulator_bits
    )
    return [
        convert(WideElement(geometry, WIDTH, "ecp5"), ELEMENT, strip_internal_attrs=True),
        convert(WideRing(geometry, WIDTH), TOP, strip_internal_attrs=True),
    ]


def digest(versions: dict[str, str]) -> str:
    """Of what is measured, where it lies, and by which tools."""
    plan = tiles(ELEMENTS, WIDTH.banks, harness.DEVICE.size)
    return hashlib.sha256(json.dumps([texts(), plan, versions]).encode()).hexdigest()[:16]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m bitstreams.wide_ring", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, required=True, help="JSON file")
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="place and route seeds; default: 1")
    options = parser.parse_args(arguments)
    _measure(options.output, options.seed)
    return 0


def _measure(output: Path, seeds: Sequence[int]) -> None:
    """Writes the file after every seed."""
    versions = {name: tools.version(name) for name in TOOLS}
    result: dict[str, Any] = {
        "command": f"python -m bitstreams.wide_ring -o {output}",
        "tools": versions,
        "elements": ELEMENTS,
        "banks": WIDTH.banks,
        "digest": digest(versions),
        "runs": [],
    }
    old = json.loads(output.read_text(encoding="utf-8")) if output.exists() else {}
    known = {run["seed"]: run for run in old.get("runs", [])} if old.get("digest") == result["digest"] else {}
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        netlist = folder / "netlist.json"
        for seed in seeds:
            if seed not in known:
                netlist = netlist if netlist.exists() else _netlist(folder)
                known[seed] = _placed(netlist, seed)
            result["runs"].append(known[seed])
            output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _netlist(folder: Path) -> Path:
    """With the hard blocks of the elements on their tiles."""
    sources = []
    for index, text in enumerate(texts()):
        sources.append(folder / f"text{index}.v")
        sources[-1].write_text(text, encoding="utf-8")
    netlist = harness.synthesise(sources, TOP, folder, keep=[ELEMENT])
    floorplan.pin(netlist, tiles(ELEMENTS, WIDTH.banks, harness.DEVICE.size), ELEMENT)
    return netlist


def _placed(netlist: Path, seed: int) -> dict[str, Any]:
    """What a seed gives; the wrapper is counted, too."""
    began = time.monotonic()
    placed = ecp5.place_and_route(netlist, harness.DEVICE, seed=seed, target_hz=TARGET_HZ)
    run = {
        "seed": seed,
        "fmax_hz": placed.fmax_hz,
        "lut": placed.lut,
        "ff": placed.ff,
        "dsp": placed.used[CELLS["dsp"]],
        "bram": placed.used[CELLS["bram"]],
        "path_start": placed.path_start,
        "path_end": placed.path_end,
        "path_ns": placed.path_ns,
        "path_routing_ns": placed.path_routing_ns,
        "place_and_route_s": round(time.monotonic() - began),
    }
    print(f"ring of {ELEMENTS}, seed {seed}: {placed.fmax_hz / 1e6:.1f} MHz", file=sys.stderr, flush=True)
    return run


if __name__ == "__main__":
    sys.exit(ended(main))
