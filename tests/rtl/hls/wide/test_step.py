"""Steps on arrays of several banks: what overlaps, what is counted, and what changes nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from rtl.hls.plan.wide_timing import ACCUMULATE, GRAD_WRITE
from rtl.hls.wide.schedule import WideSchedule, compile_wide
from tests.rtl.hls.cases import FORMATS, program


def made(neurons: int, elements: int, banks: int, inputs: int, formats: str = "reference") -> WideSchedule:
    return compile_wide(program("dense", neurons, inputs, FORMATS[formats]), elements=elements, banks=banks)


def slots(schedule: WideSchedule, name: str) -> Counter[str]:
    """What the slots of a step are for."""
    words, found = schedule.fields(name), Counter[str]()
    for cycle, f in enumerate(words):
        if f["acc_en"]:
            found["chain" if f["acc_prev"] else "row"] += 1
        found["look-up"] += f["lookup"]
        found["gradient"] += f["g_we"]
        assert cycle >= ACCUMULATE or not f["acc_en"]
        assert cycle >= GRAD_WRITE or not f["g_we"]
    return +found


@pytest.mark.parametrize("sizes", [(64, 4, 4, 3), (24, 3, 4, 2), (16, 2, 2, 1)], ids=str)
def test_every_product_takes_one_slot_of_all_banks(sizes: tuple[int, int, int, int]) -> None:
    n, p, b, m = sizes
    fold, schedule = n // p, made(*sizes)
    rows, lanes = fold // b, 2
    outer = m + 1 + fold * p
    assert slots(schedule, "echo") == {
        "row": rows * outer,
        "look-up": lanes * fold,
        "chain": rows * (b + rows * p * b),
        "gradient": fold + rows * outer,
    }
    pairs = -(-rows // lanes)
    if schedule.rotated:
        assert rows == lanes, "of two row groups, each lane has one, for one column group after the other"
        chain = rows * (b + p * b)
    else:
        chain = pairs * (b + rows * p * b)
    assert slots(schedule, "forward") == {"row": pairs * outer, "look-up": fold, "chain": chain}


@pytest.mark.parametrize(("sizes", "beyond"), [((64, 16, 2, 8), 14), ((128, 16, 4, 8), 14), ((144, 18, 4, 8), 14)])
def test_an_echo_is_hardly_longer_than_its_slots(sizes: tuple[int, int, int, int], beyond: int) -> None:
    """Drifts, loads, look-ups' latencies and kicks cost nothing; the last gradient's way to its memory does."""
    schedule = made(*sizes)
    assert len(schedule.segments["echo"].words) <= slots(schedule, "echo").total() + beyond


@pytest.mark.parametrize("sizes", [(128, 16, 4, 8), (144, 18, 4, 8)], ids=str)
def test_multipliers_of_large_networks_are_busy(sizes: tuple[int, int, int, int]) -> None:
    """A step with one pair of row groups: the next one's row sums fall under its kicks, squares under look-ups."""
    schedule = made(*sizes)
    assert schedule.rotated
    assert schedule.busy("forward") >= 0.88
    assert schedule.busy("echo") >= 0.96


def test_squares_and_look_ups_share_slots() -> None:
    schedule = made(64, 8, 4, 3)
    words = schedule.fields("echo")
    squares = {cycle - GRAD_WRITE for cycle, f in enumerate(words) if f["g_we"] and f["g_local"]}
    looked = {cycle for cycle, f in enumerate(words) if f["lookup"]}
    assert len(squares) == schedule.geometry.fold and len(squares - looked) <= 1, "one where sums are cleared"


def test_busy_counts_the_networks_products_alone() -> None:
    whole, padded = made(16, 2, 4, 2), made(13, 2, 4, 2)
    for name in ("forward", "echo"):
        assert len(whole.segments[name].words) == len(padded.segments[name].words)
        assert padded.busy(name) == padded.products(name) / (2 * 2 * 4 * len(padded.segments[name].words))
    n, m = 13, 2
    assert padded.products("forward") == 2 * n * n + n * m + 2 * n
    assert padded.products("echo") == 2 * (3 * n * n + 2 * n * m + 4 * n)


def test_formats_do_not_change_the_steps() -> None:
    reference = made(12, 3, 2, 2)
    for formats in FORMATS:
        found = made(12, 3, 2, 2, formats)
        assert [found.segments[s].words for s in ("forward", "echo")] == [
            reference.segments[s].words for s in ("forward", "echo")
        ]


def test_a_schedule_is_a_function_of_its_program() -> None:
    assert made(16, 2, 4, 2).words == made(16, 2, 4, 2).words
