"""Functions of one variable in a user's file: what the commands say of their tables."""

import pytest

from golden.compiler import compile_system
from golden.systems import get
from tests.hel.commands import answer, hel

FILE = '''
import numpy as np
import hel
from hel import System

WELL = hel.table(lambda x: np.exp(-(x**2)), low=-3.0, high=3.0, error=2**-9)


class Mine(System):
    """V = sum k exp(-q) - sum well(q) + sum q^2 - u q."""

    @property
    def parameters(self):
        return {"k": (self.n,)}

    def potential(self, q, u, theta):
        return np.sum(theta["k"] * np.exp(-q)) - np.sum(WELL(q)) / 4 + np.sum(q**2) - u[0] * q[0]


class Left(Mine):
    def potential(self, q, u, theta):
        return np.sum(theta["k"] * np.exp(np.clip(q, -0.1, 0.1))) + np.sum(q**2) - u[0] * q[0]


class Pole(Mine):
    def potential(self, q, u, theta):
        return np.sum(theta["k"] / q) + np.sum(q**2) - u[0] * q[0]


class Fine(Mine):
    FINE = hel.table(np.arctan, lambda x: 1 / (1 + x**2), low=-6.0, high=6.0, error=1e-9)

    def potential(self, q, u, theta):
        return np.sum(theta["k"] * self.FINE(q)) + np.sum(q**2) - u[0] * q[0]
'''
SIZE = ("-n", 4, "-m", 1)
ROW = {"name", "function", "low", "high", "stated", "segments", "format", "argument_fraction", "fold", "turn", "steep",
       "error_lsb", "error", "line"}  # fmt: skip


@pytest.fixture
def mine(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(FILE)
    monkeypatch.chdir(tmp_path)
    return "mine.py:Mine"


def test_systems(capfd, mine):
    (row,) = answer(capfd, "systems", mine, *SIZE)["systems"]
    assert row["functions"] == ["exp", "f"] and row["tables"] == []
    assert [set(one) for one in row["own_tables"]] == [ROW, ROW]
    exp, well = row["own_tables"]
    assert exp["function"] == "exp(-x)" and not exp["stated"] and "below" in exp["steep"]
    assert exp["line"] == "mine.py:17: `np.exp(-q)`" and exp["error_lsb"] < 1.5
    assert well["stated"] and (well["low"], well["high"]) == (-3.0, 3.0) and 2**-12 < well["error"] <= 2**-9
    code, out, _ = hel(capfd, "systems", mine, *SIZE)
    assert code == 0 and "  table f: exp(-x) for x from " in out
    assert "for x from -3 to 3 (stated), " in out and " segments, SQ(1, 17), off by at most " in out
    assert "beyond either end argument_clamped is raised  mine.py:17: `WELL(q)`" in out


def test_gradcheck(capfd, mine):
    result = answer(capfd, "gradcheck", mine, *SIZE, "--steps", 20)
    assert [row["stated"] for row in result["tables"]] == [False, True] and result["flags"] == []
    code, out, _ = hel(capfd, "gradcheck", mine, *SIZE, "--steps", 20)
    assert code == 0 and out.count("\ntable ") == 2


def test_systems_without_tables_say_nothing(capfd):
    assert answer(capfd, "gradcheck", "pendulum", *SIZE, "--steps", 20)["tables"] == []
    _, out, _ = hel(capfd, "gradcheck", "pendulum", *SIZE, "--steps", 20)
    assert "table " not in out


def test_passes_are_of_the_final_ranges(capfd, mine):
    passes = answer(capfd, "rtl", mine, *SIZE, "--elements", 2, "--show-passes")["passes"]
    found = [[line for line in each["text"].splitlines() if line.startswith("table ")] for each in passes]
    (first, *_) = (lines for lines in found if lines)
    assert len(first) == 2 and all(len(line) > 100 for line in first)
    program = compile_system(get(mine, n=4, m=1))
    assert sorted(first) == sorted(map(str, program.tables))


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("mine.py:Left", "--cuts", "calibrated"), "its stated range is -0.1 to 0.1; state a larger one"),
        (("mine.py:Pole",), 'mine.py:27: `theta["k"] / q`: 1 / x is not finite at x = 0, and x goes from'),
        (("mine.py:Fine",), "with 2048 segments, an error of 1e-09 was asked for; ask for a larger one"),
    ],
)
def test_refused_in_one_line(capfd, mine, argv, message):
    code, out, err = hel(capfd, "gradcheck", *argv, *SIZE, "--steps", 20)
    assert code == 2 and out == "" and err.count("\n") == 1
    assert err.startswith("hel: mine.py:") and message in err
