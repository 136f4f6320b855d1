"""Constants: text and words are each other's inverse; words out of place are refused."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.program.constants import Constant, Run, normalised


@pytest.mark.parametrize("seed", range(20))
def test_text_and_words_round_trip(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 9, rng.integers(1, 3)))
    words = rng.integers(-3, 4, shape) * (rng.random(shape) < rng.random())
    constant = Constant.of("C", words)
    assert (constant.words == words).all() and Constant.parse(str(constant)) == constant
    assert constant.entries == np.count_nonzero(words)
    constant.check(-3, 3)
    if words.ndim == 2:
        found = [k for k in range(-shape[0], shape[1]) if np.diagonal(words, k).any()]
        assert constant.diagonals == tuple(found)


def test_runs_join_equal_words_of_a_diagonal():
    words = np.diag([7, 7, 0, 5]) + np.diag([1, 1, 1], -1)
    assert str(Constant.of("A", words)) == "constant A [4, 4] -1[1:4]=1 +0[0:2]=7 +0[3:4]=5"
    assert str(Constant.of("c", np.array([0, 2, 2, 3]))) == "constant c [4] [1:3]=2 [3:4]=3"


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ([Run(0, 0, 3, 1)], r"constant C: a run lies inside \[2, 3\], got \+0\[0:3\]=1; move it"),
        ([Run(2, 0, 2, 1)], r"a run lies inside \[2, 3\], got \+2\[0:2\]=1"),
        ([Run(-1, 0, 1, 1)], r"a run lies inside \[2, 3\], got -1\[0:1\]=1"),
        ([Run(0, 1, 1, 1)], r"a run lies inside \[2, 3\], got \+0\[1:1\]=1"),
        ([Run(0, 0, 1, 9)], "a word lies in -8 to 7 and is not 0, got 9; move a power of two into a scale"),
        ([Run(0, 0, 1, 0)], "a word lies in -8 to 7 and is not 0, got 0"),
        ([Run(0, 0, 2, 1), Run(0, 1, 2, 3)], r"an element has one word, got a second by \+0\[1:2\]=3; merge"),
    ],
)
def test_words_out_of_place(runs, message):
    with pytest.raises(HelError, match=message):
        Constant("C", (2, 3), tuple(runs)).check(-8, 7)


def test_a_vector_has_no_offsets():
    with pytest.raises(HelError, match="a run of a vector has no offset, got 1; drop it|a run lies inside"):
        Constant("c", (3,), (Run(1, 0, 1, 1),)).check(-8, 7)


@pytest.mark.parametrize(
    "text", ["constant C", "constant C [2] x", "constant C [2, 2] +0[0:2]", "constant C [] [0:1]=1"]
)
def test_what_does_not_read(text):
    with pytest.raises(ValueError, match="constant C"):
        Constant.parse(text)


@pytest.mark.parametrize("scale", [1e-9, 0.3, 1.0, 1.99999999, 7.0, 1e12])
def test_normalised_words_are_near_and_fit(scale):
    values = scale * np.array([1.0, -0.5, 0.123])
    words, exponent = normalised(values, 16)
    assert 2**16 <= np.abs(words).max() < 2**17
    assert np.abs(np.ldexp(words.astype(float), exponent - 16) - values).max() <= 2.0 ** (exponent - 17)
