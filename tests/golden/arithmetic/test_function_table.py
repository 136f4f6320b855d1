"""Declared tables: look-ups against the naive machine, text, and the rules that a table keeps."""

import numpy as np
import pytest

from golden.arithmetic.function_table import FunctionTable, builtin
from golden.arithmetic.tables import lookup
from golden.errors import HelError
from tests.golden.program import naive


def made(seed: int) -> FunctionTable:
    """A random legal table of 12-bit words."""
    rng = np.random.default_rng(seed)
    fold, turn = str(rng.choice(["", "odd", "even"])), bool(rng.integers(2))
    segments = int(2 ** rng.integers(1, 5) if turn else rng.integers(1, 40))
    low = 0 if fold else -segments // 2 if turn else -int(rng.integers(segments))
    steep = (False, False) if turn else (not fold and bool(rng.integers(2)), bool(rng.integers(2)))
    words = rng.integers(-2047, 2048, segments + 1)
    return FunctionTable("f", int(rng.integers(8, 22)), tuple(words.tolist()), low, fold, turn, steep)


@pytest.mark.parametrize("seed", range(40))
def test_equal_to_the_naive_machine(seed):
    table = made(seed)
    table.check(12)
    rng = np.random.default_rng(seed)
    ends = [low * 4096 + near for low in (-table.high, table.low, 0, table.high) for near in (-2, -1, 0, 1, 2)]
    far = 3 * 4096 * (table.segments + abs(table.low))
    z = np.concatenate([ends, rng.integers(-far, far, 300), [1 << 40, -1 << 40]])
    wanted = [naive.declared(str(table), int(one)) for one in z]
    assert table.look_up(z).tolist() == [s for s, _ in wanted]
    assert table.clamps(z).tolist() == [lost for _, lost in wanted]
    low, high = table.interval
    assert low <= min(s for s, _ in wanted) and max(s for s, _ in wanted) <= high


@pytest.mark.parametrize("seed", range(10))
def test_text_round_trips(seed):
    table = made(seed)
    assert FunctionTable.parse(str(table)) == table


@pytest.mark.parametrize("function", ["tanh", "sin"])
@pytest.mark.parametrize("w", [8, 18, 22])
def test_the_built_in_ones_are_tables_like_any_other(function, w):
    z = np.concatenate([np.arange(-(2**21) - 9, 2**21 + 9, 1009), [2**21 - 1, 2**21, -(2**21), -(2**21) - 1]])
    table = builtin(function, w)
    assert (table.look_up(z) == lookup(function, w, z)).all()
    assert table.clamps(z).any() == (function == "sin")


def test_a_turn_comes_round():
    words = tuple(np.rint(1000 * np.sin(2 * np.pi * np.arange(9) / 16)).astype(int).tolist())
    sine = FunctionTable("f", 16, words, fold="odd", turn=True)
    z = np.arange(-70000, 70000, 77)
    assert (sine.look_up(z) == sine.look_up(z + 16 * 4096)).all()
    assert np.abs(sine.values(z / 2.0**16, 0) - 1000 * np.sin(2 * np.pi * z / 2.0**16)).max() < 25


def test_writes_into_out():
    table, out = made(3), np.zeros(1, np.int64)
    assert table.look_up(np.array([5]), out) is out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("table f fraction 12 = 1", "a table has 1 to 2048 segments, got 1 words; use fewer"),
        ("table f fraction 12 = 1 2048", "a table has words of 12 bits, got 2048; move the binary point"),
        ("table f odd fraction 12 = 0 -2048", "a table has words of 12 bits, got 2048"),
        ("table f even fraction 12 from -1 = 1 2 3", "a table that is odd or even starts at 0, got from -1"),
        ("table f fraction 12 from 1 = 1 2 3", "a table holds the argument 0, got 1 to 3; shift the argument"),
        ("table f fraction 12 from -2 = 1 2 3", "a table holds the argument 0, got -2 to 0"),
        ("table f odd turn fraction 12 = 0 1 2 3", "a table over a turn has a power of two of segments, got 3"),
        ("table f turn fraction 12 = 0 1 2", "a table over a turn starts at -1/2, got from 0; write -1"),
        ("table f odd turn fraction 12 steep above = 0 1 2", "a table over a turn has no ends, got steep"),
    ],
)
def test_what_a_table_cannot_be(line, message):
    with pytest.raises(HelError, match=message):
        FunctionTable.parse(line).check(12)
