"""Where an array's multipliers and block RAMs lie: element by element along the ring, instead of wherever they fit.

The analytic placer has only pins to hold on to; left alone it spreads an element over a third of the device, and its
paths with it. Here each element gets two multipliers side by side and two block RAMs below them, and the placer
does the rest around those fixed points.

The ring goes along one row of multipliers and back along the next, so that every element's neighbours are beside it
and the last is beside the first; up to `ONE_ROW` elements share a row. An array that needs more sites than two rows
have is left to the placer.

Example
-------
>>> first, second = places(8, "85k")[:2]
>>> first["lanes.multiplier0.dsp"], first["weights.ram"], second["lanes.multiplier0.dsp"]
('X4/Y34/MULT18_0', 'X4/Y46/EBR0', 'X17/Y34/MULT18_4')
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["GRIDS", "Grid", "pin", "places"]

ELEMENT = "hel_element"
ONE_ROW = 2
"""Elements that one row takes before the ring turns."""
PITCH = 13
"""Columns between elements, where there is room: about what the logic of an element needs on either side of its row."""


@dataclass(frozen=True)
class Grid:
    """Hard blocks of a device, by the tile grid of Project Trellis.

    columns : first column of each segment of a row; a segment has four multipliers and four block RAMs
    rows : (row of multipliers, row of block RAMs) for the two directions of the ring
    """

    columns: tuple[int, ...]
    rows: tuple[tuple[int, int], tuple[int, int]]


GRIDS = {
    "85k": Grid((4, 13, 22, 31, 40, 49, 58, 78, 87, 96, 105, 114), ((34, 46), (58, 70))),
    "45k": Grid((4, 13, 22, 31, 51, 60, 69, 78), ((22, 34), (46, 58))),
}
"""Devices by nextpnr's option, with the segments that all these rows have."""


def places(elements: int, size: str) -> list[dict[str, str]]:
    """BELs of each element's hard blocks by the ends of their names; empty where the device has no such plan."""
    grid = GRIDS.get(size)
    if grid is None:
        return []
    # Half a segment holds two multipliers and two block RAMs: one element.
    sites = [(column, half) for column in grid.columns for half in (0, 1)]
    count = elements if elements <= ONE_ROW else -(-elements // 2)
    if count > len(sites):
        return []
    row_sites = _spread(count, sites)
    found = []
    for index in range(elements):
        row, step = divmod(index, count)
        column, half = row_sites[step if row == 0 else count - 1 - step]
        multipliers, memories = grid.rows[row]
        found.append(
            {
                "lanes.multiplier0.dsp": f"X{column + 4 * half}/Y{multipliers}/MULT18_{4 * half}",
                "lanes.multiplier1.dsp": f"X{column + 4 * half + 1}/Y{multipliers}/MULT18_{4 * half + 1}",
                "weights.ram": f"X{column + 4 * half}/Y{memories}/EBR{2 * half}",
                "gradient.memory.ram": f"X{column + 4 * half + 2}/Y{memories}/EBR{2 * half + 1}",
            }
        )
    return found


def _spread(count: int, sites: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """So many sites of a row, in order, at the most even pitch there is; the leftmost of these.

    A gap too wide is slow, for the slowest path of an array goes from an accumulator to the next element's; one too
    narrow leaves no room for an element's logic.
    """
    columns = [column + 4 * half for column, half in sites]
    pitch = min(PITCH, (columns[-1] - columns[0]) / max(count - 1, 1))

    @cache
    def best(first: int, left: int) -> tuple[float, tuple[int, ...]]:
        """Largest deviation from the pitch, and the sites, of `left` elements from site `first` on."""
        if left == 1:
            return 0, (first,)
        choices = []
        for second in range(first + 1, len(sites) - left + 2):
            rest, chosen = best(second, left - 1)
            choices.append((max(rest, abs(columns[second] - columns[first] - pitch)), (first, *chosen)))
        return min(choices)

    return [sites[k] for k in min(best(first, count) for first in range(len(sites) - count + 1))[1]]


def pin(netlist: Path, plan: Sequence[Mapping[str, str]], element: str = ELEMENT) -> None:
    """Gives each element of a netlist its own copy of the element's module, with its hard blocks at the plan's BELs."""
    if not plan:
        return
    design = json.loads(netlist.read_text(encoding="utf-8"))
    modules = design["modules"]
    for module in list(modules.values()):
        for name, cell in module["cells"].items():
            if cell["type"] == element:
                index = re.search(r"(\d+)$", name)
                assert index is not None, name
                cell["type"] = f"{element}{index[1]}"
                modules[cell["type"]] = _pinned(modules[element], plan[int(index[1])])
    del modules[element]
    netlist.write_text(json.dumps(design), encoding="utf-8")


def _pinned(module: Mapping[str, object], blocks: Mapping[str, str]) -> Mapping[str, object]:
    own = copy.deepcopy(module)
    cells = own["cells"]
    assert isinstance(cells, dict)
    for name, cell in cells.items():
        for end, bel in blocks.items():
            if name.endswith(end):
                cell["attributes"]["BEL"] = bel
    return own
