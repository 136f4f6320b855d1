"""A ring of two wide elements is golden's integers bit for bit, and an error put into a control word is seen."""

from typing import Any

import numpy as np
import pytest

from rtl.hls.plan.width import Links
from testbench import wide_ring as study
from testbench.wide_ring import CASES, Case, compare
from testbench.wide_words import Step

pytestmark = pytest.mark.cosim


@pytest.mark.parametrize("technology", ["behavioural", "ecp5"])
@pytest.mark.parametrize("links", Links, ids=lambda links: links.value)
def test_a_ring_of_two_is_golden(links: Links, technology: str) -> None:
    """Half rate forward, twin echo, gradients, update, and a step with the new parameters."""
    found = compare(Case(4, links, neurons=8, inputs=2, steps=1), "icarus", technology)
    assert found["mismatches"] == 0, found["wrong"]
    assert found["compared_words"] == 8 * 4 * 3 + 3 * (8 + 64 + 16 + 8) + 1


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.links.value}-B{case.banks}-N{case.neurons}")
def test_every_committed_case_on_verilator(case: Case) -> None:
    found = compare(case)
    assert found["mismatches"] == 0, found["wrong"]


@pytest.mark.parametrize(("field", "wrong"), [("acc_prev", "echo"), ("first_clear", "forward")])
def test_an_error_in_the_control_words_is_seen(monkeypatch: pytest.MonkeyPatch, field: str, wrong: str) -> None:
    right = Step.words

    def without(self: Step) -> Any:
        return [{name: value for name, value in word.items() if name != field} for word in right(self)]

    monkeypatch.setattr(Step, "words", without)
    found = compare(Case(4, Links.CHAIN, neurons=8, inputs=2, steps=1), "icarus")
    assert wrong in found["wrong"]


def test_every_parameter_has_one_place() -> None:
    ring = study.Ring(Case(4, Links.CHAIN, neurons=16))
    places = list(ring.places())
    assert len({(bank, address) for bank, address, *_ in places}) == len(places)
    assert min(address for _, address, *_ in places) == 1
    for name, shape in ring.program.parameters:
        there = np.concatenate([index for _, _, owner, index in places if owner == name])
        assert sorted(there.tolist()) == list(range(int(np.prod(shape)))), name
