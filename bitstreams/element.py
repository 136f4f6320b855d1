"""One complete element, learning logic included, by itself: its size and speed on the LFE5U-85F.

    python -m bitstreams.element -o bitstreams/results/element.json

And the same element with other function tables than that of tanh (`TABLES`): what a comparison and a sum for an address
take, and what several tables; with other operands of its positions (`OPERANDS`); and with ranges of parameters
(`RANGES`). Twenty-odd seconds a seed of each.
The element of 16 is the same module as that of 1; what a whole array of them reaches stands in the reports of
`hel build` beside it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bitstreams.harness import measure
from golden.errors import ended
from rtl.convert import convert
from rtl.element.element import Element
from rtl.hls import Geometry
from rtl.hls.plan.table_shape import TableShape

__all__ = ["OPERANDS", "RANGES", "TABLES", "main"]

GEOMETRY = Geometry(elements=16, neurons=64, inputs=8, log2_inverse_step=2)
_STEEP = TableShape("", low=-100, high=300, steep=(False, True), base=400)
_EVEN, _TURN = TableShape("even", high=150, base=801), TableShape("odd", turn=True, high=64, base=952)
TABLES = {
    "sin": replace(GEOMETRY, tables=(TableShape(steep=(False, True)),)),
    "one steep": replace(GEOMETRY, tables=(_STEEP,)),
    "three": replace(GEOMETRY, tables=(_STEEP, _EVEN, _TURN)),
    "three, 2048 words": replace(GEOMETRY, tables=(_STEEP, _EVEN, _TURN), weight_words=2048),
}
"""Tables that an element may have."""
OPERANDS = {
    "t": replace(GEOMETRY, cut_positions=False, turns=True),
    "x and t": replace(GEOMETRY, turns=True),
}
"""What positions may be as operands, beside x alone."""
_TOP = (1 << 17) - 1
RANGES = {
    "one, of a stiffness": replace(GEOMETRY, ranges=((4096, _TOP),)),
    "two, of springs": replace(GEOMETRY, ranges=((0, _TOP), (4096, _TOP))),
    "three, of any ends": replace(GEOMETRY, ranges=((-30000, -3000), (-3000, 50000), (4097, 70000))),
}
"""Ranges that parameters may have."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m bitstreams.element", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, required=True, help="JSON file")
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3], help="place and route seeds; default: 1 2 3")
    options = parser.parse_args(arguments)
    command = f"python -m bitstreams.element -o {options.output}"
    result = {"command": command, "geometry": asdict(GEOMETRY), "rows": _rows("tanh", GEOMETRY, options.seed)}
    result["tables"] = [
        {"name": name, "tables": [str(shape) for shape in g.tables], "rows": _rows(name, g, options.seed)}
        for name, g in TABLES.items()
    ]
    result["ranges"] = [{"name": name, "rows": _rows(name, g, options.seed)} for name, g in RANGES.items()]
    result["operands"] = [{"name": name, "rows": _rows(name, g, options.seed)} for name, g in OPERANDS.items()]
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def _rows(name: str, geometry: Geometry, seeds: Sequence[int]) -> list[dict[str, Any]]:
    """What each seed gives for one element of an array."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "element.v"
        source.write_text(convert(Element(geometry, technology="ecp5"), "hel_element"), encoding="utf-8")
        for seed in seeds:
            rows.append(asdict(measure([source], "hel_element", seed=seed)))
            said = f"LUT {rows[-1]['lut']}, FF {rows[-1]['ff']}, {rows[-1]['fmax_hz'] / 1e6:.1f} MHz"
            print(f"{name}, seed {seed}: {said}", file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(ended(main))
