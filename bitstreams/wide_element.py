"""The wide element by itself, learning logic included, in both variants: its size and speed on the LFE5U-85F.

    python -m bitstreams.wide_element -o docs/results/wide_element.json

Beside today's element of two multipliers, for a dense network of 144 neurons. One or two minutes a seed of each that is
placed, the others are counted after synthesis; the file is written after every element, and what it has already of the
same Verilog and tools is kept.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bitstreams import ecp5, harness, tools
from golden.errors import ended
from rtl.convert import convert
from rtl.element.element import Element
from rtl.element.wide.control import bank_widths, shared_widths
from rtl.element.wide.element import WideElement
from rtl.hls import Geometry
from rtl.hls.plan.control import ELEMENT_FIELDS, widths
from rtl.hls.plan.width import Links, Width

__all__ = ["GEOMETRY", "VARIANTS", "Variant", "main"]

GEOMETRY = Geometry(elements=18, neurons=144, inputs=8, log2_inverse_step=2, ranges=((4096, (1 << 17) - 1),))
"""Of dense with N = 144, as the compiler makes it; how many elements there are is not wired."""
TOOLS = ("yosys", "nextpnr-ecp5")
MODULE = "hel_element"
CELLS = {"ff": "TRELLIS_FF", "dsp": "MULT18X18D", "bram": "DP16KD"}


@dataclass(frozen=True)
class Variant:
    """An element to measure: today's where there is no width; `placed`, or counted after synthesis alone."""

    name: str
    width: Width | None
    placed: bool = True

    @property
    def banks(self) -> int:
        """B."""
        return self.width.banks if self.width else 1

    def verilog(self) -> str:
        """The module to measure."""
        element = WideElement(GEOMETRY, self.width, "ecp5") if self.width else Element(GEOMETRY, "ecp5")
        return convert(element, MODULE, strip_internal_attrs=True)

    def digest(self, versions: Mapping[str, str]) -> str:
        """Of what is measured, and by which tools."""
        return hashlib.sha256(json.dumps([self.verilog(), dict(versions)]).encode()).hexdigest()[:16]

    @property
    def control_bits(self) -> int:
        """Bits that an element is told in a cycle."""
        if self.width:
            return sum([*bank_widths(GEOMETRY, self.width).values(), *shared_widths(GEOMETRY, self.width).values()])
        return sum(bits for name, bits in widths(GEOMETRY).items() if name in ELEMENT_FIELDS)


ALL = "every bank aligns and subtracts"
VARIANTS = (
    Variant("chain", Width(4, Links.CHAIN)),
    Variant("rings", Width(4, Links.RINGS)),
    Variant("today", None),
    Variant("chain, lanes add", Width(4, Links.CHAIN, adds=True)),
    Variant(f"chain, {ALL}", Width(4, Links.CHAIN, scales_all=True, negates=True), placed=False),
    Variant(f"rings, {ALL}", Width(4, Links.RINGS, scales_all=True, negates=True), placed=False),
    Variant("chain", Width(8, Links.CHAIN), placed=False),
    Variant("rings", Width(8, Links.RINGS), placed=False),
    Variant("chain", Width(2, Links.CHAIN)),
    Variant("rings", Width(2, Links.RINGS)),
)
"""In the order in which they are measured."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="python -m bitstreams.wide_element", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="JSON file")
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3], help="place and route seeds; default: 1 2 3")
    options = parser.parse_args(arguments)
    _measure(options.output, options.seed)
    return 0


def _measure(output: Path, wanted: Sequence[int]) -> None:
    """Writes the file after every element; what it has of the same Verilog and tools stays."""
    old = json.loads(output.read_text(encoding="utf-8"))["rows"] if output.exists() else []
    known: dict[str, dict[str, Any]] = {row["digest"]: row for row in old}
    result: dict[str, Any] = {
        "command": f"python -m bitstreams.wide_element -o {output}",
        "tools": {name: tools.version(name) for name in TOOLS},
        "geometry": asdict(GEOMETRY),
        "rows": [],
    }
    output.parent.mkdir(parents=True, exist_ok=True)
    digests = [variant.digest(result["tools"]) for variant in VARIANTS]
    for variant, digest in zip(VARIANTS, digests, strict=True):
        seeds = wanted if variant.placed else []
        if digest not in known or [run["seed"] for run in known[digest]["runs"]] != seeds:
            known[digest] = {**_row(variant, seeds), "digest": digest}
        result["rows"] = [known[each] for each in digests if each in known]
        output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _row(variant: Variant, seeds: Sequence[int]) -> dict[str, Any]:
    """What each seed gives for one element."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "element.v"
        source.write_text(variant.verilog(), encoding="utf-8")
        if not seeds:
            cells = ecp5.cell_counts(harness.synthesise([source], MODULE, Path(folder) / "netlist"), MODULE)
            counts = {"lut": ecp5.luts(cells), **{name: cells[kind] for name, kind in CELLS.items()}}
        for seed in seeds:
            runs.append(harness.measure([source], MODULE, seed=seed))
            counts = {name: getattr(runs[-1], name) for name in ("lut", *CELLS)}
            said = f"LUT {runs[-1].lut}, FF {runs[-1].ff}, {runs[-1].fmax_hz / 1e6:.1f} MHz"
            print(f"{variant.name}, B = {variant.banks}, seed {seed}: {said}", file=sys.stderr, flush=True)
    return {
        "name": variant.name,
        "banks": variant.banks,
        "control_bits": variant.control_bits,
        **counts,
        "lut_per_multiplier": round(counts["lut"] / counts["dsp"], 1),
        "ff_per_multiplier": round(counts["ff"] / counts["dsp"], 1),
        "runs": [
            {
                name: getattr(run, name)
                for name in ("seed", "fmax_hz", "path_start", "path_end", "path_ns", "path_routing_ns")
            }
            for run in runs
        ],
    }


if __name__ == "__main__":
    sys.exit(ended(main))
