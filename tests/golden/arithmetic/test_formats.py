import numpy as np
import pytest

from golden.arithmetic.formats import SQ, Formats
from golden.errors import HelError


def test_words_of_the_reference_format():
    f = Formats()
    assert (f.q.width, f.p.width, f.x.width, f.s.width, f.weight.width, f.theta.width) == (26, 22, 18, 18, 18, 18)
    assert f.one == 8192 and f.step == 0.125 and f.kick_fraction == 13


def test_half_a_drift_is_one_to_one_on_raw_words():
    for k in range(9):
        f = Formats(log2_inverse_step=k)
        assert f.q.value(np.array(1)) == f.p.value(np.array(1)) * f.step / 2


def test_raw_rounds_ties_to_even_and_back():
    word = SQ(3, 2)
    assert word.raw([0.125, 0.375, -0.125]).tolist() == [0, 2, 0]
    raw = np.arange(word.low, word.high + 1)
    assert (word.raw(word.value(raw)) == raw).all()


def test_saturating_raw():
    assert SQ(1, 3).raw([5.0, -5.0, 1e300], saturating=True).tolist() == [7, -8, 7]


def test_out_of_range_names_rule_value_and_way_out():
    with pytest.raises(HelError, match=r"SQ\(1, 3\) holds raw values -8 to 7, got 40; scale the value down or widen"):
        SQ(1, 3).raw([0.0, 5.0])
    with pytest.raises(HelError, match="finite values, got nan"):
        SQ(1, 3).raw([float("nan")])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fraction_bits": 1}, r"fraction_bits \(of p\) must be an integer from 2 to 28, got 1"),
        ({"operand_bits": 40}, r"operand_bits \(of a multiplier\) must be an integer from 8 to 24, got 40"),
        ({"integer_bits": 2.5}, r"integer_bits .* must be an integer from 2 to 16, got 2.5"),
        ({"g_cut": True}, r"g_cut .* got True"),
    ],
)
def test_limits(change, message):
    with pytest.raises(HelError, match=message):
        Formats(**change)


@pytest.mark.parametrize("text", ["fraction_bits", "f=3", "fraction_bits=x", None, 3])
def test_parse_refuses(text):
    with pytest.raises(HelError, match='formats read "name=integer"'):
        Formats.parse(text)


def test_numbers_of_numpy_become_plain_ones():
    assert type(Formats(fraction_bits=np.int64(14)).fraction_bits) is int


def test_round_trip():
    f = Formats(12, 16, 5, 2, 40, 3, 7)
    assert Formats.parse(str(f)) == f
    with pytest.raises(HelError, match=r'a format reads "SQ\(integer bits, fraction bits\)", got "Q5.13"'):
        SQ.parse("Q5.13")
