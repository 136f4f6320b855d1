"""The host port: answers in order, waits where it must, counters and states that a host can rely on."""

from __future__ import annotations

from typing import Any

import pytest

from golden.errors import HelError
from rtl.hls.plan.geometry import MAX_INPUTS
from rtl.hls.plan.registers import IDENTITY_WORD, Address
from rtl.sequencer import chain_depth
from testbench import tools
from testbench.array import build_array
from testbench.runner import Build
from testbench.session import HostPortError, launch
from tests.rtl.hls.cases import scheduled

pytestmark = pytest.mark.cosim

SIZES = (20, 2, 3)
"""Neurons, elements, inputs: more folds than the word queues hold."""
GEOMETRY = scheduled("linear", *SIZES).geometry
HELD = 16
"""More requests than the registers between the port and the buffers hold."""


@pytest.fixture(scope="module")
def build() -> Build:
    try:
        tools.find("icarus")
    except HelError as error:
        pytest.skip(str(error))
    return build_array("icarus", GEOMETRY)


def call(build: Build, name: str, **arguments: Any) -> dict[str, Any]:
    return launch(build, f"tests.rtl.calls:{name}", arguments, timeout_s=200)


@pytest.mark.parametrize("stalls", [0, 100])
def test_constants_are_answered_in_order_and_nothing_is_zero(build: Build, stalls: int) -> None:
    """Writes to them, and to addresses that mean nothing, change nothing."""
    found = call(build, "registers", stalls=stalls)
    shape = GEOMETRY.elements | GEOMETRY.fold << 8 | GEOMETRY.inputs << 16
    known = {int(Address.IDENTITY): IDENTITY_WORD, int(Address.SHAPE): shape}
    assert found["answers"] == [known.get(addr, 0) for addr in found["order"]]
    assert set(found["order"]) > set(known)


def test_status_and_counters(build: Build) -> None:
    found = call(build, "status", sizes=SIZES)
    assert found["before"] == [0, 0]
    assert found["during"][0] == 1 and 0 < found["during"][1] < found["predicted"]
    assert found["idle"] == [found["predicted"]], "answered only when it is idle"
    assert found["after"] == [0, found["predicted"]], "reading changes nothing"
    assert found["cleared"] == [0, 0]


def test_idle_is_not_answered_before_a_command_has_run(build: Build) -> None:
    found = call(build, "alone", sizes=SIZES)
    assert found["cycles"] == found["predicted"] > 0 and found["stalls"] == 0


def test_commands_wait_for_words_and_for_room(build: Build) -> None:
    """Nothing is lost, and every cycle of it is counted."""
    cycles = 1000
    found = call(build, "waiting", sizes=SIZES, cycles=cycles)
    assert found["right"]
    for run in ("loaded", "fetched"):
        total, stalls = found[run]
        assert total == found[f"{run}_predicted"] + stalls
        assert stalls > cycles / 2, run


@pytest.mark.parametrize(
    ("addr", "room"), [(Address.INPUT, 2 * MAX_INPUTS), (Address.WORD, chain_depth(GEOMETRY))], ids=["input", "word"]
)
def test_a_full_buffer_makes_the_port_wait(build: Build, addr: int, room: int) -> None:
    assert call(build, "fill", addr=addr, count=room)["sent"] == room
    with pytest.raises(HostPortError, match=f"write 0x{addr:04x} .* is not accepted for 300 cycles"):
        call(build, "fill", addr=addr, count=room + HELD)


def test_a_read_waits_for_its_word(build: Build) -> None:
    with pytest.raises(HostPortError, match=rf"read 0x{Address.WORD:04x}\) is not answered for 300 cycles"):
        call(build, "ask")


def test_more_commands_than_the_queue_holds(build: Build) -> None:
    found = call(build, "many", sizes=SIZES, count=40)
    assert found["words"] == [5] * SIZES[0]
    assert found["cycles"] == found["predicted"] + found["stalls"]


def test_a_command_that_waits_for_the_queue_is_not_changed_by_the_next(build: Build) -> None:
    found = call(build, "queued", sizes=SIZES, count=40)
    assert found["cycles"] == found["predicted"] > 0 and found["stalls"] == 0


def test_reset_ends_everything(build: Build) -> None:
    found = call(build, "interrupted", sizes=SIZES)
    assert found["counters"] == [0, 0]
    assert found["right"]
