"""`hel gradcheck`: costs, strengths of the nudge, the scan with its figure, and one rule of advice."""

import pytest

from hel.commands.gradcheck import FAR, advice, text
from tests.hel.commands import answer, hel

SMALL = ("-n", 4, "-m", 2, "--steps", 40)
COST = "import numpy as np\n\n\ndef last(q, y):\n    return np.sum(np.log(np.cosh(q[-2:] - y)))\n"
KEYS = {"cosine_float", "relative_error_float", "cosine_fixed", "relative_error_fixed", "return_error_lsb"}


@pytest.fixture(autouse=True)
def mine(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(COST)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("cost", ["final", "summed", "averaged"])
def test_costs(capfd, cost):
    result = answer(capfd, "gradcheck", "dense", *SMALL, "--cost", cost)
    assert KEYS <= set(result) and (result["cost_kind"], result["return_error_lsb"]) == (cost, 0)
    assert result["cosine_fixed"] > 0.9999 and result["eps"] == result["best_eps"]
    said = hel(capfd, "gradcheck", "dense", *SMALL, "--cost", cost)[1].splitlines()
    assert said[0].startswith("eps = 2^") and said[0].endswith(", the best in fixed point") and len(said) == 4


def test_a_cost_of_ones_own(capfd):
    for name in ("mine.py:last", "mine.py"):
        result = answer(capfd, "gradcheck", "dense", *SMALL, "--cost", name, "--targets", 2)
        assert (result["cost_kind"], result["targets"]) == (name, 2) and result["cosine_fixed"] > 0.9999


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--cost", "mine.py:last"], "mine.py:5: `q[-2:] - y`: operands"),
        (["--cost", "mine.py:last"], "a target has 4 numbers here: say --targets 2"),
        (["--cost", "mine.py:lst"], "mine.py defines no 'lst'; its costs: last; did you mean mine.py:last?"),
        (["--cost", "min.py:last"], "a cost's file must exist, min.py is not there; did you mean mine.py?"),
        (["--cost", "mean"], "the cost is one of final, summed, averaged, or path/to/file.py:function, got mean"),
        (["--eps", "0.3"], "--eps: must be a power of two, not '0.3'; nearest: 2^-2; or auto, or scan"),
        (["--eps", "scna"], "--eps: must be a finite number other than 0 such as 0.125 or 2^-3, not 'scna'; or auto"),
        (["--figure", "a.png"], "--figure draws what --eps scan measures, got no scan; add --eps scan"),
        (["--eps", "scan", "--figure", "a.gif"], "--figure must name a .png, .svg, .pdf file"),
        (["--targets", "0"], "--targets: must be an integer from 1 to 4096, not '0'"),
    ],
)
def test_what_cannot_be_is_one_line(capfd, tmp_path, words, message):
    code, out, err = hel(capfd, "gradcheck", "dense", *SMALL, *words)
    assert code == 2 and out == "" and err.count("\n") == 1 and message in err
    assert {path.name for path in tmp_path.iterdir()} <= {"mine.py", "__pycache__"}


@pytest.mark.parametrize("name", ["a.png", "a.svg", "a.pdf"])
def test_scan_and_its_figure(capfd, tmp_path, name):
    pytest.importorskip("matplotlib")
    result = answer(capfd, "gradcheck", "springs", *SMALL, "--eps", "scan", "--figure", name)
    assert KEYS <= set(result) and result["figure"] == name and (tmp_path / name).stat().st_size > 5000
    assert result["eps"] == result["fixed"]["best_eps"] and len(result["rows"]) > 10
    assert any(row["limit"] == "flags" for row in result["rows"])


def test_scan_as_text(capfd):
    said = hel(capfd, "gradcheck", "dense", *SMALL, "--eps", "scan")[1]
    lines = said.splitlines()
    assert lines[0].split()[0] == "eps" and said.count("best in fixed point") == 2 and lines[1].split()[0] == "2^-12"
    assert "  weaker: round-off of the words, which float64 has not; the error is" in said
    assert "  stronger: nonlinearity, which float64 has too; the error is" in said and "goes as eps^2.0" in said
    springs = hel(capfd, "gradcheck", "springs", *SMALL, "--eps", "scan")[1]
    assert "words overflow or clip from 2^" in springs and "p_overflow" in springs
    assert "its own round-off is all there is, no error of eps" in springs and "<1e-12" in springs


def test_a_nudge_too_weak_and_one_too_strong_are_told_the_best(capfd):
    weak = hel(capfd, "gradcheck", "springs", *SMALL, "--eps", "2^-12")[1]
    assert "eps = 2^-12 is too weak: round-off alone is" in weak and "look at --eps scan" in weak
    strong = hel(capfd, "gradcheck", "dense", *SMALL, "--eps", "2^1")[1]
    assert "eps = 2^1 is too strong: float64 is off by" in strong and "off the middle" in strong
    wrapped = hel(capfd, "gradcheck", "springs", *SMALL, "--eps", "2^7")[1]
    assert "eps = 2^7 is too strong for the words: they lose" in wrapped and "flags raised" in wrapped
    assert "too" not in hel(capfd, "gradcheck", "dense", *SMALL)[1]


RESULT = {
    "stability": {"figure": 0.1, "limit": 4.0, "growth_log2": 1.0, "lyapunov_time": 18.0, "duration": 12.5},
    "eps": 2.0**-5,
    "best_eps": 2.0**-5,
    "relative_error_float": 1e-4,
    "relative_error_fixed": 1e-3,
    "best_relative_error_fixed": 1e-3,
    "round_off": 1e-3,
    "asymmetry": 0.01,
    "flags": [],
    "argument_clamped": [],
    "cosine_float": 1.0,
    "cosine_fixed": 1.0,
    "return_error_lsb": 0,
}


def test_advice_offers_nothing_that_was_taken():
    far = RESULT | {"relative_error_fixed": 3 * FAR, "best_relative_error_fixed": FAR, "round_off": 3 * FAR}
    assert "--cuts calibrated" in advice(far)[0] and "--cuts" not in advice(far | {"cuts": "calibrated"})[0]


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({}, None),
        ({"relative_error_fixed": 0.009}, None),  # less than ten times the best
        ({"eps": 2.0**-9, "relative_error_fixed": 0.02, "round_off": 0.02}, "eps = 2^-9 is too weak: round-off alone"),
        ({"eps": 2.0, "relative_error_fixed": 0.4, "relative_error_float": 0.4}, "eps = 2^1 is too strong: float64"),
        ({"eps": 4.0, "relative_error_fixed": 0.9, "round_off": 0.9}, "eps = 2^2 is too strong for the words"),
        # Far off whatever eps, with a large asymmetry: not "lower" in one line and "raise" in the next.
        (
            {"relative_error_fixed": 3 * FAR, "best_relative_error_fixed": FAR, "relative_error_float": 2 * FAR},
            "no eps is much better than 2^-5: weaker nudges drown",
        ),
        (
            {"relative_error_fixed": 3 * FAR, "best_relative_error_fixed": FAR, "round_off": 3 * FAR, "asymmetry": 2.0},
            "fixed point is far from float64 and no eps is much better than 2^-5",
        ),
        ({"relative_error_fixed": 0.9, "best_relative_error_fixed": 0.9, "flags": ["q_overflow"]}, None),
        ({"relative_error_fixed": 0.9, "best_relative_error_fixed": 0.9, "argument_clamped": ["a.py:1"]}, None),
    ],
)
def test_advice_is_one_line_at_most_and_never_two_directions(changes, start):
    result = {**RESULT, **changes}
    lines = advice(result)
    assert len(lines) == (start is not None) and all(line.startswith(start) for line in lines)
    assert text(result).count("--eps") <= 2 and not ("lower" in text(result) and "raise" in text(result))
