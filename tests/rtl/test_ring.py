"""The control tree: equal latency for all, few loads on each register."""

from __future__ import annotations

import re

import pytest
from amaranth.back import verilog

from rtl.hls import Geometry
from rtl.ring import BRANCHING, Ring


def text(ring: Ring) -> str:
    return str(verilog.convert(ring, name="ring", emit_src=False))


@pytest.mark.parametrize(
    ("elements", "branches"), [(1, []), (4, []), (5, [2]), (16, [4]), (17, [2, 5]), (72, [2, 5, 18])]
)
def test_the_tree(elements: int, branches: list[int]) -> None:
    """Branches of each level, root first; every element at the same distance."""
    ring = Ring(Geometry(elements, elements, 1))
    found = text(ring)
    assert len(re.findall(r"^\s+hel_element element\d+ ", found, re.M)) == elements
    levels = re.findall(r"^\s+hel_branch branch(\d)_\d+ ", found, re.M)
    assert [levels.count(str(level)) for level in range(len(branches))] == branches
    assert len(levels) == sum(branches)
    assert ring.latency == 1 + len(branches)
    for above, below in zip([1, *branches], [*branches, elements], strict=True):
        assert below <= BRANCHING * above
