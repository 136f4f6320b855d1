"""The schedule's words on a ring of wide elements give golden's integers bit for bit; a wrong word does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rtl.hls.wide.rotated import forward_segments
from testbench.wide_array import CASES, ArrayCase, compare
from tests.rtl.hls.wide.potentials import Layers

pytestmark = pytest.mark.cosim
SMALLEST = ArrayCase(8, 2, 2, inputs=1, steps=1)


@pytest.mark.parametrize("technology", ["behavioural", "ecp5"])
def test_a_ring_of_two_is_golden(technology: str) -> None:
    """Of the device's cells and their models, too; two steps, so that one has an iteration of the loop."""
    found = compare(replace(SMALLEST, steps=2), "icarus", technology)
    assert found["mismatches"] == 0, found["wrong"]
    assert found["compared_words"] == 8 * 4 * 3 + 3 * (8 + 64 + 8 + 8) + 1


@pytest.mark.parametrize(("system", "technology", "part_log2"), [("stack", "behavioural", 6), ("pendulum", "ecp5", 2)])
def test_the_last_bank_alone_is_golden(system: str, technology: str, part_log2: int) -> None:
    """Sums that move through all banks; on the device's cells a table beyond its steep end, which raises its flag."""
    found = compare(ArrayCase(4, 2, 2, inputs=1, steps=1, system=system), "icarus", technology, part_log2)
    assert found["mismatches"] == 0, found["wrong"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.system}-B{case.banks}-P{case.elements}-N{case.neurons}"
)
def test_every_committed_case_on_verilator(case: ArrayCase) -> None:
    found = compare(case)
    assert found["mismatches"] == 0, found["wrong"]


@pytest.mark.slow
@pytest.mark.parametrize("banks", [2, 4])
def test_layers_that_are_subtracted_on_verilator(banks: int) -> None:
    """Banks that subtract products, sums of several lengths, a chain of two matrices."""
    found = compare(ArrayCase(9, 2, banks, inputs=2, system=Layers(9, 2, 20, 3)))
    assert found["mismatches"] == 0, found["wrong"]


def test_a_kick_of_another_sign_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checker sees it first; here it is told to look away."""
    right = forward_segments

    def wrong(*of: Any) -> Any:
        return {
            name: [{**word, "p_sub": 1 - word["p_sub"]} if "p_sub" in word else word for word in words]
            for name, words in right(*of).items()
        }

    monkeypatch.setattr("rtl.hls.wide.schedule.forward_segments", wrong)
    monkeypatch.setattr("rtl.hls.wide.schedule.check_wide_loop", lambda *_: None)
    assert {"forward", "again"} <= set(compare(SMALLEST, "icarus")["wrong"])
