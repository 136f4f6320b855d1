"""Blocks that share words: as few words as are alive at once, and never two blocks in one word at one time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.errors import HelError
from golden.systems import SYSTEMS
from rtl.hls import Schedule, compile_array
from rtl.hls.check.hazards import check_step
from rtl.hls.plan.control import StationarySource
from rtl.hls.plan.geometry import VECTOR_WORDS
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.traffic import Traffic, VectorBlock
from rtl.hls.schedule.allocate import Life, allocate, bound, lives, peak, rewritten, traffic
from rtl.hls.schedule.search import step_segment
from tests.rtl.hls.cases import program, scheduled

PASSES = ("forward", "echo")

# Lives, by hand.


def test_the_word_of_a_finished_life_is_given_to_the_next() -> None:
    """The next block may be written in the cycle of the last read, and no earlier."""
    first, second = Life(3, 9), Life(9, 14)
    assert not first.meets(second) and not second.meets(first)
    assert allocate({("a", 0): first, ("b", 0): second}) == {("a", 0): 0, ("b", 0): 0}
    assert allocate({("a", 0): first, ("b", 0): Life(8, 14)}) == {("a", 0): 0, ("b", 0): 1}


def test_a_block_that_must_stay_is_gone_round() -> None:
    """b begins later than a; were it not bound to word 0, a would have it."""
    living = {("a", 0): Life(3, 9), ("b", 0): Life(5, 12), ("c", 0): Life(9, 20), ("d", 0): Life(12, 15)}
    assert allocate(living, {("b", 0): 0}) == {("a", 0): 1, ("b", 0): 0, ("c", 0): 1, ("d", 0): 0}


def test_what_a_bound_block_costs() -> None:
    """a, b and c: two at a time. Where a and c are bound to two words, b, which meets both, needs a third."""
    living = {("a", 0): Life(0, 4), ("b", 0): Life(2, 8), ("c", 0): Life(6, 9)}
    assert peak(living) == 2 and max(allocate(living).values()) == 1
    assert allocate(living, {("a", 0): 0, ("c", 0): 1}) == {("a", 0): 0, ("b", 0): 2, ("c", 0): 1}


def test_lives_of_a_step_by_hand() -> None:
    """First write of either context to the last read of either; what is not read lives while it is written."""
    a, b, unread = ("s", 0), ("s", 1), ("d", 0)
    writes = {(3, 0): a, (6, 1): a, (8, 0): b, (9, 1): b, (10, 0): unread, (12, 1): unread}
    reads = {(9, 0): a, (9, 1): b, (11, 0): a, (11, 1): a, (20, 1): b}
    living = lives(Traffic(writes, reads))
    assert living == {a: Life(3, 11), b: Life(8, 20), unread: Life(10, 13)}
    assert peak(living) == 3


def test_addresses_of_a_step_by_hand() -> None:
    """A cut is written in cycle 0 and 1, read by the lanes in cycle 4, and by the stationary operands in cycle 5, in
    which the drift of block 0 reads the states."""
    words = [
        {"s_we": 1, "s_waddr": 5},
        {"s_we": 2, "s_waddr": 5},
        {"s_we": 3, "s_waddr": 0},
        {},
        {"s_addr0": 5, "s_addr1": 5},
        {"x_en": 1, "x_load": 1, "x_store": 1, "s_addr0": 0, "s_addr1": 0},
        {"r_src": StationarySource.S},
        {"we_q": 1, "w_addr": 0},
    ]
    found = traffic(words, {0: ("d", 0), 5: ("s", 0)})
    assert found.writes == {(0, 0): ("s", 0), (1, 1): ("s", 0), (2, 0): ("d", 0), (2, 1): ("d", 0)}
    assert found.reads == {(4, 0): ("s", 0), (4, 1): ("s", 0), (5, 0): ("d", 0), (5, 1): ("d", 0)}
    assert bound(words, found) == {("d", 0): 0}
    after = rewritten(words, found, allocate(lives(found), bound(words, found)))
    changed = [(cycle, name) for cycle, f in enumerate(words) for name in f if after[cycle][name] != f[name]]
    assert changed == [(0, "s_waddr"), (1, "s_waddr"), (4, "s_addr0"), (4, "s_addr1")]
    assert {after[cycle][name] for cycle, name in changed} == {1}


# Lives, at random.

intervals = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 25)), max_size=30)


def living_of(found: list[tuple[int, int]]) -> dict[VectorBlock, Life]:
    return {("v", index): Life(first, first + length) for index, (first, length) in enumerate(found)}


def share(places: dict[VectorBlock, int], living: dict[VectorBlock, Life]) -> bool:
    """Whether two blocks that are alive in one cycle have one word: by looking at every cycle."""
    for cycle in range(max((life.end for life in living.values()), default=0)):
        alive = [places[block] for block, life in living.items() if life.first <= cycle < life.end]
        if len(alive) != len(set(alive)):
            return True
    return False


@settings(derandomize=True, database=None, deadline=None)
@given(intervals)
def test_as_many_words_as_are_alive_at_once(found: list[tuple[int, int]]) -> None:
    living = living_of(found)
    places = allocate(living)
    assert places.keys() == living.keys() and not share(places, living)
    alive = [sum(o.first <= cycle < o.end for o in living.values()) for cycle in range(90)]
    assert len(set(places.values())) == max(places.values(), default=-1) + 1 == peak(living) == max(alive)


@settings(derandomize=True, database=None, deadline=None)
@given(intervals, st.sets(st.integers(0, 29), max_size=6))
def test_bound_blocks_stay_and_none_needs_more_words_than_blocks(found: list[tuple[int, int]], stay: set[int]) -> None:
    living = living_of(found)
    kept = {("v", index): index for index in stay if index < len(found)}
    places = allocate(living, kept)
    assert not share(places, living)
    assert all(places[block] == address for block, address in kept.items())
    assert max(places.values(), default=-1) < max(len(living), 1)


# Schedules.


def used(schedule: Schedule, segment: str) -> int:
    """Words of the vector store that a step writes."""
    return max((f["s_waddr"] + 1 for f in schedule.fields(segment) if f["s_we"]), default=0)


def had(schedule: Schedule, segment: str) -> list[dict[str, int]]:
    """The scheduler's words, in which every block has a word of its own."""
    return step_segment(schedule.plan, schedule.memory, twin=segment == "echo")


def blocks(memory: MemoryMap) -> dict[int, VectorBlock]:
    return {
        memory.vector_base[name] + block: (name, block)
        for name, length in memory.vectors.items()
        for block in range(memory.blocks(length))
    }


SIZES = [(16, 4, 8), (8, 2, 3), (5, 5, 1)]


@pytest.mark.parametrize("system", [*SYSTEMS, *(f"random-{seed}" for seed in range(6))])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_nothing_but_addresses_of_vectors_changes(system: str, sizes: tuple[int, int, int]) -> None:
    """No more words than alive at once, none where two meet, the same words elsewhere, as many cycles as before."""
    schedule = scheduled(system, *sizes)
    for segment in PASSES:
        before, after = had(schedule, segment), schedule.fields(segment)
        assert len(before) == len(after)
        found = schedule.segments[segment].vectors
        assert found == traffic(before, blocks(schedule.memory))
        for cycle, (f, g) in enumerate(zip(before, after, strict=True)):
            for name, value in g.items():
                if name == "s_waddr" and f.get("s_we"):
                    continue
                if name in ("s_addr0", "s_addr1") and (cycle, int(name[-1])) in found.reads:
                    continue
                assert value == f.get(name, 0), (segment, cycle, name)
        assert used(schedule, segment) == peak(lives(found)) <= schedule.memory.vector_words
    depth = max(used(schedule, segment) for segment in PASSES)
    assert schedule.geometry.vector_words == min(words for words in VECTOR_WORDS if words >= depth)


def test_words_of_a_chain_of_springs() -> None:
    """Of 25 blocks of a chain with quartic springs never more than 13 are alive: half the store."""
    schedule = scheduled("fput", 16, 4, 8)
    assert (schedule.memory.vector_words, schedule.geometry.vector_words) == (25, 16)
    assert [used(schedule, segment) for segment in PASSES] == [11, 13]


@pytest.mark.parametrize("segment", PASSES)
@pytest.mark.parametrize(("system", "sizes"), [("pendulum", (8, 4, 1)), ("random-3", (6, 3, 2)), ("stack", (4, 2, 1))])
def test_the_checker_tells_every_pair_of_living_blocks_in_one_word(
    system: str, sizes: tuple[int, int, int], segment: str
) -> None:
    """Every block in turn shares the word of every other: told where their lives meet, and only there.

    All else has words of its own, so that nothing else can be wrong.
    """
    schedule = scheduled(system, *sizes)
    found, words, twin = schedule.segments[segment].vectors, schedule.fields(segment), segment == "echo"
    memory = replace(schedule.memory, geometry=replace(schedule.geometry, vector_words=VECTOR_WORDS[-1]))
    assert not bound(words, found)
    living = lives(found)
    own = {block: index for index, block in enumerate(living)}
    pairs = [(a, b) for a in living for b in living if a != b and {a, b} <= set(found.reads.values())]
    told = 0
    for a, b in pairs:
        shared = rewritten(words, found, own | {a: own[b]})
        if living[a].meets(living[b]):
            told += 1
            with pytest.raises(AssertionError, match="finds .*, not "):
                check_step(memory, segment, shared, found, twin=twin)
        else:
            check_step(memory, segment, shared, found, twin=twin)
    assert 0 < told < len(pairs)


@pytest.mark.parametrize(
    ("system", "sizes", "segment"),
    [("hru", (8, 2, 3), "echo"), ("dense", (12, 1, 1), "forward"), ("hopfield", (12, 1, 1), "echo")],
    ids=str,
)
def test_the_checker_tells_a_bound_block_that_moves(system: str, sizes: tuple[int, int, int], segment: str) -> None:
    """It takes the address of a state word with it."""
    schedule = scheduled(system, *sizes)
    found, words = schedule.segments[segment].vectors, schedule.fields(segment)
    memory = replace(schedule.memory, geometry=replace(schedule.geometry, vector_words=VECTOR_WORDS[-1]))
    places = {block: words[cycle]["s_waddr"] for (cycle, _), block in found.writes.items()}
    kept = bound(words, found)
    assert kept == {block: places[block] for block in kept} and max(kept.values()) < schedule.geometry.fold
    for block in kept:
        changed = rewritten(words, found, places | {block: VECTOR_WORDS[-1] - 1})
        with pytest.raises(AssertionError):
            check_step(memory, segment, changed, found, twin=segment == "echo")


# What does not fit, and what did not.


@pytest.mark.parametrize(("system", "seed_words"), [("fput", 65), ("random-0", 78)])
def test_programs_that_were_refused(system: str, seed_words: int) -> None:
    """More words of vectors than an element has; `test_cycle_model` runs such a one."""
    schedule = compile_array(program(system, 12, 1), elements=1)
    assert schedule.memory.vector_words == seed_words > VECTOR_WORDS[-1] == schedule.geometry.vector_words


def test_too_many_at_a_time() -> None:
    with pytest.raises(
        HelError,
        match="^an element holds at most 64 words of intermediate vectors at a time, N = 12 on P = 1 needs 94;"
        " use more elements$",
    ):
        compile_array(program("random-2", 12, 1), elements=1)
