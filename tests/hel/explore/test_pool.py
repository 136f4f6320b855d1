"""Points on this machine: every one has its answer, one that dies takes nothing along, and nothing runs on."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from hel.explore import hands, pool, worker
from hel.explore.hands import Hand
from hel.explore.points import Point
from tests.hel.test_signals import those_with, until

QUICK = ["gradcheck", "linear", "-n", "2", "-m", "1", "--steps", "5"]
THREADS = """
import os
import numpy as np
np.ones((500, 500)) @ np.ones((500, 500))
open("threads", "w").write(str(len(os.listdir("/proc/self/task"))))
"""
MINUTES = [*QUICK[:-1], "300000"]


def test_a_worker_is_asked_again_and_again(tmp_path):
    hand = Hand("gradcheck")
    try:
        for seed in ("0", "1"):
            hand.ask([*QUICK, "--seed", seed], str(tmp_path))
            answer = hand.heard(60)
            assert answer.code == 0 and f'"seed": {seed}' in answer.out and answer.err == "" and answer.seconds > 0
        hand.ask(["gradcheck", "denes"], str(tmp_path))
        answer = hand.heard(60)
        assert answer.code == 2 and answer.err.startswith("hel: unknown system 'denes', did you mean dense?")
    finally:
        hand.dismiss()
    assert not hand.alive()


def test_points_run_in_the_folder_that_asks(tmp_path):
    hand = Hand("new")
    try:
        hand.ask(["new", "ring.py"], str(tmp_path))
        assert hand.heard(60).code == 0 and (tmp_path / "ring.py").exists()
    finally:
        hand.dismiss()


def test_a_point_has_one_thread_of_linear_algebra(tmp_path, monkeypatch):
    """The processes are many already. Threads are counted where NumPy has used them, in a potential's file."""
    (tmp_path / "ring.py").write_text(THREADS)
    counted = {}
    for wish in (None, "2"):
        for name in hands._ONE_THREAD:
            monkeypatch.setenv(name, wish) if wish else monkeypatch.delenv(name, raising=False)
        hand = Hand("systems")
        try:
            hand.ask(["systems", "ring.py"], str(tmp_path))
            assert hand.heard(60).code == 2  # there is no system in it
            counted[wish] = int((tmp_path / "threads").read_text())
        finally:
            hand.dismiss()
    assert counted[None] == 1
    assert counted["2"] == min(2, os.cpu_count() or 1), "what the environment says holds"


def forks(mark):
    """Process of a point -> its worker."""
    parents = {}
    for process in those_with(mark):
        with suppress(OSError):
            parents[process] = int(Path(f"/proc/{process}/stat").read_text().split(") ")[1].split()[1])
    return {process: parent for process, parent in parents.items() if parent in parents}


def test_what_is_killed_takes_nothing_along(tmp_path, monkeypatch):
    """A point, as the kernel does where memory is short; a worker, whose point ends with it and which is replaced."""
    points = [Point(f"{k}", {}, tuple(MINUTES if k < 2 else QUICK)) for k in range(4)]
    monkeypatch.setenv("HEL_TEST_MARK", str(tmp_path))
    mark = f"HEL_TEST_MARK={tmp_path}".encode()

    def kill():
        assert until(lambda: len(forks(mark)) == 2)
        (point, _), (_, worker) = forks(mark).items()
        os.kill(point, signal.SIGKILL)
        os.kill(worker, signal.SIGKILL)

    with ThreadPoolExecutor(1) as other:
        killed = other.submit(kill)
        found = {point.digest: answer.code for point, answer in pool.run(points, "gradcheck", 2)}
        killed.result()
    assert found == {"0": -signal.SIGKILL, "1": -signal.SIGKILL, "2": 0, "3": 0}
    assert until(lambda: not those_with(mark)), those_with(mark)


def test_a_run_that_is_left_ends_its_points(tmp_path, monkeypatch):
    monkeypatch.setenv("HEL_TEST_MARK", str(tmp_path))
    mark = f"HEL_TEST_MARK={tmp_path}".encode()
    points = [Point("quick", {}, tuple(QUICK)), Point("long", {}, tuple(MINUTES))]
    answers = pool.run(points, "gradcheck", 2)
    assert next(answers)[0].digest == "quick" and those_with(mark)
    answers.close()
    assert until(lambda: not those_with(mark)), those_with(mark)


def test_modules_that_are_imported_beforehand_are_there():
    for command, modules in worker._WARM.items():
        for name in (f"hel.commands.{command}", *modules, *worker._ALWAYS):
            assert find_spec(name), name
