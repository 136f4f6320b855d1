"""What is left when a run ends early: rows that are whole, nothing that runs on, and the same rows in the end."""

import signal

import pytest

from tests.hel.explore.sweeps import LONG, SMALL, rows, same, started, written
from tests.hel.test_signals import stopped, those_with, until

MANY = SMALL.replace('"0..3"', '"0..9"')


def lines(path):
    return path.read_text().count("\n") if path.exists() else 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_runs_on(tmp_path, number):
    """Also where points would take minutes."""
    mark = f"HEL_TEST_MARK={tmp_path}".encode()
    file = written(tmp_path, LONG)
    with started(tmp_path, file, "-j", 2) as running:
        assert until(lambda: len(those_with(mark)) == 5), those_with(mark)  # it, two workers, two points
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 128 + number and out == ""
    assert err.splitlines()[-2] == f"{tmp_path}/small.jsonl has 0 of 8 points; the same command goes on from there"
    assert until(lambda: not those_with(mark)), those_with(mark)
    assert rows(tmp_path / "small.jsonl") == []


def test_killed_and_resumed_is_as_if_nothing_had_been(tmp_path):
    """SIGKILL in the midst of it, and a last line that is not whole."""
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    mark = f"HEL_TEST_MARK={tmp_path}".encode()
    file = written(tmp_path, MANY)
    with started(tmp_path, file, "--rows", cut, "-j", 2) as running:
        assert until(lambda: lines(cut) >= 4)
        running.kill()
        running.communicate()
    assert until(lambda: not those_with(mark)), those_with(mark)
    done = lines(cut) - 1
    assert 3 <= done < 20
    cut.write_bytes(cut.read_bytes()[:-9])
    with started(tmp_path, file, "--rows", cut, "-j", 2) as running:
        out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err
    assert err.count("its last row was not whole and is dropped") == 1
    assert out == f"{cut}: 20 points, {21 - done} run now\n"
    with started(tmp_path, file, "--rows", whole, "-j", 2) as running:
        running.communicate(timeout=120)
    assert len(rows(cut)) == 20 and same(cut) == same(whole)


def test_two_runs_do_not_write_one_file(tmp_path):
    mark = f"HEL_TEST_MARK={tmp_path}".encode()
    file = written(tmp_path, LONG)
    with started(tmp_path, file, "-j", 1) as first:
        try:
            assert until(lambda: lines(tmp_path / "small.jsonl") == 1)
            with started(tmp_path, file) as second:
                out, err = second.communicate(timeout=60)
        finally:
            first.send_signal(signal.SIGTERM)
            first.communicate(timeout=60)
    assert second.returncode == 2 and out == "" and err.count("\n") == 1
    assert "rows have one writer, " in err and "wait for it, or choose another --rows" in err
    assert until(lambda: not those_with(mark))


@pytest.mark.cosim
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_compilers_of_points_end_too(tmp_path, number):
    """Two compilers that never end, each with a child of its own; their folders go."""
    text = 'command = "verify"\n[options]\nsystem = "dense"\nneurons = 4\ninputs = 1\n[axes]\nelements = [1, 2]\n'
    code, words = stopped(tmp_path, ["explore", written(tmp_path, text), "-j", "2"], "c++", number)
    assert code == -signal.SIGKILL or (code, words.endswith("hel: interrupted\n")) == (130, True)
