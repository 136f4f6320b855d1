import pytest

from hel.bench.plan import PARTS, batches_of, cases, plan
from hel.bench.setting import FRAMES


@pytest.mark.parametrize("quick", [False, True])
def test_sizes_are_playable(quick):
    """T is a whole number of rows, but for rounding down; N and batches are positive."""
    for case in cases(plan(quick), PARTS, "dense", True):
        assert case["steps"] >= FRAMES and case["steps"] % FRAMES == 0
        assert case["neurons"] >= 1 and all(batch >= 1 for batch in case.get("batches", ()))


def test_the_whole_plan_is_what_the_page_says():
    whole = cases(plan(False), PARTS, "dense", True)
    speed = {(case["neurons"], case["steps"]) for case in whole if case["what"] == "speed"}
    assert speed == {(n, t) for n in (32, 64, 128) for t in (32, 1000)}
    assert all({1, 64} <= set(case["batches"]) for case in whole if case["what"] == "speed")


def test_without_jax_golden_is_alone():
    alone = cases(plan(True), PARTS, "dense", False)
    assert all(case.get("batches", []) == [] for case in alone)
    assert {case["whose"] for case in alone if case["what"] == "memory"} == {"golden"}


def test_a_batch_that_would_not_fit_is_left_out():
    assert batches_of((1, 64, 4096), 64, 8192) == [1, 64]
    assert batches_of((1, 16), 4096, 8192) == [1]
