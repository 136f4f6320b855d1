"""Transfers on the cycle model: words go in and come out again, each where it belongs."""

from __future__ import annotations

import numpy as np
import pytest

from rtl.hls import play
from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.plan.control import ImmSource
from rtl.hls.schedule.schedule import Schedule
from rtl.host.driver import Driver
from tests.rtl.hls.cases import FORMATS, SYSTEMS, Case, program, random_case, scheduled

SIZES = [(1, 1, 1), (8, 8, 2), (6, 2, 3), (14, 1, 1)]


def loaded(sizes: tuple[int, int, int], system: str = "dense", **formats: str) -> tuple[Schedule, CycleModel, Case]:
    neurons, elements, inputs = sizes
    f = FORMATS[formats.get("formats", "reference")]
    schedule = scheduled(system, neurons, elements, inputs, f)
    return (
        schedule,
        CycleModel(schedule.geometry),
        random_case(program(system, neurons, inputs, f), steps=1, seed=4, scale=1),
    )


@pytest.mark.parametrize("formats", FORMATS)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_state_and_parameters_come_back(sizes: tuple[int, int, int], formats: str) -> None:
    schedule, model, case = loaded(sizes, formats=formats)
    d = Driver(schedule)
    play(schedule, model, [*d.load_parameters(case.theta), *d.load_state(case.q, case.p)])
    q, p = d.state(play(schedule, model, d.read_state()))
    for context in range(2):
        np.testing.assert_array_equal(q[context], case.q)
        np.testing.assert_array_equal(p[context], case.p)
    np.testing.assert_array_equal(d.position(play(schedule, model, d.read_position())), case.q)
    for name, words in d.parameters(play(schedule, model, d.read_parameters())).items():
        np.testing.assert_array_equal(words, case.theta[name], name)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_neurons_and_weights_lie_where_the_memory_map_says(sizes: tuple[int, int, int]) -> None:
    schedule, model, case = loaded(sizes)
    d, g = Driver(schedule), schedule.geometry
    play(schedule, model, [*d.load_table(), *d.load_parameters(case.theta), *d.load_state(case.q, case.p)])
    for neuron in range(g.neurons):
        assert (model.position[:, neuron % g.elements, neuron // g.elements] == case.q[neuron]).all()
        assert (model.momentum[:, neuron % g.elements, neuron // g.elements] == case.p[neuron]).all()
    expected = schedule.memory.pack(case.theta)
    np.testing.assert_array_equal(model.weights[:, 1 : expected.shape[1]], expected[:, 1:])
    assert (model.weights[:, 512:] > 0)[:, 1:].all(), "the table"
    assert len(set(model.weights[:, 0])) == 1 and model.weights[0, 0] > 0, "its clamp"


def test_gradient_words_of_36_bits_come_back() -> None:
    schedule, model, case = loaded((6, 2, 3))
    random, d = np.random.default_rng(1), Driver(schedule)
    grads = {name: random.integers(-(1 << 35), 1 << 35, words.shape) for name, words in case.theta.items()}
    packed = schedule.memory.pack(grads)
    model.gradients[:, : packed.shape[1]] = packed
    for name, words in d.gradients(play(schedule, model, d.read_gradients())).items():
        np.testing.assert_array_equal(words, grads[name], name)
    play(schedule, model, d.clear())
    model.step({})  # the last write
    assert not model.gradients.any()


def test_the_nudge_is_minus_e_and_plus_e() -> None:
    schedule, model, case = loaded((6, 2, 3))
    d, e = Driver(schedule), case.e[0] // 4
    play(schedule, model, [*d.load_state(case.q, case.p // 2), *d.nudge(e)])
    q, p = d.state(play(schedule, model, d.read_state()))
    np.testing.assert_array_equal(p, np.stack([case.p // 2 - e, case.p // 2 + e]))
    np.testing.assert_array_equal(q, np.stack([case.q, case.q]))


@pytest.mark.parametrize("system", SYSTEMS)
def test_segments_consume_and_send_one_word_an_element(system: str) -> None:
    schedule = scheduled(system, 6, 3, 2)
    for segment in schedule.segments.values():
        fields = schedule.fields(segment.name)
        taken = sum(f["imm_src"] == ImmSource.WORD for f in fields)
        assert taken == (3 if segment.loads else 0), segment.name
        assert sum(f["push"] for f in fields) == (3 if segment.sends else 0), segment.name


def test_the_update_visits_every_word_once() -> None:
    schedule = scheduled("dense", 6, 2, 2)
    fields = schedule.fields("update")
    every = list(range(1, schedule.memory.words + 1))
    assert [f["addr_b"] for f in fields if f["we_b"] and f["w_theta"]] == every
    assert [f["g_waddr"] for f in fields if f["g_we"] and f["g_clear"]] == every
