"""--executor: the same answer, whoever runs the golden model; and what is refused."""

import json

import pytest

from golden.native import build, choice
from golden.native.library import library_of
from tests.hel.commands import answer, hel

CLOCK = ("samples_per_s", "made_by", "executor")


@pytest.mark.parametrize("cost", ["final", "averaged"])
def test_gradcheck_is_the_same(capfd, cost):
    words = ("gradcheck", "pendulum", "-n", 4, "-m", 2, "--steps", 20, "--cost", cost)
    ours, theirs = (answer(capfd, *words, "--executor", one) for one in ("compiled", "numpy"))
    assert (ours["executor"], theirs["executor"]) == ("compiled", "numpy")
    ours, theirs = ({key: one[key] for key in one if key not in CLOCK} for one in (ours, theirs))
    assert ours == theirs and ours["return_error_lsb"] == 0


def test_train_is_the_same(capfd):
    words = ("train", "digits", "-n", 8, "--samples", 30, "--epochs", 1, "--validation")
    ours, theirs = (answer(capfd, *words, "--executor", one) for one in ("compiled", "numpy"))
    assert (ours["executor"], theirs["executor"]) == ("compiled", "numpy")
    assert all(ours[name] == value for name, value in theirs.items() if name not in CLOCK)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("gradcheck", "dense", "--executor", "jax"), "'jax' is no executor; choose from compiled, numpy"),
        (
            ("train", "digits", "--arithmetic", "float", "--executor", "numpy"),
            "--executor is for --arithmetic fixed, not float; drop --executor",
        ),
    ],
)
def test_what_is_refused(capfd, words, message):
    code, out, err = hel(capfd, *words)
    assert (code, out) == (2, "") and message in err and len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words", [("gradcheck", "dense", "-n", 4, "-m", 1, "--steps", 5), ("train", "digits", "-n", 4, "--samples", 10)]
)
def test_without_a_compiler_numpy_runs_and_one_line_says_so(capfd, monkeypatch, words):
    """The JSON says who ran; nothing fails."""
    monkeypatch.setenv("CC", "no-such-cc")
    monkeypatch.setattr(choice, "_told", set())
    build.compiler.cache_clear()
    build._identity.cache_clear()
    library_of.__globals__["_library"].cache_clear()
    code, out, err = hel(capfd, *words, "--executor", "compiled", "--json", "--quiet")
    assert code == 0 and json.loads(out)["executor"] == "numpy"
    assert err.count("\n") == 1 and "NumPy runs what could run compiled" in err and "there is no no-such-cc" in err
    build.compiler.cache_clear()
