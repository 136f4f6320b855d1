import pytest

from golden.arithmetic.formats import Formats
from golden.checks.gradcheck import gradcheck
from golden.errors import HelError


def test_keys_of_the_command():
    result = gradcheck("hru", steps=30, neurons=4, eps=0.03125, seed=3, formats=Formats(14, 16))
    keys = {"cosine_float", "relative_error_float", "cosine_fixed", "relative_error_fixed", "return_error_lsb"}
    assert keys <= set(result)
    assert result["return_error_lsb"] == 0 and result["flags"] == [] == result["argument_clamped"]
    assert result["cosine_float"] > 0.9999 and result["cosine_fixed"] > 0.999
    assert (result["eps"], result["seed"], result["fraction_bits"], result["operand_bits"]) == (0.03125, 3, 14, 16)


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
