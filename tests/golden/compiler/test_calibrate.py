"""A calibration of a system: what it chooses, and which line of the potential it names when nothing will do."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.compiler.calibrate import calibrated, strongest
from golden.errors import HelError
from golden.systems import System, get


class Driven(System):
    """A weak spring, a term of its own, and inputs."""

    extra = staticmethod(lambda q: 0.0)

    @property
    def parameters(self):
        return {"a": (self.n,), "B": (self.n, self.m)}

    def potential(self, q, u, theta):
        return np.sum(theta["a"] * q**2) / 2 + type(self).extra(q) - (theta["B"] @ u) @ q


def refused(extra, formats=None, **options):
    class Named(Driven):
        pass

    Named.extra = staticmethod(extra)
    with pytest.raises(HelError) as error:
        calibrated(compile_system(Named(4, 2), formats), Named(4, 2), **options)
    return str(error.value)


# Where a word ends is judged before a warning of NumPy's could be given: the tests turn warnings into errors.
@pytest.mark.parametrize(
    "extra",
    [
        lambda q: -2.0 * np.sum(q**2),
        lambda q: np.sum(q**8) * 16,
        lambda q: np.sum(q**40) * 16,
    ],
    ids=["unstable", "too steep", "beyond any float"],
)
def test_a_state_beyond_its_word_names_the_strongest_term(extra):
    message = refused(extra)
    assert message.startswith("test_calibrate.py:") and "`np.sum(q**" in message
    assert "in the calibration run, its word SQ(6, 20) holds +-32; add a restoring term such as" in message
    assert message.endswith("no other term's force is as large there")


def test_a_position_beyond_the_operand_names_the_strongest_term():
    message = refused(lambda q: 0.0, Formats(integer_bits=8), inputs=np.full((100, 2), 4.0))
    assert message.startswith('test_calibrate.py:23: `np.sum(theta["a"] * q**2)`: q reaches')
    assert "as a factor it is SQ(5, 13) and holds +-16" in message


def test_without_a_line_the_system_is_named():
    """The very first position is beyond its word: no force was taken."""
    starts = ((seed, np.random.default_rng([seed, 2])) for seed in range(1000))
    drawn = ((seed, rng.normal(0.0, 0.5, (10, 1)), rng.normal(0.0, 0.5, (2, 200))) for seed, rng in starts)
    seed = next(seed for seed, _, (q, p) in drawn if np.abs(q + p / 16).max() > 2.0)
    with pytest.raises(HelError, match=r"^hru: q reaches 2.* its word SQ\(2, 20\) holds \+-2; add"):
        hru = get("hru", n=200)
        calibrated(compile_system(hru, Formats(integer_bits=2)), hru, seeds=[seed], steps=10)


def test_runs_are_counted():
    with pytest.raises(HelError, match="a calibration has at least one run of one step, got 0 of 1000; use more"):
        dense = get("dense", n=2)
        calibrated(compile_system(dense), dense, seeds=[])


def test_the_strongest_term_is_that_of_the_largest_force():
    """Two oscillators: at q = 1 the spring of 2 pulls with 2, the quartic with 4 * 0.25 = 1; at q = 3 with 6 and 27."""

    class Two(Driven):
        extra = staticmethod(lambda q: np.sum(q**4) / 4)

    theta = {"a": np.full(2, 1.99), "B": np.zeros((2, 1))}
    assert '`np.sum(theta["a"] * q**2)`: ' in strongest(Two(2), theta, np.ones(2), np.zeros(1))
    assert "`np.sum(q**4)`: " in strongest(Two(2), theta, np.full(2, 3.0), np.zeros(1))
