"""Step segments: every product once, in both directions of time; nothing used before it is there."""

from __future__ import annotations

from collections import Counter

import pytest

from rtl.hls.plan.control import OpA0, OpA1, StationarySource
from rtl.hls.plan.ring_plan import Local
from rtl.hls.plan.timing import GRAD_READ, GRAD_WRITE, MULTIPLY
from rtl.hls.schedule.schedule import Schedule
from tests.rtl.hls.cases import SYSTEMS, of_every_system, scheduled

SIZES = [(1, 1, 1), (4, 1, 2), (4, 4, 3), (6, 2, 1), (12, 4, 5)]


def weights_used(schedule: Schedule) -> Counter[int]:
    """How often a step multiplies by the word of each address: once for every term that it is in."""
    memory, uses = schedule.memory, Counter[int]()
    for term in (term for statement in schedule.plan.statements for term in statement.terms):
        name = term.a if isinstance(term, Local) else term.matrix
        if name in memory.base:
            uses.update(range(memory.base[name], memory.base[name] + memory.size(name)))
    return uses


@pytest.mark.parametrize(("system", "sizes"), of_every_system(SIZES), ids=str)
def test_the_echo_reads_every_weight_once_for_both_contexts(system: str, sizes: tuple[int, int, int]) -> None:
    schedule = scheduled(system, *sizes)
    fields = schedule.fields("echo")
    read = Counter(f["addr_a"] for f in fields if f["addr_a"])
    assert read == weights_used(schedule)
    used = [fields[cycle + MULTIPLY] for cycle, f in enumerate(fields) if f["addr_a"]]
    assert all(f["opa0"] == OpA0.WEIGHT and f["opa1"] == OpA1.WEIGHT_A for f in used)


@pytest.mark.parametrize(("system", "sizes"), of_every_system(SIZES), ids=str)
def test_the_forward_step_reads_every_weight_on_one_port(system: str, sizes: tuple[int, int, int]) -> None:
    """Each lane an output block of its own; at an odd fold the last block's words go to both."""
    schedule = scheduled(system, *sizes)
    fields = schedule.fields("forward")
    read = Counter(a for f in fields for a in {f["addr_a"], f["addr_b"]} if a)
    assert read == weights_used(schedule)
    used = [fields[cycle + MULTIPLY] for cycle, f in enumerate(fields) if f["addr_a"]]
    assert all(f["opa0"] == OpA0.WEIGHT and f["opa1"] == OpA1.WEIGHT_B for f in used)


@pytest.mark.parametrize(("system", "sizes"), of_every_system(SIZES), ids=str)
def test_the_echo_writes_every_gradient_word_once(system: str, sizes: tuple[int, int, int]) -> None:
    schedule = scheduled(system, *sizes)
    fields = schedule.fields("echo")
    written = sorted(f["g_waddr"] for f in fields if f["g_we"])
    assert written == list(range(1, schedule.memory.words + 1))
    for cycle, f in enumerate(fields):
        if f["g_we"]:
            assert fields[cycle + GRAD_READ - GRAD_WRITE]["g_raddr"] == f["g_waddr"] and not f["g_clear"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_forward_step_leaves_gradients_and_weights_alone(system: str) -> None:
    for segment in ("forward", "echo"):
        assert not any(f["we_b"] for f in scheduled(system, 6, 2, 1).fields(segment))
    assert not any(f["g_we"] for f in scheduled(system, 6, 2, 1).fields("forward"))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("segment", ["forward", "echo"])
def test_state_is_written_twice_and_once(segment: str, sizes: tuple[int, int, int]) -> None:
    """Two half drifts and one kick of every neuron, in this order, in the direction of time."""
    schedule = scheduled("dense", *sizes)
    fields, fold = schedule.fields(segment), schedule.geometry.fold
    for f in range(fold):
        q = [cycle for cycle, word in enumerate(fields) if word["we_q"] and word["w_addr"] == f]
        p = [cycle for cycle, word in enumerate(fields) if word["we_p"] and word["w_addr"] == f]
        assert len(q) == 2 and len(p) == 1 and q[0] < p[0] < q[1]
        assert all(fields[cycle - 1]["q_sub"] == (segment == "echo") for cycle in q)


@pytest.mark.parametrize("segment", ["forward", "echo"])
def test_inputs_are_taken_by_index(segment: str) -> None:
    """Every column of every input matrix meets its input; nothing is popped, so that words may be used twice."""
    schedule = scheduled("dense", 6, 2, 5)
    indices = [f["u_index"] for f in schedule.fields(segment) if f["imm_src"] == 2]
    assert set(indices) == set(range(5))


def test_without_a_table_none_is_looked_up() -> None:
    for segment in ("forward", "echo"):
        for f in scheduled("linear", 6, 2, 1).fields(segment):
            assert not (f["lookup"] or f["s_we"] or f["z_take"]) and f["r_src"] != StationarySource.FRACTION


@pytest.mark.parametrize(("segment", "each"), [("forward", 1), ("echo", 2)])
def test_one_look_up_for_every_s(segment: str, each: int) -> None:
    """Forward: one context's values, written to both; echo: one a context."""
    fields = scheduled("dense", 12, 4, 1).fields(segment)
    assert sum(f["lookup"] for f in fields) == 3 * each
    writes = Counter((f["s_waddr"], f["s_we"]) for f in fields if f["s_we"])
    masks = [3] if each == 1 else [1, 2]
    assert writes == Counter({(neuron, mask): 1 for neuron in range(3) for mask in masks})
