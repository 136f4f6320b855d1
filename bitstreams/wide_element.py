"""The wide element by itself, learning logic included, in both variants: its size and speed on the LFE5U-85F.

    python -m bitstreams.wide_element -o docs/results/wide_element.json

Beside today's element of two multipliers, for a dense network of 144 neurons. One or two minutes a seed of each; the
file is written after every element, and what it has already of the same Verilog and tools is kept.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bitstreams import tools
from bitstreams.harness import measure
from rtl.convert import convert
from rtl.element.element import Element
from rtl.element.wide.control import bank_widths, shared_widths
from rtl.element.wide.element import WideElement
from rtl.element.wide.shape import Links, Width
from rtl.hls import Geometry
from rtl.hls.plan.control import ELEMENT_FIELDS, widths

__all__ = ["GEOMETRY", "VARIANTS", "Variant", "main", "table"]

GEOMETRY = Geometry(elements=18, neurons=144, inputs=8, log2_inverse_step=2, ranges=((4096, (1 << 17) - 1),))
"""Of dense with N = 144, as the compiler makes it; how many elements there are is not wired."""
TOOLS = ("yosys", "nextpnr-ecp5")


@dataclass(frozen=True)
class Variant:
    """An element to measure: today's where there is no width."""

    name: str
    width: Width | None

    @property
    def banks(self) -> int:
        """B."""
        return self.width.banks if self.width else 1

    def verilog(self) -> str:
        """The module `hel_element`."""
        element = WideElement(GEOMETRY, self.width, "ecp5") if self.width else Element(GEOMETRY, "ecp5")
        return convert(element, "hel_element", strip_internal_attrs=True)

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
    Variant(f"chain, {ALL}", Width(4, Links.CHAIN, scales_all=True, negates=True)),
    Variant(f"rings, {ALL}", Width(4, Links.RINGS, scales_all=True, negates=True)),
    Variant("chain", Width(2, Links.CHAIN)),
    Variant("rings", Width(2, Links.RINGS)),
    Variant("chain", Width(8, Links.CHAIN)),
    Variant("rings", Width(8, Links.RINGS)),
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
    known = json.loads(options.output.read_text(encoding="utf-8"))["rows"] if options.output.exists() else []
    result: dict[str, Any] = {
        "command": f"python -m bitstreams.wide_element -o {options.output}",
        "tools": {name: tools.version(name) for name in TOOLS},
        "geometry": asdict(GEOMETRY),
        "rows": [],
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    for variant in VARIANTS:
        digest = hashlib.sha256(json.dumps([variant.verilog(), result["tools"]]).encode()).hexdigest()[:16]
        row = next((row for row in known if row["digest"] == digest), None)
        if row is None or [run["seed"] for run in row["runs"]] != options.seed:
            row = _row(variant, options.seed)
        result["rows"].append({**row, "digest": digest})
        options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def _row(variant: Variant, seeds: Sequence[int]) -> dict[str, Any]:
    """What each seed gives for one element."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "element.v"
        source.write_text(variant.verilog(), encoding="utf-8")
        for seed in seeds:
            runs.append(measure([source], "hel_element", seed=seed))
            said = f"LUT {runs[-1].lut}, FF {runs[-1].ff}, {runs[-1].fmax_hz / 1e6:.1f} MHz"
            print(f"{variant.name}, B = {variant.banks}, seed {seed}: {said}", file=sys.stderr, flush=True)
    first = runs[0]
    return {
        "name": variant.name,
        "banks": variant.banks,
        "control_bits": variant.control_bits,
        **{name: getattr(first, name) for name in ("lut", "ff", "dsp", "bram")},
        "lut_per_multiplier": round(first.lut / first.dsp, 1),
        "ff_per_multiplier": round(first.ff / first.dsp, 1),
        "runs": [
            {
                name: getattr(run, name)
                for name in ("seed", "fmax_hz", "path_start", "path_end", "path_ns", "path_routing_ns")
            }
            for run in runs
        ],
    }


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as the page has them, by B."""
    lines = [
        "| element | B | LUT | a multiplier | FF | block RAM | control bits | MHz, seeds 1 to 3 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: (row["banks"], row["name"])):
        clocks = ", ".join(f"{run['fmax_hz'] / 1e6:.0f}" for run in row["runs"])
        lines.append(
            f"| {row['name']} | {row['banks']} | {row['lut']} | {row['lut_per_multiplier']:.0f} | {row['ff']} "
            f"| {row['bram']} | {row['control_bits']} | {clocks} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
