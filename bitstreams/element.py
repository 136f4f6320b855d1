"""One complete element, learning logic included, by itself: its size and speed on the LFE5U-85F.

    python -m bitstreams.element -o bitstreams/results/element.json

Twenty-odd seconds a seed. The element of 16 is the same module as that of 1; what a whole array of them reaches stands
in the reports of `hel build` beside it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bitstreams.harness import measure
from rtl.convert import convert
from rtl.element.element import Element
from rtl.hls import Geometry

__all__ = ["main"]

GEOMETRY = Geometry(elements=16, neurons=64, inputs=8, log2_inverse_step=2)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m bitstreams.element", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, required=True, help="JSON file")
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3], help="place and route seeds; default: 1 2 3")
    options = parser.parse_args(arguments)
    text = convert(Element(GEOMETRY, technology="ecp5"), "hel_element")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "element.v"
        source.write_text(text, encoding="utf-8")
        for seed in options.seed:
            rows.append(asdict(measure([source], "hel_element", seed=seed)))
            print(f"seed {seed}: {rows[-1]['fmax_hz'] / 1e6:.1f} MHz", file=sys.stderr, flush=True)
    command = f"python -m bitstreams.element -o {options.output}"
    result = {"command": command, "geometry": asdict(GEOMETRY), "rows": rows}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
