"""Which netlists of an array there are, and where the models of their cells stand.

The models are ours, written from the data sheets: that the device's cells do what they say is an assumption, whose
second witness is yosys (tests/testbench/test_cells.py). A netlist is compared by `testbench.verify`, and made by
`bitstreams.netlist`.

>>> [path.name for path in models("route")][-5:]
['DCCA.v', 'TRELLIS_COMB.v', 'TRELLIS_IO_INPUT.v', 'TRELLIS_IO_OUTPUT.v', 'TRELLIS_RAMW.v']
"""

from __future__ import annotations

from pathlib import Path

from golden.errors import HelError

__all__ = ["NETLISTS", "known", "models"]

CELLS = Path(__file__).with_name("cells")
NETLISTS = {"synthesis": (CELLS,), "route": (CELLS, CELLS / "placed")}
"""Netlist -> folders of models, one cell a file."""


def known(stage: str) -> str:
    """`stage`, if there is a netlist of that name; else raises HelError."""
    if stage not in NETLISTS:
        raise HelError(f"a netlist is one of {', '.join(NETLISTS)}, got {stage!r}; choose one of them")
    return stage


def models(stage: str) -> list[Path]:
    """Verilog files with the models of the cells that a netlist may have."""
    return [path for folder in NETLISTS[known(stage)] for path in sorted(folder.glob("*.v"))]
