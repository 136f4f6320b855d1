"""The words of tables: the stated error against every look-up, folds, ranges, ends, and what cannot be met."""

import numpy as np
import pytest

from golden.arithmetic.function_table import MAX_SEGMENTS
from golden.arithmetic.tables import FRACTION_LOG2
from golden.compiler.table_words import fitting, provisional, words_of
from golden.compiler.univariate import Univariate
from golden.errors import HelError
from golden.language.graph import topological
from golden.language.one_variable import variables
from golden.language.trace import trace_function
from golden.language.user_function import table


def univariate(function) -> Univariate:
    """Of a NumPy function of one array."""
    graph = trace_function(lambda x: np.sum(function(x)), "f", {"x": (3,)})
    (total,) = graph.outputs.values()
    factor, total = (total.factor, total.args[0]) if total.op == "scale" else (1.0, total)
    assert total.op == "sum" and factor == 1.0
    (root,) = total.args
    variable = variables(topological([root]))[root]
    return Univariate(root, variable)


FUNCTIONS = {
    "exp": (np.exp, (-6.5, 2.4)),
    "gaussian": (lambda x: np.exp(-(x**2)), (-4.0, 4.0)),
    "slope of a gaussian": (lambda x: x * np.exp(-(x**2)), (-4.0, 4.0)),
    "soft Coulomb": (lambda x: 1 / np.sqrt(1 + x**2), (-6.0, 6.0)),
    "reciprocal": (lambda x: 1 / x, (0.5, 6.0)),
    "x**-2": (lambda x: x**-2, (1.0, 3.0)),
    "line": (lambda x: (1 + x) * np.log(1 + x), (-0.75, 3.0)),
    "log cosh": (lambda x: np.log(np.cosh(x)), (-5.0, 5.0)),
    "softplus": (lambda x: np.logaddexp(0.0, x), (-6.0, 6.0)),
    "arctan": (np.arctan, (-7.0, 7.0)),
    "log1p of a square": (lambda x: np.log1p(x**2), (-3.0, 3.0)),
    "sine": (lambda x: np.sin(3 * x) + np.sqrt(2 + x), (-1.5, 2.5)),
}


def every_argument(choice, bounds):
    """All argument words from which a value of the range is looked up, and the variable at each."""
    one = choice.table
    shift = round(choice.shift * 2.0**one.fraction)
    assert shift * 2.0**-one.fraction == choice.shift
    first, last = (int(np.ceil(bounds[0] * 2.0**one.fraction)), int(np.floor(bounds[1] * 2.0**one.fraction)))
    z = np.arange(first, last + 1, dtype=np.int64)
    return z - shift, np.ldexp(z.astype(np.float64), -one.fraction)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("w", [12, pytest.param(16, marks=pytest.mark.slow), pytest.param(18, marks=pytest.mark.slow)])
def test_no_look_up_is_further_off_than_stated(name, w):
    """Every argument word of the range, against the function."""
    f, bounds = FUNCTIONS[name]
    choice = words_of(univariate(f), bounds, w, stated=True)
    choice.table.check(w)
    z, x = every_argument(choice, bounds)
    off = np.abs(choice.table.look_up(z) - np.ldexp(f(x), choice.to.fraction_bits))
    assert off.max() <= choice.error + 1e-3 and choice.error - 1e-3 <= max(off.max(), 1.0)
    assert choice.error <= 1.0 or choice.table.segments > MAX_SEGMENTS / 2 - 2
    assert choice.error <= (1.0 if w == 12 else 1.1 if w == 16 else 1.6)
    assert not choice.table.clamps(z[:-1]).any()  # an end on a segment's end is the first argument beyond
    assert choice.to.width == w


def test_an_end_that_the_range_reaches_is_no_clamp():
    """The very end is one word past the last argument of the last segment only where the range ends on a segment."""
    choice = words_of(univariate(np.exp), (-1.0, 1.0), 16, stated=True)
    z, _ = every_argument(choice, (-1.0, 1.0))
    assert choice.table.clamps(z).tolist() == [False] * (len(z) - 1) + [True]
    assert choice.table.look_up(z[-1:]) == choice.table.look_up(z[-2:-1])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_fewer_segments_are_further_off(name):
    """More places ask for more segments."""
    f, bounds = FUNCTIONS[name]
    choice = words_of(univariate(f), bounds, 12, stated=True)
    assert 16 <= choice.table.segments <= 1024
    wide = words_of(univariate(f), bounds, 16, stated=True)
    assert wide.table.segments >= 2 * choice.table.segments - 2 or wide.error > 1.0


@pytest.mark.parametrize(
    ("f", "bounds", "fold"),
    [
        (lambda x: np.exp(-(x**2)), (-4.0, 2.0), "even"),
        (lambda x: x * np.exp(-(x**2)), (-1.0, 4.0), "odd"),
        (np.arctan, (-3.0, 3.0), "odd"),
        (np.cosh, (0.5, 3.0), ""),  # one sign alone
        (np.exp, (-1.0, 1.0), ""),
        (lambda x: np.log1p(x**2) + x / 4, (-1.0, 1.0), ""),
    ],
)
def test_folds(f, bounds, fold):
    one = words_of(univariate(f), bounds, 16, stated=True).table
    assert one.fold == fold and (one.low == 0 or not fold)
    if fold:
        largest = max(-bounds[0], bounds[1])
        assert one.high * 2.0 ** (FRACTION_LOG2 - one.fraction) >= largest
        x = np.linspace(-largest, largest, 77)[1:-1]
        z = np.floor(np.ldexp(x, one.fraction)).astype(np.int64)
        sign = 1 if fold == "even" else -1
        assert (one.look_up(z) == sign * one.look_up(-1 - z)).all()


@pytest.mark.parametrize("bounds", [(0.5, 6.0), (-6.0, -0.5), (100.0, 101.0), (-3.25, -3.125), (0.0, 1.0), (-1.0, 0.0)])
def test_a_range_without_zero_is_moved_there(bounds):
    f = univariate(lambda x: 1 / (200 + x**2))
    choice = words_of(f, bounds, 16, stated=True)
    assert choice.table.low <= 0 < choice.table.high
    assert (choice.shift != 0.0) == (not bounds[0] <= 0.0 < bounds[1]) or bounds == (-1.0, 0.0)
    z, x = every_argument(choice, bounds)
    off = np.abs(choice.table.look_up(z) - np.ldexp(f(x), choice.to.fraction_bits)).max()
    assert off <= choice.error + 1e-3 <= 1.001
    assert choice.table.values(x - choice.shift, 0) == pytest.approx(f(x), rel=1e-12)


@pytest.mark.parametrize(
    ("f", "bounds", "stated", "steep"),
    [
        (np.exp, (-2.0, 2.0), False, (True, True)),
        (np.exp, (-2.0, 2.0), True, (True, True)),
        (np.exp, (-16.0, 2.0), False, (False, True)),
        (lambda x: np.exp(-(x**2)), (-5.0, 5.0), False, (False, False)),
        (lambda x: np.exp(-(x**2)), (-1.0, 1.0), False, (False, True)),
        (lambda x: np.exp(-(x**2)), (-5.0, 5.0), True, (False, True)),
        (lambda x: 1 / x, (0.5, 2.0), False, (True, True)),
        (np.tanh, (-9.0, 9.0), False, (False, False)),
    ],
)
def test_ends_are_steep_where_the_function_goes_on(f, bounds, stated, steep):
    assert words_of(univariate(f), bounds, 12, stated=stated).table.steep == steep


def test_a_pole_is_named_with_the_line():
    with pytest.raises(HelError) as error:
        words_of(univariate(lambda x: 1 / x), (-1.0, 2.0), 18, stated=False)
    text = str(error.value)
    assert text.startswith("test_table_words.py:") and "`1 / x`: 1 / x is not finite at x = 0, " in text
    assert "x goes from -1 to 2; state a range that it stays in by np.clip(x, low, high)" in text and "\n" not in text


@pytest.mark.parametrize(
    "function",
    [
        lambda x: 1 / (x + 1.2),
        lambda x: (x + 1.2) ** -2,
        lambda x: (x + 1.2) ** -13 - (x + 1.2) ** -7,
        lambda x: 8 * np.exp(-((x - 20) ** 2)) + 1 / (x - 1.37),  # less at the pole's neighbours than elsewhere
        lambda x: np.tan(x) ** 2,
        lambda x: 1 / (1e-9 + (x - 0.3) ** 2),
    ],
)
@pytest.mark.parametrize("high", [30.0, 119.48])
def test_poles_between_the_points_that_are_looked_at(function, high):
    """A pole of an even power has no jump, and in last places of a huge value all else is nearly exact."""
    with pytest.raises(
        HelError, match=r"^test_table_words.py:\d+: `.*(has a pole|is not finite|jumps).* (near|at) x = "
    ):
        words_of(univariate(function), (-57.3, high), 18, stated=False)


@pytest.mark.parametrize(
    ("f", "bounds"),
    [
        (lambda x: x**-2, (-1.0, 1.0)),
        (np.log, (-1.0, 2.0)),
        (np.sqrt, (-0.1, 2.0)),
        (np.exp, (0.0, 800.0)),
        (np.arctanh, (-1.0, 0.5)),
    ],
)
def test_not_finite_in_the_range(f, bounds):
    with pytest.raises(HelError, match=r"^test_table_words.py:\d+: `.*`: .* is not finite at x = "):
        words_of(univariate(f), bounds, 18, stated=False)


def test_an_error_that_is_asked_for():
    def choice(error, f=lambda x: np.sin(3 * x), w=18):
        return words_of(univariate(table(f, low=-2.0, high=2.0, error=error)), (-2.0, 2.0), w, stated=True)

    few, many = choice(2.0**-6), choice(2.0**-12)
    assert few.table.segments < many.table.segments < choice(None).table.segments
    for error, one in ((2.0**-6, few), (2.0**-12, many)):
        z, x = every_argument(one, (-2.0, 2.0))
        off = np.abs(one.table.look_up(z) * 2.0**-one.to.fraction_bits - np.sin(3 * x)).max()
        assert off <= error and one.error * 2.0**-one.to.fraction_bits <= error
    with pytest.raises(HelError) as error:
        choice(1e-9)
    assert "with 2048 segments, an error of 1e-09 was asked for; ask for a larger one, or shorten the range" in str(
        error.value
    )
    assert str(error.value).startswith("test_table_words.py:")


def test_a_range_has_room_where_the_function_has_values():
    log = univariate(np.log)
    assert fitting(log, (1.0, 2.0), 2.0) == (0.5, 4.0)
    assert fitting(univariate(lambda x: np.log(2 + x)), (-1.5, 1.0), 2.0) == (-1.5 * 1.25, 1.25)
    assert fitting(univariate(np.exp), (0.0, 0.0), 2.0) == (-(2.0**-7), 2.0**-7)
    assert fitting(univariate(np.exp), (-1.0, 3.0), 2.0) == (-2.0, 6.0)


def test_a_stand_in_computes_with_the_function():
    found = provisional(univariate(np.exp), 16)
    found.table.check(16)
    assert found.table.values(np.array([0.5]), 15) == pytest.approx(np.exp(0.5))


def test_values_that_are_small():
    tiny = univariate(lambda x: np.exp(-20 - x**2))
    choice = words_of(tiny, (-1.0, 1.0), 12, stated=True)
    z, x = every_argument(choice, (-1.0, 1.0))
    off = np.abs(choice.table.look_up(z) - np.ldexp(tiny(x), choice.to.fraction_bits)).max()
    assert off <= choice.error + 1e-3 and choice.to.fraction_bits > 30
