"""Commands on the cycle model: the words that it sends."""

from __future__ import annotations

import numpy as np

from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.cycle_model.play import play
from rtl.hls.schedule.command import Command
from tests.rtl.hls.cases import scheduled

SCHEDULE = scheduled("dense", 6, 2, 2)


def test_play_returns_what_was_sent_and_forgets_it() -> None:
    model = CycleModel(SCHEDULE.geometry)
    model.position[0] = np.arange(32).reshape(2, 16)
    assert play(SCHEDULE, model, [Command("read_position0", 1, base=3)]) == [16 + 3, 3]
    assert play(SCHEDULE, model, [Command("clear")]) == []
