"""Blocks that the two lanes turn: every word is met once, no way is longer than each block's own, bands go in pairs."""

import random

import pytest

from rtl.hls.plan.ring_visits import visits
from rtl.hls.schedule.rotations import rotations


def met(found, rows):
    """(row block, column block, step) of every product of both lanes, in the order of the ways."""
    for turn in found:
        for _, step in turn.way:
            if step is not None:
                for lane in range(2):
                    if turn.lanes >> lane & 1:
                        yield rows[lane], turn.columns[lane], step


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("two_way", [True, False])
def test_every_word_is_met_once_and_no_way_is_longer_than_apart(seed: int, two_way: bool) -> None:
    rng, elements = random.Random(seed), 8
    steps = {}
    for f in range(2):
        for g in rng.sample(range(6), rng.randint(0, 5)):
            steps[f, g] = set(rng.sample(range(elements), rng.randint(1, 4)))
    found = rotations(steps, (0, 1), elements=elements, two_way=two_way)
    wanted = sorted((f, g, t) for (f, g), each in steps.items() for t in each)
    assert sorted(word for word in met(found, (0, 1)) if word in wanted) == wanted, "each word once"
    apart = sum(len(visits(sorted(each), elements, two_way=two_way)) for each in steps.values())
    assert sum(len(turn.way) for turn in found) <= apart
    assert len({turn.columns for turn in found}) == len(found), "a fetch stands for one rotation"


def test_the_lanes_of_a_band_hold_neighbouring_blocks() -> None:
    band = {(f, g): steps for f in range(2) for g, steps in ((f, {0, 1}), (f + 1, {3}))}
    found = rotations(band, (0, 1), elements=4, two_way=True)
    assert [(turn.columns, turn.lanes) for turn in found] == [((0, 1), 3), ((1, 2), 3)]


def test_the_lanes_of_a_full_matrix_hold_the_same_block() -> None:
    full = {(f, g): set(range(4)) for f in range(2) for g in range(3)}
    assert [turn.columns for turn in rotations(full, (0, 1), elements=4, two_way=False)] == [(0, 0), (1, 1), (2, 2)]


def test_one_row_block_has_every_column_of_its_own() -> None:
    found = rotations({(2, 0): {1}, (2, 5): {0, 1}}, (2,), elements=4, two_way=False)
    assert [(turn.columns, turn.lanes) for turn in found] == [((0, 0), 3), ((5, 5), 3)]
