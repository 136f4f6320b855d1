"""A Dask scheduler and two workers, started here on 127.0.0.1: the same rows as on this machine; what is refused."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from hel.explore import cluster
from tests.hel.commands import hel
from tests.hel.explore.sweeps import LONG, ROOT, SMALL, rows, same, started, written
from tests.hel.test_signals import those_with, until

pytest.importorskip("distributed")


@contextmanager
def scheduler(folder, workers=2, **environment):
    """The address of a scheduler with workers; all ends with the block."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "CLUSTER_MARK": str(folder), **environment}
    found = folder / "scheduler.json"
    dask = [sys.executable, "-W", "ignore", "-m"]
    commands = [
        [*dask, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
        + ["--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(found)]
    ]
    commands += [
        [*dask, "distributed.cli.dask_worker", "--scheduler-file", str(found), "--nthreads", "1", "--no-dashboard"]
        + ["--no-nanny", "--host", "127.0.0.1", "--local-directory", str(folder / f"space{k}"), "--name", f"w{k}"]
        for k in range(workers)
    ]
    with open(folder / "dask.log", "wb") as log:
        running = [subprocess.Popen(each, env=surroundings, cwd=folder, stdout=log, stderr=log) for each in commands]
        try:
            assert until(found.exists)
            yield json.loads(found.read_text())["address"], running
        finally:
            for each in running:
                each.kill()
                each.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)])
def test_a_cluster_gives_the_rows_of_this_machine(tmp_path, number):
    """And whoever is stopped, or killed, leaves nothing running there."""
    file, mark = written(tmp_path), f"HEL_TEST_MARK={tmp_path / 'cluster'}".encode()
    with scheduler(tmp_path, HEL_TEST_MARK=str(tmp_path / "cluster")) as (address, dask):
        with started(tmp_path, written(tmp_path, LONG, "long.toml"), "--scheduler", address) as running:
            assert until(lambda: len(those_with(mark)) == 3 + 4), those_with(mark)  # a worker of ours and a fork each
            running.send_signal(number)
            _, err = running.communicate(timeout=60)
        if number == signal.SIGINT:
            assert running.returncode == 130 and err.endswith("hel: interrupted\n") and "Traceback" not in err
        assert until(lambda: len(those_with(mark)) == 3), those_with(mark)
        assert rows(tmp_path / "long.jsonl") == []
        with started(tmp_path, file, "--rows", "there.jsonl", "--scheduler", address) as running:
            out, err = running.communicate(timeout=120)
        assert (running.returncode, out) == (0, "there.jsonl: 8 points, 8 run now\n"), err
    with started(tmp_path, file, "--rows", "here.jsonl") as running:
        running.communicate(timeout=120)
    assert len(rows(tmp_path / "here.jsonl")) == 8 and same(tmp_path / "here.jsonl") == same(tmp_path / "there.jsonl")
    assert until(lambda: not those_with(mark)), those_with(mark)


def test_a_worker_with_other_sources_is_refused(tmp_path):
    """One worker, whose hel-fpga says that it is another one."""
    (tmp_path / "sitecustomize.py").write_text("from hel.explore import sources\nsources.ours = lambda: '00000000'\n")
    file = written(tmp_path)
    with scheduler(tmp_path, workers=1, PYTHONPATH=f"{tmp_path}:{ROOT}") as (address, _):
        with started(tmp_path, file, "--scheduler", address) as running:
            out, err = running.communicate(timeout=60)
    assert running.returncode == 2 and out == "" and err.count("\n") == 1
    assert "every worker must have hel-fpga with the sources of this one (" in err and " has 00000000; install" in err


@pytest.mark.slow
def test_a_worker_that_dies_costs_nothing(tmp_path):
    """Dask gives its point to the other one."""
    file = written(tmp_path, SMALL.replace('"0..3"', '"0..19"'))
    with scheduler(tmp_path) as (address, dask):
        with started(tmp_path, file, "--scheduler", address) as running:
            assert until(lambda: (tmp_path / "small.jsonl").exists() and len(rows(tmp_path / "small.jsonl")) >= 2)
            dask[1].kill()
            out, err = running.communicate(timeout=120)
    assert (running.returncode, out.split(": ")[1]) == (0, "40 points, 40 run now\n"), err


@pytest.mark.slow
def test_a_scheduler_that_goes_is_one_line(tmp_path):
    with scheduler(tmp_path, workers=1) as (address, dask):
        with started(tmp_path, written(tmp_path, LONG), "--scheduler", address) as running:
            assert until(lambda: any("-c" in path.read_text().split("\0") for path in points_of(tmp_path)))
            for each in dask:
                each.kill()
            out, err = running.communicate(timeout=90)
    assert running.returncode == 2 and out == ""
    assert "a scheduler must run until all points are done" in err.splitlines()[-1], err


def points_of(folder):
    """Command lines of the processes that run points on the cluster of a folder."""
    mark = f"CLUSTER_MARK={folder}".encode()
    return [Path(f"/proc/{process}/cmdline") for process in those_with(mark)]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("tcp://127.0.0.1:{closed}", "no answer within 1 s"),
        ("tcp://127.0.0.1:{silent}", "no answer within 1 s"),
        ("nowhere", "a host and a port are missing, as in tcp://127.0.0.1:8786"),
        ("tcp://127.0.0.1:port", "Port could not be cast to integer value as 'port'"),
    ],
)
def test_what_does_not_answer_is_one_line(tmp_path, capfd, monkeypatch, address, why):
    monkeypatch.setattr(cluster, "PATIENCE_S", 1.0)
    with socket.socket() as silent, socket.socket() as closed:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        closed.bind(("127.0.0.1", 0))
        address = address.format(silent=silent.getsockname()[1], closed=closed.getsockname()[1])
        code, out, err = hel(capfd, "explore", written(tmp_path), "--scheduler", address)
    assert code == 2 and out == "" and err.count("\n") == 1
    assert f"--scheduler must lead to a Dask scheduler, got {address}: {why}; start one with `dask scheduler`" in err
    assert not (tmp_path / "small.jsonl").exists()


def test_without_dask(tmp_path, capfd, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, out, err = hel(capfd, "explore", written(tmp_path), "--scheduler", "tcp://127.0.0.1:1")
    assert code == 2 and "--scheduler needs Dask, distributed is not installed; pip install 'hel-fpga[explore]'" in err


def test_a_scheduler_without_workers(tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE_S", 2.0)
    with scheduler(tmp_path, workers=0) as (address, _):
        code, _, err = hel(capfd, "explore", written(tmp_path), "--scheduler", address)
    assert code == 2 and f"a scheduler must have workers, {address} has none; start one" in err
