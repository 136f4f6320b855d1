"""The hazard checker: good steps pass, and every kind of broken step is told by its own words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rtl.hls import compile_array
from rtl.hls.check.hazards import check_step
from rtl.hls.plan.control import AccSource, ImmSource, StationarySource
from rtl.hls.plan.timing import ACCUMULATE, CHOICE, LANE, OPERAND, STATE_WRITE, STATIONARY, STORE
from rtl.hls.plan.traffic import Traffic
from tests.golden.dynamics.cases import with_tables
from tests.rtl.hls.cases import scheduled

Words = list[dict[str, int]]
Ports = dict[tuple[int, int], tuple[str, int]]


def first(words: Words, condition: Callable[[dict[str, int]], object], skip: int = 0) -> int:
    return [cycle for cycle, f in enumerate(words) if condition(f)][skip]


def no_vector(words: Words) -> None:
    words[first(words, lambda f: f["s_we"])]["s_we"] = 0


def vector_in_another_word(words: Words) -> None:
    words[first(words, lambda f: f["s_we"])]["s_waddr"] ^= 8


def vector_onto_another(words: Words) -> None:
    one, two = (first(words, lambda f: f["s_we"], skip) for skip in (0, 2))
    words[two]["s_waddr"] = words[one]["s_waddr"]


def write_too_many(words: Words) -> None:
    words[first(words, lambda f: not f["s_we"])]["s_we"] = 1


def vector_for_a_position(words: Words) -> None:
    words[first(words, lambda f: f["r_src"] == StationarySource.X)]["r_src"] = StationarySource.S


def drift_of_another_block(words: Words) -> None:
    words[first(words, lambda f: f["we_q"]) - STATE_WRITE]["s_addr1"] ^= 1


def kick_of_another_block(words: Words) -> None:
    words[first(words, lambda f: f["we_p"]) - STATE_WRITE].update(s_addr0=3, s_addr1=3)


def position_before_the_drift(words: Words) -> None:
    """The first operand that is fetched is of the block that drifts last."""
    cycle = first(words, lambda f: f["x_en"] and f["x_load"] and not f["x_store"]) - LANE + OPERAND
    words[cycle].update(s_addr0=3, s_addr1=3)


def no_hop(words: Words) -> None:
    words[first(words, lambda f: f["x_en"] and not f["x_load"])]["x_en"] = 0


def hop_too_many(words: Words) -> None:
    load = first(words, lambda f: f["x_en"] and not f["x_load"])
    words[load + 1].update(x_en=1, x_load=0)


def another_block_on_lane_1(words: Words) -> None:
    """Forward, the lanes turn a block each: the second one's must be that of its own row."""
    cycle = first(words, lambda f: f["x_en"] and f["x_load"] and not f["x_store"]) - LANE + OPERAND
    words[cycle]["s_addr1"] = words[cycle]["s_addr0"]


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
    ("dense", "echo", no_vector, r"does not write s\[0\]"),
    ("springs", "forward", vector_in_another_word, r"finds nothing\[0\], not .*\[0\]"),
    ("dense", "echo", vector_onto_another, r"finds s\[1\], not s\[0\]"),
    ("springs", "echo", write_too_many, "writes what is no vector"),
    ("springs", "echo", vector_for_a_position, "reads what is no vector"),
    ("dense", "forward", drift_of_another_block, "reads the state of another block"),
    ("hru", "echo", kick_of_another_block, "reads the state of another block"),
    ("dense", "forward", position_before_the_drift, "reads a position outside of the half step"),
    ("dense", "forward", no_hop, "W finds another word rotating"),
    ("springs", "echo", hop_too_many, "finds another word rotating"),
    ("springs", "forward", another_block_on_lane_1, "C finds another word rotating"),
    ("dense", "echo", no_stationary, "finds another operand"),
    ("dense", "forward", another_block_stays, r"finds s\[.\], not s\[.\]"),
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
    words, vectors = schedule.fields(segment), schedule.segments[segment].vectors
    check_step(schedule.memory, segment, words, vectors, twin=segment == "echo")
    change(words)
    with pytest.raises((AssertionError, KeyError), match=message):
        check_step(schedule.memory, segment, words, vectors, twin=segment == "echo")


@pytest.mark.parametrize("segment", ["forward", "echo"])
def test_a_look_up_in_another_table_is_told(segment: str) -> None:
    schedule = compile_array(with_tables(), elements=2)
    words, vectors = schedule.fields(segment), schedule.segments[segment].vectors
    check_step(schedule.memory, segment, words, vectors, twin=segment == "echo")
    for cycle in [cycle for cycle, f in enumerate(words) if f["z_en"]]:
        choice = words[cycle - CHOICE]
        right = choice["table"]
        choice["table"] = (right + 1) % 3
        with pytest.raises(AssertionError, match="looks [ets] up in another table"):
            check_step(schedule.memory, segment, words, vectors, twin=segment == "echo")
        choice["table"] = right


# What is meant is the scheduler's word for it; so a scheduler that means the wrong thing must be told as well.


def read_too_early(writes: Ports, reads: Ports) -> None:
    """The first block that is read is one that is written last."""
    reads[min(reads)] = writes[max(writes)]


def written_twice(writes: Ports, reads: Ports) -> None:
    writes[max(writes)] = writes[min(cycle for cycle in writes if cycle[1] == max(writes)[1])]


def read_of_two_vectors(writes: Ports, reads: Ports) -> None:
    """One context's read is of another vector that is there, too."""
    cycle, context = max(reads)
    known = [block for (at, where), block in writes.items() if at < cycle and where == context]
    reads[cycle, context] = next(block for block in known if block[0] != reads[cycle, context][0])


def not_read(writes: Ports, reads: Ports) -> None:
    del reads[max(reads)]


@pytest.mark.parametrize("segment", ["forward", "echo"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (read_too_early, "reads a vector before it is written"),
        (written_twice, "writes a vector's word twice"),
        (read_of_two_vectors, "finds .*, not "),
        (not_read, "reads what is no vector"),
    ],
    ids=lambda v: getattr(v, "__name__", None),
)
def test_a_step_that_means_something_else_is_told(
    segment: str, change: Callable[[Ports, Ports], None], message: str
) -> None:
    schedule = scheduled("pendulum", 8, 2, 3)
    vectors = schedule.segments[segment].vectors
    writes, reads = dict(vectors.writes), dict(vectors.reads)
    change(writes, reads)
    with pytest.raises(AssertionError, match=message):
        check_step(schedule.memory, segment, schedule.fields(segment), Traffic(writes, reads), twin=segment == "echo")
