import pytest

from golden.errors import HelError
from hel.bench import memory
from hel.bench.jax_contestants import Scanned
from hel.bench.setting import Setting

CASE = {"what": "memory", "system": "dense", "neurons": 4, "batch": 2, "steps": 16, "whose": "golden"}


def test_a_process_of_its_own_tells_its_peak():
    row = memory.measured(CASE)
    assert row["who"] == "golden compiled" and row["samples"] == 2 and row["xla_temporary_bytes"] is None
    assert row["peak_bytes"] >= row["before_bytes"] > 10**7


def test_a_process_that_fails_is_told():
    with pytest.raises(
        HelError, match="a process that measures memory must end by itself, that of .*; leave memory out"
    ):
        memory.measured({**CASE, "system": "no such system"})


def test_the_echo_keeps_its_state_and_bptt_the_trajectory():
    """What XLA sets aside: of the echo the inputs' copy alone grows with T."""

    def grows(rule):
        short, long = (Scanned(Setting("dense", 16, steps), rule, batch=4, block=1) for steps in (16, 512))
        return long.temporary_bytes - short.temporary_bytes

    copied = 4 * 8 * 4 * (512 - 16)  # samples, channels, bytes, steps
    state = 4 * 16 * 4 * (512 - 16)  # samples, neurons, bytes, steps
    assert grows("hel") <= 2 * copied
    assert grows("bptt") >= 2 * state
