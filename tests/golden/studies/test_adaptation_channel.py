"""The committed streams are complete and chosen as said; a short stream of every arm; a device that drifts."""

import json
from pathlib import Path

import numpy as np
import pytest

from golden.studies import adaptation_channel as study
from golden.studies.adaptation_channel import Device, Run
from golden.training.adapter import Adapter, Model

ROOT = Path(__file__).parents[3]
ROWS = json.loads((ROOT / "docs/results/adaptation_channel.json").read_text())["rows"]


@pytest.fixture
def short(monkeypatch):
    """Offline 300 symbols, a stream of 120."""
    for name, value in (("OFFLINE", 300), ("STREAM", 120), ("POINT", 40)):
        monkeypatch.setattr(study, name, value)
    study.offline.cache_clear()
    posed = study.posed(study.Channel(7, None, study.SWING), 7, 300)
    yield posed
    study.offline.cache_clear()


def test_rows_are_those_the_command_writes():
    assert [row["case"] for row in ROWS] == list(study.cases())
    assert not set(study.SEEDS) & set(study.CHOICE_SEEDS)
    for kind in study.KINDS:
        rates = study.chosen(ROWS, kind)
        reports = [row for row in ROWS if row["case"]["stage"] == "report" and row["case"]["kind"] == kind]
        assert all(row["log2_inverse_rates"] == rates for row in reports)
        assert all(tuple(row["arms"]) == study.ARMS[kind] for row in reports)


@pytest.mark.parametrize("kind", study.KINDS)
def test_a_short_stream_of_every_arm(short, kind):
    row = study.measure(
        {"stage": "report", "kind": kind, "period": 100, "seed": 7}, {"readout": 5, "whole": 7, "lms": 4}
    )
    assert tuple(row["arms"]) == study.ARMS[kind]
    for arm in row["arms"].values():
        assert len(arm["curve"]) == 3 and np.isclose(np.mean(arm["curve"]), arm["symbol_error"])
    again = study.wrong_of("whole", kind, 100, 7, 7)
    assert again.mean() == row["arms"]["whole"]["symbol_error"]


def test_a_device_that_stands_still_is_an_adapter(short):
    split = study.drifting("channel", 100, 7).windows(120, study.FRAMES, draw=2)
    first = Adapter(short).model
    run = Run(short, first, Device(7, None))
    run.stream("whole", split, np.full(120, 7))
    adapter = Adapter(short, first)
    adapter.learn(short.played(split), np.arange(120), np.full(120, 7))
    for name, words in adapter.model.theta.items():
        assert np.array_equal(run.model.theta[name], words)


def test_a_device_that_drifts_computes_with_what_it_adds_and_learns_what_it_is_off_by(short):
    device = Device(7, 1000)
    assert not device.at(0).any() and np.abs(device.at(250)).max() <= 2 * study.DEVICE_SWING * 2**16
    split = study.drifting("device", 1000, 7).windows(100, study.FRAMES, draw=2)
    first = Adapter(short).model
    still, moved = Run(short, first, device), Run(short, first, device)
    wrong = still.stream("offline", split, np.zeros(100), start=200)
    assert still.model is first  # what is not learnt stays, however the device drifts
    ranged = short.program.range_of("al")
    al = np.clip(first.theta["al"] + device.at(250), ranged.low, ranged.high)
    here = Model({**first.theta, "al": al}, first.weights, first.bias)
    late = split.part(slice(50, 100))
    assert np.array_equal(wrong[50:], Adapter(short, here).classes(short.played(late)) != late.labels)
    moved.stream("whole", split.part(slice(50)), np.full(50, 6), start=250)
    adapter = Adapter(short, here)
    adapter.learn(short.played(split.part(slice(50))), np.arange(50), np.full(50, 6))
    assert np.array_equal(moved.model.theta["al"] - first.theta["al"], adapter.model.theta["al"] - al)


@pytest.mark.slow
def test_a_row_again():
    wanted = next(row for row in ROWS if row["case"]["stage"] == "report" and row["case"]["kind"] == "channel")
    found = study.measure(wanted["case"], wanted["log2_inverse_rates"])
    for arm in ("offline", "readout", "whole"):
        assert found["arms"][arm] == wanted["arms"][arm]
