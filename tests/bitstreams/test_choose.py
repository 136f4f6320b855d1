"""The automatic choice is the largest array that fits, and says why."""

from dataclasses import replace

import pytest

from bitstreams import choose
from bitstreams.choose import choose_elements
from bitstreams.devices import DEVICES
from bitstreams.estimate import Estimate, estimate, missing
from golden.errors import HelError
from rtl.design import Design


def hru(neurons):
    return Design("hru", neurons=neurons, inputs=3, elements=1)


class Refusing(Design):
    """A design that some numbers of elements have no schedule for."""

    refused = ()
    rule = "the ring has no form for it"

    @property
    def geometry(self):
        if self.elements in self.refused:
            raise HelError(self.rule)
        return super().geometry


@pytest.mark.parametrize(("board", "device"), [("ulx3s_25f", "lfe5u_25f"), ("ulx3s_85f", "lfe5u_85f")])
def test_the_choice_fits_and_the_next_larger_does_not(board, device):
    neurons, size = 48, DEVICES[device]
    choice = choose_elements(hru(neurons), board)
    assert not missing(choice.estimate, size) and choice.design.geometry.elements == choice.design.elements
    larger = [p for p in range(choice.design.elements + 1, neurons + 1) if neurons % p == 0]
    for p in larger:
        assert 2 * p > size.dsp or missing(estimate(replace(hru(neurons), elements=p).geometry), size)
    assert f"P = {choice.design.elements} is the largest divisor of N = 48 that {device} holds" in choice.reason
    assert (f"P = {larger[0]} needs " in choice.reason) if larger else ("one neuron an element" in choice.reason)


def test_few_neurons_take_an_element_each():
    choice = choose_elements(hru(4), "ulx3s_85f")
    assert choice.design.elements == 4 and choice.reason.endswith("one neuron an element")


def test_multipliers_are_looked_at_first(monkeypatch):
    asked = []

    def estimated(geometry):
        asked.append(geometry.elements)
        return Estimate(2 * geometry.elements, 0, 0, 0)

    monkeypatch.setattr(choose, "estimate", estimated)
    choice = choose_elements(hru(28), "ulx3s_25f")
    assert choice.design.elements == 14 == max(asked)
    assert choice.reason.endswith("P = 28 needs multipliers: 56 of 28")


def test_nothing_fits(monkeypatch):
    monkeypatch.setattr(choose, "estimate", lambda geometry: Estimate(2, 2, 10**6, 5))
    with pytest.raises(HelError, match="no array of 4 neurons fits lfe5u_25f: P = 1 needs LUTs: 1000000 of 21859; use"):
        choose_elements(hru(4), "ulx3s_25f")


def test_an_array_that_cannot_be_is_passed_over():
    class All(Refusing):
        refused = (1, 2, 4)

    with pytest.raises(HelError, match="P = 4 cannot be: the ring has no form for it"):
        choose_elements(All("hru", neurons=4, inputs=3), "ulx3s_85f")

    class Larger(Refusing):
        refused = (4,)

    choice = choose_elements(Larger("hru", neurons=4, inputs=3), "ulx3s_85f")
    assert choice.design.elements == 2 and choice.reason.endswith("P = 4 cannot be: the ring has no form for it")


def test_too_large_above_and_impossible_below():
    class Smaller(Refusing):
        refused = (1, 2, 4, 8, 16)
        rule = "an element holds at most 511 parameter words, this one has 600; use more elements"

    with pytest.raises(HelError) as error:
        choose_elements(Smaller("hru", neurons=32, inputs=3), "ulx3s_25f")
    assert "P = 32 needs multipliers: 64 of 28; P = 16 needs multipliers" not in str(error.value)
    assert "needs multipliers: 32 of 28; P = 8 cannot be: an element holds at most 511" in str(error.value)
    assert str(error.value).endswith("this one has 600; use another number of neurons or another board")


def test_a_prime_number_of_neurons_leaves_no_choice(monkeypatch):
    monkeypatch.setattr(choose, "estimate", lambda geometry: Estimate(2, 2, 10**6, 5))
    with pytest.raises(HelError, match=r"neurons \(13 is prime, 12 and 14 are not\) or another"):
        choose_elements(hru(13), "ulx3s_85f")
