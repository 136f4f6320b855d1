"""Potentials of users (tests/potentials.py) on the golden path: words, return, gradient; and answers in a line."""

import re

import numpy as np
import pytest

from golden.checks.gradcheck import gradcheck
from golden.compiler import compile_system
from golden.dynamics.integrator import Integrator
from golden.errors import HelError
from tests import potentials
from tests.golden.dynamics.cases import equal_words
from tests.golden.dynamics.test_integrator import returned

QUICK = (potentials.Morse, potentials.NonlinearLine)
EACH = [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in potentials.RUN]
EPS_LOG2 = {
    potentials.Toda: -4,
    potentials.Morse: -4,
    potentials.Gaussians: -4,
    potentials.StrengthOfLogCosh: -4,
    potentials.SoftCoulomb: -7,
    potentials.NonlinearLine: -3,
    potentials.LogSumExp: -3,
    potentials.InverseSquareRepulsion: -4,
    potentials.Attention: -5,
    potentials.SimulatedBifurcation: -5,
}
"""Where the nudge is small enough for its square, and large enough for the words."""


@pytest.mark.parametrize("potential", EACH)
def test_words_equal_the_naive_interpreter(potential):
    """Tables inside and beyond their ends; an echo without nudge returns every word and leaves G at 0."""
    made = potential(5, 1)
    program = compile_system(made)
    for seed, large in ((0, 1.0), (1, 5.0)):
        theta = {
            name: program.formats.theta.raw(np.clip(large * words, -1.9, 1.9))
            for name, words in made.initial(seed).items()
        }
        integrator = Integrator(program, theta)
        equal_words(program, theta, integrator, 6, lambda t: np.arange(-2, program.n - 2) * (40 + t))
        assert returned(program, integrator, 100, 1, large, large) == (0, False)


@pytest.mark.parametrize("potential", EACH)
def test_the_gradient_is_good(potential):
    result = gradcheck(potential(5, 1), steps=100, eps=2.0 ** EPS_LOG2[potential], cuts="calibrated")
    assert not result["flags"] and result["return_error_lsb"] == 0
    assert 1 - result["cosine_float"] < 1e-5
    assert 1 - result["cosine_fixed"] < 1e-5


def refused(function):
    class Refused(potentials.Driven):
        def own(self, q, k):
            return function(q, k)

    with pytest.raises(HelError) as error:
        compile_system(Refused(4, 1), cuts="calibrated")
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda q, k: np.sum(k[1:] / np.diff(q)), r"1 / x is not finite at x = 0, .*np.clip\(x, low, high\)"),
        (lambda q, k: np.sum(k[1:] * np.diff(q) ** -12), "is not finite at x = 0, "),
        (lambda q, k: np.sum(k * np.log(q)), "1 / x is not finite at x = 0"),
        (lambda q, k: np.sum(k * np.sqrt(q)), "sqrt.* is not finite at x = "),
        (lambda q, k: np.sum(k[1:] * np.log(np.clip(np.diff(q), 0.5, 2.0))), "its stated range is 0.5 to 2; state a"),
    ],
)
def test_what_has_no_table_gets_a_line(function, message):
    text = refused(function)
    assert re.match(r"test_potentials.py:\d+: `.*`: ", text) and re.search(message, text), text
