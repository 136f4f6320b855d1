"""Floor plans: sites that exist, each used once, neighbours side by side; and what they do to a netlist."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bitstreams.floorplan import ELEMENT, GRIDS, pin, places

SITES = {"85k": 48, "45k": 32}
KINDS = {"MULT18": (0, 1, 4, 5), "EBR": (0, 1, 2, 3)}
"""Numbers of the blocks of a segment; a multiplier's is its column, a block RAM takes two columns."""


def where(bel: str) -> tuple[int, int, str, int]:
    found = re.fullmatch(r"X(\d+)/Y(\d+)/(MULT18_|EBR)(\d)", bel)
    assert found is not None, bel
    return int(found[1]), int(found[2]), found[3].rstrip("_"), int(found[4])


@pytest.mark.parametrize("size", SITES)
def test_every_block_has_a_site_of_its_own(size: str) -> None:
    grid = GRIDS[size]
    for elements in range(1, SITES[size] + 1):
        plan = places(elements, size)
        assert len(plan) == elements
        bels = [bel for blocks in plan for bel in blocks.values()]
        assert len(set(bels)) == 4 * elements
        for column, row, kind, number in map(where, bels):
            assert number in KINDS[kind]
            assert column - number * (2 if kind == "EBR" else 1) in grid.columns
            assert row in [rows[kind == "EBR"] for rows in grid.rows]


@pytest.mark.parametrize("size", SITES)
def test_the_ring_is_closed_by_neighbours(size: str) -> None:
    """From each element to the next, and from the last to the first: a few segments along a row, or to the next row."""
    widest = max(b - a for a, b in zip(GRIDS[size].columns, GRIDS[size].columns[1:], strict=False))
    rows = GRIDS[size].rows
    for elements in range(2, SITES[size] + 1):
        plan = [where(blocks["lanes.multiplier0.dsp"])[:2] for blocks in places(elements, size)]
        for (x, y), (x_next, y_next) in zip(plan, [*plan[1:], plan[0]], strict=True):
            assert abs(x - x_next) <= 2 * widest
            assert abs(y - y_next) <= rows[1][0] - rows[0][0]


@pytest.mark.parametrize(("elements", "size"), [(49, "85k"), (33, "45k"), (4, "25k")])
def test_the_placer_decides_where_there_is_no_plan(elements: int, size: str) -> None:
    assert places(elements, size) == []


def netlist(path: Path, elements: int) -> dict[str, Any]:
    block = {"type": "DP16KD", "attributes": {"src": "x"}}
    element = {"weights.ram": block, "gradient.memory.ram": block, "other.ram": block, "x": {"type": "LUT4"}}
    element |= {f"lanes.multiplier{k}.dsp": {"type": "MULT18X18D", "attributes": {}} for k in (0, 1)}
    ring = {f"array.ring.element{k}": {"type": ELEMENT, "attributes": {}} for k in range(elements)}
    modules = {ELEMENT: {"cells": element}, "top": {"cells": ring | {"pll": {"type": "EHXPLLL"}}}}
    path.write_text(json.dumps({"creator": "a test", "modules": modules}))
    return modules


def test_each_element_is_pinned_where_the_plan_says(tmp_path: Path) -> None:
    path = tmp_path / "netlist.json"
    before, plan = netlist(path, 12), places(12, "85k")
    pin(path, plan)
    after = json.loads(path.read_text())["modules"]
    assert ELEMENT not in after and set(after["top"]["cells"]) == set(before["top"]["cells"])
    for index, blocks in enumerate(plan):
        cells = after[after["top"]["cells"][f"array.ring.element{index}"]["type"]]["cells"]
        assert {name: cell["attributes"]["BEL"] for name, cell in cells.items() if name in blocks} == blocks
        assert "BEL" not in cells["other.ram"]["attributes"] and cells["x"] == {"type": "LUT4"}


def test_without_a_plan_the_netlist_stays(tmp_path: Path) -> None:
    path = tmp_path / "netlist.json"
    netlist(path, 2)
    text = path.read_text()
    pin(path, [])
    assert path.read_text() == text
