"""Scripts, recordings, failures and endings, on both simulators, with a stand-in for the array."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from golden.errors import HelError
from testbench.runner import build
from testbench.session import HostPortError, SimulationError, launch
from tests.testbench.standin import ELEMENT_BITS, standin_verilog, steps

pytestmark = pytest.mark.cosim

ELEMENTS = 3


@pytest.fixture(autouse=True)
def folders_of_failed_runs(monkeypatch, tmp_path):
    """They are kept for the user; here they go where pytest cleans up."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


@pytest.fixture(scope="module")
def standin(simulator):
    return build(simulator, [standin_verilog(ELEMENTS)], debug_bus_bits=ELEMENTS * ELEMENT_BITS)


def call(build, name, **arguments):
    return launch(build, f"tests.testbench.calls:{name}", arguments, timeout_s=120)


@pytest.mark.parametrize("request_rate, response_rate", [(0, 0), (128, 0), (0, 200), (64, 255), (255, 100)])
def test_every_word_comes_back(standin, request_rate, response_rate):
    result = call(standin, "memory", seed=7, request=request_rate, response=response_rate)
    assert result["mismatches"] == 0 and result["words"] == 256
    assert (result["spent"] < 520) == (request_rate == response_rate == 0)


def test_both_simulators_take_the_same_cycles(standin, simulator):
    """The gaps come from a seed; the reference is what Verilator and Icarus agreed on."""
    assert call(standin, "memory", seed=7, request=100, response=100)["spent"] == 882


def test_scripts_made_from_responses(standin, capsys):
    assert call(standin, "accumulate", rounds=4) == {"word": 121}
    assert capsys.readouterr().out == "word 4\nword 13\nword 40\nword 121\n"


def test_the_recording_shows_every_register_at_every_busy_clock(standin):
    result = call(standin, "registers", cycles=40, elements=ELEMENTS)
    expected = [steps(index, 40) for index in range(ELEMENTS)]
    assert result["total"] == 40
    assert result["rows"] == [[list(rows[cycle]) for rows in expected] for cycle in range(40)]
    assert result["cycles"] == list(range(result["cycles"][0], result["cycles"][0] + 40))
    state, weight, product, total = expected[0][-1]
    assert result["whole"][-1] == state | weight << 18 | product << 36 | total << 72


def test_cycles_are_counted(standin):
    result = call(standin, "counted", cycles=1000)
    assert result["waited"] == 1000
    assert 1000 < result["played"] < 1010
    assert 1000 < result["total"] < 1020


def test_reset_ends_a_hang_and_keeps_the_memory(standin):
    assert call(standin, "reset") == {"word": 9}


@pytest.mark.parametrize(
    "transactions, message",
    [
        ([[1, 0x101, 0], [1, 3, 5]], r"transaction 1 \(write 0x0003 <- 0x00000005\) is not accepted for 200 cycles"),
        ([[0, 1, 0], [0, 0x101, 0]], r"transaction 1 \(read 0x0101\) is not answered for 200 cycles, after 2 of 2"),
        ([[1, 0x100, 900], [0, 2, 0]], r"transaction 1 \(read 0x0002\) is not accepted"),
        ([[1, 0x102, 0], [1, 1, 1], [1, 2, 2], [1, 3, 3]], "sent a response that no read asked for"),
    ],
)
def test_hangs_and_broken_contracts_name_the_transaction(standin, transactions, message):
    with pytest.raises(HostPortError, match=message):
        call(standin, "hang", transactions=transactions)


def test_an_unknown_response_is_refused_where_the_simulator_knows(standin, simulator):
    if simulator == "verilator":
        assert call(standin, "hang", transactions=[[0, 0x103, 0]]) == {}
    else:
        with pytest.raises(HostPortError, match=r"the response is unknown \(X\), for transaction 0 \(read 0x0103\)"):
            call(standin, "hang", transactions=[[0, 0x103, 0]])


def test_errors_inside_come_out_as_they_are(standin):
    with pytest.raises(HelError, match="^the rule, 7; the way out$"):
        call(standin, "raises", kind="hel")
    with pytest.raises(SimulationError, match="^AssertionError: q differs$") as caught:
        call(standin, "raises", kind="assert")
    assert "in raises" in caught.value.details
    with pytest.raises(SimulationError, match="^KeyError: 'W'$"):
        call(standin, "raises", kind="key")


def test_wrong_functions_are_named(standin):
    with pytest.raises(SimulationError, match="must return a dict, got int"):
        call(standin, "number")
    with pytest.raises(SimulationError, match="must be an async function"):
        call(standin, "plain_function")
    with pytest.raises(SimulationError, match="has no attribute 'absent'"):
        call(standin, "absent")


def test_a_dead_simulator_is_reported(standin):
    with pytest.raises(SimulationError, match=r"ended without a result \(exit 3\)"):
        call(standin, "dies")


def test_a_time_limit_stops_it(standin):
    with pytest.raises(SimulationError, match="stopped after its limit of 2 s"):
        launch(standin, "tests.testbench.calls:sleeps", timeout_s=2, progress=lambda line: None)


def test_a_recording_needs_the_bus(simulator):
    bare = build(simulator, [standin_verilog(1, recorded=False)])
    with pytest.raises(SimulationError, match="this build has no debug bus"):
        call(bare, "unrecorded")


LAUNCHER = """
import signal
import sys
from pathlib import Path
from testbench.runner import Build
from testbench.session import launch
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background may have it ignored
try:
    launch(Build(sys.argv[1], Path(sys.argv[2]), 1), "tests.testbench.calls:sleeps")
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_simulator_ends_with_its_launcher(standin, how):
    command = [sys.executable, "-c", LAUNCHER, standin.simulator, str(standin.folder)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as launcher:
        pid = int(launcher.stdout.readline().split()[1])
        launcher.send_signal(how)
        rest = launcher.stdout.read()
    assert rest == ("interrupted\n" if how == signal.SIGINT else "")
    deadline = time.monotonic() + 10
    while alive(pid):
        assert time.monotonic() < deadline, f"simulator {pid} outlived its launcher"
        time.sleep(0.05)


def alive(pid):
    """Whether the process still runs; one that ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_long_scripts_are_quick(simulator):
    """A transaction takes a cycle, and a script a few more."""
    count = 2**18 if simulator == "verilator" else 2**12
    result = call(build(simulator, [standin_verilog(1, recorded=False)]), "many", count=count)
    assert result["sum"] == count // 256 * (255 * 128)
    assert count + 256 <= result["spent"] < count + 270
