"""Tiles of elements of several banks: every block has a site of its own, and the ring is closed by neighbours."""

from __future__ import annotations

import re

import pytest

from bitstreams.floorplan import GRIDS
from bitstreams.tiles import ROWS, tiles, tour


@pytest.mark.parametrize("banks", [2, 4, 8])
@pytest.mark.parametrize("size", ROWS)
def test_every_block_has_a_site_of_its_own(size: str, banks: int) -> None:
    for elements in range(1, len(ROWS[size]) * (2 * len(GRIDS[size].columns) // banks) + 1):
        plan = tiles(elements, banks, size)
        bels = [bel for blocks in plan for bel in blocks.values()]
        assert len(plan) == elements and len(set(bels)) == len(bels) == 4 * banks * elements
        for bel in bels:
            found = re.fullmatch(r"X(\d+)/Y(\d+)/(MULT18_|EBR)(\d)", bel)
            assert found is not None, bel
            x, y, kind, number = int(found[1]), int(found[2]), found[3], int(found[4])
            assert number in ((0, 1, 4, 5) if kind == "MULT18_" else (0, 1, 2, 3))
            assert x - number * (1 if kind == "MULT18_" else 2) in GRIDS[size].columns
            assert y in [row[kind == "EBR"] for row in ROWS[size]]


def place(bel: str) -> tuple[int, int]:
    found = re.match(r"X(\d+)/Y(\d+)/", bel)
    assert found is not None
    return int(found[1]), int(found[2])


@pytest.mark.parametrize(("elements", "longest"), [(18, 30), (16, 30), (12, 30), (17, 47), (2, 30)])
def test_a_sum_goes_on_beside_where_it_was(elements: int, longest: int) -> None:
    """B = 4 on the 85F: from the last bank of each element to the first of the next, and around."""
    plan = tiles(elements, 4, "85k")
    for before, after in zip(plan, [*plan[1:], plan[0]], strict=True):
        (x, y), (x_next, y_next) = place(before["bank3.multiplier0.dsp"]), place(after["bank0.multiplier0.dsp"])
        assert abs(x - x_next) + abs(y - y_next) <= longest


def test_a_full_tour_has_neighbours_alone() -> None:
    for elements, columns in ((18, 6), (36, 12), (16, 6), (24, 12)):
        found = tour(elements, columns, 3)
        for (row, column), (next_row, next_column) in zip(found, [*found[1:], found[0]], strict=True):
            assert abs(row - next_row) + abs(column - next_column) == 1


def test_what_is_left_out_lies_in_the_middle_of_the_last_row() -> None:
    every = set(tour(18, 6, 3))
    assert every - set(tour(16, 6, 3)) == {(2, 2), (2, 3)}
    assert every - set(tour(14, 6, 3)) == {(2, 2), (2, 3), (2, 4), (2, 5)}


@pytest.mark.parametrize(("elements", "banks", "size"), [(19, 4, "85k"), (9, 4, "45k"), (2, 4, "25k")])
def test_the_placer_decides_where_there_is_no_plan(elements: int, banks: int, size: str) -> None:
    assert tiles(elements, banks, size) == []
