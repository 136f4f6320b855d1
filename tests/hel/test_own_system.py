"""A system from a user's own file goes through every command that takes a SYSTEM."""

import pytest

from golden.errors import HelError
from hel.__main__ import main
from testbench import tools
from tests.hel.commands import answer

FILE = '''
import numpy as np
from golden.systems import System


class Mine(System):
    """V = sum k q^2 / 2 + sum log cosh(W q + B u)."""

    @property
    def parameters(self):
        return {"k": (self.n,), "W": (self.n, self.n), "B": (self.n, self.m)}

    def potential(self, q, u, theta):
        z = theta["W"] @ q + theta["B"] @ u
        return np.sum(theta["k"] * q**2) / 2 + np.sum(np.log(np.cosh(z)))


class Blind(Mine):
    def potential(self, q, u, theta):
        return np.sum(theta["k"] * q**2) / 2


class Torn(System):
    parameters = {}

    def potential(self, q, u, theta):
        return np.sum(np.abs(q))
'''


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The path is relative: the simulator works in another folder and must find it all the same."""
    (tmp_path / "mine.py").write_text(FILE)
    monkeypatch.chdir(tmp_path)
    return "mine.py:Mine"


def test_systems(capfd, mine):
    (row,) = answer(capfd, "systems", mine, "-n", 6, "-m", 2)["systems"]
    assert row["parameters"] == {"k": [6], "W": [6, 6], "B": [6, 2]} and row["array"]
    assert row["summary"].startswith("V = sum k q^2 / 2")


def test_gradcheck(capfd, mine):
    result = answer(capfd, "gradcheck", mine, "-n", 6, "-m", 2, "--steps", 30)
    assert result["cosine_float"] > 0.999 and result["return_error_lsb"] == 0


@pytest.mark.parametrize("arithmetic", ["float", "fixed"])
def test_train(capfd, mine, arithmetic):
    argv = ("train", "digits", "--system", mine, "-n", 4, "--samples", 10, "--epochs", 1, "--arithmetic", arithmetic)
    assert answer(capfd, *argv)["system"] == "mine"


def test_rtl(capfd, mine, tmp_path):
    result = answer(capfd, "rtl", mine, "-n", 6, "-p", 3, "-o", "mine.v")
    assert (tmp_path / "mine.v").read_text().count("module hel_array") == 1
    assert list(result["parameters"]) == ["k", "W", "B"] and result["elements"] == 3


@pytest.mark.cosim
@pytest.mark.slow
def test_verify(capfd, mine):
    try:
        tools.find("icarus")
    except HelError as error:
        pytest.skip(str(error))
    argv = ("verify", mine, "-n", 4, "-m", 2, "-p", 2, "--steps", 1, "--simulator", "icarus")
    result = answer(capfd, *argv)
    assert result["mismatches"] == 0 and result["compared_words"] > 0


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["train", "digits", "--system", "mine.py:Blind"], "a system that trains must see its inputs"),
        (["gradcheck", "mine.py:Torn"], "mine.py:27: `np.abs(q)`: np.absolute is not available"),
        (["rtl", "mine.py:Torn", "-o", "a.v"], "np.absolute is not available in a traced function; write a smooth"),
        (["verify", "mine.py:Min"], "mine.py defines no 'Min'; its systems: Mine, Blind, Torn; did you mean mine"),
        (["build", "mine.py"], "mine.py defines Mine, Blind, Torn; write mine.py:Mine"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(capfd, mine, argv, message):
    code = main(argv)
    out, err = capfd.readouterr()
    assert code == 2 and out == "" and err.count("\n") == 1 and message in err
