"""The hazard checker: good steps pass, and every kind of broken step is told by its own words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rtl.hls.control import AccSource, ImmSource, StationarySource
from rtl.hls.hazards import check_step
from rtl.hls.timing import ACCUMULATE, LANE, OPERAND, STATIONARY, STORE
from testbench.rtl.hls.cases import scheduled

Words = list[dict[str, int]]


def first(words: Words, condition: Callable[[dict[str, int]], object], skip: int = 0) -> int:
    return [cycle for cycle, f in enumerate(words) if condition(f)][skip]


def late_vector(words: Words) -> None:
    """A cut is written so late that its first reader comes before."""
    cycle = first(words, lambda f: f["s_we"])
    fields = {name: words[cycle][name] for name in ("s_we", "s_waddr")}
    words[cycle].update(s_we=0)
    words[-1].update(fields)


def vector_twice(words: Words) -> None:
    one, two = (first(words, lambda f: f["s_we"], skip) for skip in (0, 2))
    words[two].update(s_we=words[one]["s_we"], s_waddr=words[one]["s_waddr"])


def position_before_the_drift(words: Words) -> None:
    """The first operand that is fetched is of the block that drifts last."""
    cycle = first(words, lambda f: f["x_en"] and f["x_load"] and not f["x_store"]) - LANE + OPERAND
    words[cycle].update(s_addr0=3, s_addr1=3)


def no_hop(words: Words) -> None:
    words[first(words, lambda f: f["x_en"] and not f["x_load"])]["x_en"] = 0


def hop_too_many(words: Words) -> None:
    load = first(words, lambda f: f["x_en"] and not f["x_load"])
    words[load + 1].update(x_en=1, x_load=0)


def no_stationary(words: Words) -> None:
    words[first(words, lambda f: f["r_src"] == StationarySource.S)]["r_src"] = 0


def another_block_stays(words: Words) -> None:
    cycle = first(words, lambda f: f["r_src"] == StationarySource.S) - STATIONARY + STORE
    words[cycle].update(s_addr0=words[cycle]["s_addr0"] ^ 1, s_addr1=words[cycle]["s_addr1"] ^ 1)


def another_input(words: Words) -> None:
    cycle = first(words, lambda f: f["imm_src"] == ImmSource.INPUT)
    words[cycle]["u_index"] ^= 1


def sum_thrown_away(words: Words) -> None:
    cycle = first(words, lambda f: f["acc_en"] and f["acc_src"] == AccSource.OWN)
    words[cycle]["acc_src"] = AccSource.ZERO


def sum_of_nothing(words: Words) -> None:
    words[first(words, lambda f: f["acc_en"])]["acc_src"] = AccSource.OWN


def not_taken(words: Words) -> None:
    words[first(words, lambda f: f["z_take"])]["z_take"] = 0


def taken_too_early(words: Words) -> None:
    cycle = first(words, lambda f: f["z_take"])
    words[cycle - 1]["z_take"], words[cycle]["z_take"] = words[cycle]["z_take"], 0


def no_force(words: Words) -> None:
    words[first(words, lambda f: f["k_src"])]["k_src"] = 0


def one_drift(words: Words) -> None:
    words[first(words, lambda f: f["we_q"])]["we_q"] = 0


def look_up_of_nothing(words: Words) -> None:
    words[first(words, lambda f: f["z_en"])]["z_en"] = 0


def weights_of_another_look_up(words: Words) -> None:
    cycle = first(words, lambda f: f["lookup"])
    words[cycle + STATIONARY]["r_src"] = StationarySource.X


def interpolation_into_a_sum(words: Words) -> None:
    cycle = first(words, lambda f: f["lookup"])
    words[cycle + ACCUMULATE].update(acc_en=3, acc_src=AccSource.OWN)


BROKEN: list[tuple[str, str, Callable[[Words], None], str]] = [
    ("springs", "forward", late_vector, "reads a vector before it is written"),
    ("dense", "echo", late_vector, "reads a vector before it is written"),
    ("dense", "echo", vector_twice, "writes a vector's word twice"),
    ("dense", "forward", position_before_the_drift, "reads a position outside of the half step"),
    ("dense", "forward", no_hop, "W finds another word rotating"),
    ("springs", "echo", hop_too_many, "finds another word rotating"),
    ("dense", "echo", no_stationary, "finds another operand"),
    ("dense", "forward", another_block_stays, "finds another operand"),
    ("linear", "forward", another_input, "takes another input"),
    ("dense", "echo", sum_thrown_away, "overwrites a sum, or adds to none"),
    ("springs", "forward", sum_of_nothing, "overwrites a sum, or adds to none"),
    ("dense", "forward", not_taken, "overwrites a sum, or adds to none"),
    ("springs", "echo", taken_too_early, "takes a sum too early|overwrites a sum"),
    ("linear", "echo", no_force, "overwrites a sum, or adds to none"),
    ("hru", "forward", one_drift, "drifts twice"),
    ("dense", "forward", look_up_of_nothing, "loses a taken sum|looks up what was not split"),
    ("hru", "echo", weights_of_another_look_up, "position outside|interpolates|another operand"),
    ("hru", "forward", interpolation_into_a_sum, "."),
]


@pytest.mark.parametrize(("system", "segment", "change", "message"), BROKEN, ids=lambda v: getattr(v, "__name__", None))
def test_a_broken_step_is_told(system: str, segment: str, change: Callable[[Words], None], message: str) -> None:
    schedule = scheduled(system, 8, 2, 3)
    words = schedule.fields(segment)
    check_step(schedule.memory, segment, words, twin=segment == "echo")
    change(words)
    with pytest.raises((AssertionError, KeyError), match=message):
        check_step(schedule.memory, segment, words, twin=segment == "echo")
