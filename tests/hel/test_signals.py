"""A signal ends a command and all it has started; nothing stays: no compiler, no folder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SIGNALS = [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated"), (signal.SIGHUP, "hung up")]


def heed():
    """What a shell starts in the background ignores SIGINT, what nohup starts SIGHUP; and so do their children."""
    for number, _ in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def those_with(mark):
    """Processes whose environment has the mark: everything that a command has started."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes() and (folder / "stat").read_text().split(") ")[1][0] != "Z":
                found[int(folder.name)] = (folder / "cmdline").read_bytes().split(b"\0")[0].decode()
        except OSError:
            continue
    return found


def until(what):
    for _ in range(1200):
        if what():
            return True
        time.sleep(0.05)
    return False


def stopped(tmp_path, argv, program, number, shim=True, again_s=0.0):
    """Starts a command, sends `number` to it alone when `program` runs, and returns its exit code and its words.

    A closing terminal sends its signal twice, a user is impatient: it comes again after `again_s`.
    """
    mark = f"HEL_TEST_MARK={tmp_path}".encode()
    folders = {name: tmp_path / name for name in ("tmp", "cache", "bin")}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    if shim:  # a program that never ends, with a child of its own, as compilers have
        (folders["bin"] / program).write_text('#!/bin/sh\ncase "$1" in --version|-V) exit;; esac\nsleep 300 & wait\n')
        (folders["bin"] / program).chmod(0o755)
    environment = {
        **os.environ,
        "HEL_TEST_MARK": str(tmp_path),
        "TMPDIR": str(folders["tmp"]),
        "HEL_CACHE": str(folders["cache"]),
        "PATH": f"{folders['bin']}:{os.environ['PATH']}",
    }
    command = [sys.executable, "-m", "hel", *argv]
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=heed, **pipes) as running:
        wanted = "sleep" if shim else program
        assert until(lambda: any(wanted in name for name in those_with(mark).values()) or running.poll() is not None)
        running.send_signal(number)
        time.sleep(again_s)
        running.send_signal(number)
        try:
            _, words = running.communicate(timeout=60)
        finally:
            running.kill()
    assert until(lambda: not those_with(mark)), those_with(mark)
    assert not list(folders["tmp"].iterdir())
    assert not [path for path in folders["cache"].iterdir() if path.name.startswith(("build-", "library-"))]
    return running.returncode, words


@pytest.mark.cosim
@pytest.mark.parametrize(("number", "word"), SIGNALS)
def test_while_the_compiler_runs(tmp_path, number, word):
    argv = ["verify", "dense", "-n", "4", "-m", "1", "-p", "2"]
    code, words = stopped(tmp_path, argv, "c++", number)
    assert code == 128 + number and words.endswith(f"hel: {word}\n")


@pytest.mark.cosim
def test_while_the_simulator_runs(tmp_path):
    argv = ["verify", "dense", "-n", "8", "-m", "1", "-p", "2", "--steps", "5000", "--simulator", "icarus"]
    code, words = stopped(tmp_path, argv, "vvp", signal.SIGHUP, shim=False)
    assert code == 129 and words.endswith("hel: hung up\n")


@pytest.mark.pnr
@pytest.mark.parametrize("again_s", [0.0, 0.1, 0.2])
def test_while_place_and_route_runs(tmp_path, again_s):
    """The second press may find the command on its way out."""
    argv = ["build", "linear", "-n", "2", "-m", "1", "-p", "1", "--board", "ulx3s_25f", "-o", tmp_path / "out"]
    code, words = stopped(tmp_path, map(str, argv), "yosys", signal.SIGINT, again_s=again_s)
    assert code == 130 and words.endswith("hel: interrupted\n")
    assert not list((tmp_path / "out").iterdir())


def test_what_a_destructor_swallows_is_said_again():
    """Python drops what is raised in `__del__`, as Amaranth's components have: the signal must not be lost there."""
    code = "import os, signal, sys, time; from hel.__main__ import guarded\n"
    code += "class Dying:\n    def __del__(self):\n        os.kill(os.getpid(), signal.SIGTERM); time.sleep(0.1)\n"
    code += "def work():\n    one = Dying(); del one\n    time.sleep(60); return 0\n"
    code += "sys.exit(guarded(work))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=50)
    assert done.returncode == 143 and done.stderr == "hel: terminated\n"


def test_what_is_ignored_stays_ignored(tmp_path):
    """`nohup hel train ... &`: the terminal is closed, the training goes on."""
    code = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); from hel.__main__ import guarded; import os;"
    code += "print(guarded(lambda: os.kill(os.getpid(), signal.SIGHUP) or 0))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_the_handlers_of_a_caller_come_back():
    from hel.__main__ import guarded

    before = [signal.getsignal(number) for number, _ in SIGNALS]
    assert guarded(lambda: 0) == 0
    assert [signal.getsignal(number) for number, _ in SIGNALS] == before
