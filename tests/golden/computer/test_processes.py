"""Outside programs end with the wait for them, and with them what they have started."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from golden.computer import processes

ROOT = Path(__file__).parents[3]
TREE = "sh -c 'sleep 60 & echo $!; wait' & echo $!; wait"
"""A shell that starts a shell that starts a sleep; both children are named."""


def alive(pid):
    """Whether the process still runs; one that ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def ended(pids):
    for _ in range(200):
        if not any(map(alive, pids)):
            return True
        time.sleep(0.05)
    return False


def test_the_whole_tree_ends():
    with pytest.raises(KeyError), processes.running(["sh", "-c", TREE], cwd=Path.cwd()) as process:
        pids = [int(process.stdout.readline()), int(process.stdout.readline())]
        assert all(map(alive, pids))
        raise KeyError
    assert ended(pids)


def test_what_is_written_is_read_as_utf_8():
    done = processes.run([sys.executable, "-c", r"import os; os.write(1, b'\xc3\xb6 \xff')"], Path.cwd())
    assert (done.returncode, done.stdout) == (0, "ö \ufffd")


WAITS = """
import signal, sys
from pathlib import Path
from golden.computer import processes
signal.signal(signal.SIGTERM, signal.default_int_handler)
try:
    with processes.undisturbed():
        print("now", flush=True)
        sys.stdin.readline()
        made = True
except KeyboardInterrupt:
    print(made)
"""


def test_a_signal_waits_until_what_is_made_is_known():
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", WAITS], cwd=ROOT, **pipe) as process:
        assert process.stdout.readline() == "now\n"
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert process.communicate("\n")[0] == "True\n"


CHILD = """
import os, subprocess, sys
from golden.computer import processes
child = subprocess.Popen(["sh", "-c", sys.argv[1]], stdout=subprocess.PIPE, text=True)
pids = [child.stdout.readline().strip(), child.stdout.readline().strip()]
processes.end_children()
print(*pids)
print(child.wait())
"""


def test_children_that_others_have_started():
    done = subprocess.run([sys.executable, "-c", CHILD, TREE], cwd=ROOT, capture_output=True, text=True)
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        pytest.skip("this kernel does not list children")
    pids, code = done.stdout.splitlines()
    assert int(code) == -signal.SIGKILL and ended(pids.split()), done.stderr


def test_a_second_signal_waits_until_the_program_has_ended(monkeypatch, tmp_path):
    """It comes while the first one ends it: in between nothing would know the program any more."""

    def raised(number, frame):
        raise InterruptedError(number)

    real, seen = processes.end, []

    def end(process):
        signal.raise_signal(signal.SIGTERM)
        real(process)
        seen.append(process.returncode)

    monkeypatch.setattr(processes, "end", end)
    before = signal.signal(signal.SIGTERM, raised)
    try:
        with pytest.raises(InterruptedError), processes.running(["sleep", "60"], cwd=tmp_path) as process:
            signal.raise_signal(signal.SIGTERM)
        assert seen == [-signal.SIGKILL] and process.poll() is not None
    finally:
        real(process)
        signal.signal(signal.SIGTERM, before)
