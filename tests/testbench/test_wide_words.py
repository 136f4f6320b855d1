"""The study's control words, counted: each word is read, and each gradient written, as often as need be."""

from collections import Counter

import pytest

from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.width import Links, Width
from testbench.wide_words import Map, Step

RINGS = [
    (Links.CHAIN, 4, 2, 8),
    (Links.CHAIN, 4, 3, 24),
    (Links.CHAIN, 2, 3, 12),
    (Links.RINGS, 4, 2, 16),
    (Links.RINGS, 2, 4, 24),
]
by_ring = pytest.mark.parametrize(("links", "banks", "elements", "neurons"), RINGS)
INPUTS = 3


def made(links: Links, banks: int, elements: int, neurons: int) -> Map:
    return Map(Geometry(elements, neurons, INPUTS), Width(banks, links))


def matrix(places: Map) -> set[int]:
    g = places.geometry
    return {places.matrix(j, c, t) for j in range(places.rows) for c in range(g.fold) for t in range(g.elements)}


@by_ring
def test_addresses_do_not_overlap(links: Links, banks: int, elements: int, neurons: int) -> None:
    places = made(links, banks, elements, neurons)
    local = {places.local(f) for f in range(places.geometry.fold)}
    inputs = {places.inputs(j, c) for j in range(places.rows) for c in range(INPUTS)}
    biases = {places.bias(j) for j in range(places.rows)}
    parts = (local, matrix(places), inputs, biases)
    assert sum(map(len, parts)) == len(set().union(*parts)) == places.words - 1
    assert set().union(*parts) == set(range(1, places.words))


@by_ring
def test_a_forward_step_multiplies_every_word_twice(links: Links, banks: int, elements: int, neurons: int) -> None:
    """Once in W x, once in W^T s; where lane 1 has a second row block, each lane reads words of its own."""
    places = made(links, banks, elements, neurons)
    step = Step(places, [1] * INPUTS, twin=False)
    words = step.words()
    ports = ("addr_a", "addr_b") if step.paired else ("addr_a",)
    read = Counter(word[port] for word in words for port in ports if port in word)
    assert {read[address] for address in matrix(places)} == {2}
    assert {read[places.local(f)] for f in range(places.geometry.fold)} == {1}


@by_ring
def test_an_echo_step_adds_to_every_gradient_once(links: Links, banks: int, elements: int, neurons: int) -> None:
    places = made(links, banks, elements, neurons)
    words = Step(places, [1] * INPUTS, twin=True).words()
    assert all(word.get("addr_a") == word.get("addr_b") for word in words if not word.get("lookup"))
    written = Counter(word["g_waddr"] for word in words if word.get("g_we"))
    assert written == dict.fromkeys(range(1, places.words), 1)
    kicks = Counter((word["we_p"], word["w_addr"]) for word in words if word.get("we_p"))
    assert kicks == {(1 << context, f): 1 for context in range(2) for f in range(places.geometry.fold)}
