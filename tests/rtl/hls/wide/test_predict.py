"""What is predicted of a step is what its schedule has, at one bank and at several."""

from __future__ import annotations

import pytest

from golden.errors import HelError
from rtl.hls import compile_array
from rtl.hls.plan.bind import bind
from rtl.hls.wide.predict import predicted
from rtl.hls.wide.schedule import compile_wide
from tests.rtl.hls.cases import program


@pytest.mark.parametrize("banks", [1, 2, 4])
def test_a_prediction_is_the_schedules(banks: int) -> None:
    made = program("dense", 22, 2)
    wide = compile_wide(made, elements=3, banks=banks) if banks > 1 else compile_array(made, elements=3)
    found = predicted(bind(made), made.formats, elements=3, banks=banks)
    assert found.parameter_words == wide.memory.words
    assert (found.forward_words, found.echo_words) == tuple(len(wide.segments[s].words) for s in ("forward", "echo"))
    assert (found.forward_busy, found.echo_busy) == tuple(round(wide.busy(s), 3) for s in ("forward", "echo"))


def test_more_words_than_a_control_store_holds_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtl.hls.wide.schedule.STORE_WORDS", (100,))
    made = program("dense", 22, 2)
    with pytest.raises(HelError, match="the control store holds at most 100 words, N = 24 on P = 3, B = 2 needs"):
        compile_wide(made, elements=3, banks=2)
    assert predicted(bind(made), made.formats, elements=3, banks=2).parameter_words == 116
