import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.checks.cases import Case, problem, reference
from golden.checks.comparison import compare
from golden.checks.gradcheck import gradcheck
from golden.checks.sweep import sweep
from golden.errors import HelError


def test_the_reference_format_on_a_thousand_steps():
    """The contract: dense, N = 16, T = 1000, h = 1/8, final cost: median cosine of five seeds at the best eps."""
    best = min(sweep(Case("dense", 16, 4, 1000), Formats(), eps_log2=range(-9, -4)), key=lambda row: row.loss)
    assert 1 - best.loss >= 0.9999


def test_keys_of_the_command():
    result = gradcheck("hru", steps=30, neurons=4, eps=0.03125, seed=3, formats=Formats(14, 16))
    keys = {"cosine_float", "relative_error_float", "cosine_fixed", "relative_error_fixed", "return_error_lsb"}
    assert keys <= set(result)
    assert result["return_error_lsb"] == 0 and result["flags"] == [] == result["argument_clamped"]
    assert result["cosine_float"] > 0.9999 and result["cosine_fixed"] > 0.999
    assert (result["eps"], result["seed"], result["fraction_bits"], result["operand_bits"]) == (0.03125, 3, 14, 16)


def test_a_sweep_is_the_single_checks():
    """All seeds and eps in one batch: bit for bit the numbers of one run each."""
    case, formats = Case("dense", 5, 2, 40), Formats(14, 16)
    rows = sweep(case, formats, seeds=[0, 1, 2], eps_log2=[-3, -6])
    for row in rows:
        alone = [
            gradcheck("dense", steps=40, neurons=5, inputs=2, eps=2.0**row.eps_log2, seed=seed, formats=formats)
            for seed in (0, 1, 2)
        ]
        assert row.error == pytest.approx(np.median([a["relative_error_fixed"] for a in alone]), rel=1e-9)
        assert row.worst == pytest.approx(max(1 - a["cosine_fixed"] for a in alone), rel=1e-6, abs=1e-12)


def test_problems_are_words_of_every_format():
    one = problem(Case(steps=3), 0, 14)
    for bits in (8, 20):
        word = Formats(bits).q
        assert (word.value(word.raw(one.q0)) == one.q0).all()
    assert (
        Formats(operand_bits=14).weight.value(Formats(operand_bits=14).weight.raw(one.theta["W"])) == one.theta["W"]
    ).all()


def test_compare_of_nothing():
    assert compare({"a": np.zeros(2)}, {"a": np.ones(2)}, ["a"]) == (0.0, 1.0)


def test_the_reference_is_cached():
    case = Case("linear", 3, 1, 5)
    assert reference(case, 0, 18, 0.125) is reference(case, 0, 18, 0.125)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"eps": 0.3}, "eps must be a power of two, got 0.3; use 0.25 or 0.5"),
        ({"steps": 0}, "the number of steps must be at least 1, got 0; use for example 1000"),
        ({"cost": "mean"}, "the cost is one of final, summed, got mean"),
        ({"neurons": 0}, "neurons n must be a whole number >= 1, got 0"),
        ({"system": "quartic"}, "there is no built-in system 'quartic'; choose from"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(HelError, match=message):
        gradcheck(**{"system": "dense", **arguments})


RUNAWAY = """
from golden.systems import System


class Bare(System):
    parameters = {}

    def potential(self, q, u, theta):
        return q @ q


class Runaway(System):
    parameters = {"k": (1,)}

    def potential(self, q, u, theta):
        return 500 * q @ q + theta["k"] @ q[:1]
"""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Bare", "gradients of parameters are compared, .*mine.py:Bare has none; declare one"),
        ("Runaway", "a trajectory must stay finite, that of .* grows without bound in 200 steps; use a smaller"),
    ],
)
def test_systems_without_a_comparison(tmp_path, name, message):
    (tmp_path / "mine.py").write_text(RUNAWAY)
    with pytest.raises(HelError, match=message):
        gradcheck(f"{tmp_path / 'mine.py'}:{name}", neurons=2, steps=200)
