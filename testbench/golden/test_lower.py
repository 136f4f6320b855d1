import numpy as np
import pytest

from golden.errors import HelError
from golden.execute import evaluate
from golden.formats import Formats
from golden.lower import compile_system
from golden.systems import System
from testbench.golden.machines import NAMES, build, state


def made(parameters, potential, n=3, m=3):
    class Made(System):
        pass

    Made.parameters = property(lambda self: parameters)
    Made.potential = lambda self, q, u, theta: potential(q, u, theta)
    Made.__abstractmethods__ = frozenset()
    return compile_system(Made(n, m))


def texts(program):
    return [str(op) for op in program.ops]


def test_hru_is_diagonal():
    lines = texts(build("hru")[0])
    assert "w_x = mul w x" in lines and "w_s = mul w s" in lines and "F = sum + al_x << 4 + w_s" in lines


def test_springs_cut_a_difference_once_from_full_words():
    program = build("springs", n=4)[0]
    lines = texts(program)
    assert "d = sum + q_0 - q_1" in lines and "dx = cut d SQ(5, 13)" in lines
    assert "F = sum + k_x + kc_dx_at0 - kc_dx_at1 - u_at0 << 16" in lines
    assert [str(g) for g in program.gradients] == [
        "gradient k = mul x x scale +2**-1",
        "gradient kc = mul dx dx scale +2**-1",
    ]


@pytest.mark.parametrize("w", [10, 12, 16, 18, 20])
@pytest.mark.parametrize("k", [1, 3, 6])
def test_shifts_of_the_dense_rules(w, k):
    """z at fraction 2w - 7 to 18; al x by 4; K by 2w - 3 + k - f."""
    program = build("dense", formats=Formats(12, w, 6, k))[0]
    lines = texts(program)
    assert program.types["z"].fraction == 2 * w - 7 and f"zt = round floor z {2 * w - 7 - 18}" in lines
    assert program.types["F"].fraction == 2 * w - 3 and f"K = round half_up F {2 * w - 3 + k - 12}" in lines
    assert "F = sum + al_x << 4 + Wt_s" in lines


@pytest.mark.parametrize("name", NAMES)
def test_forces_and_densities_approach_the_float_ones(name):
    """Every output of the program at random words, against the traced graph in float64 at the same numbers."""
    from golden import systems

    formats = Formats()
    program, words, _ = build(name)
    system = systems.get(name, n=6, m=1 if name == "springs" else 3)
    q, _, u = state(program, 5, scale=1.0)
    theta = {k: formats.theta.value(v) for k, v in words.items()}
    slopes = system.slopes({"q": formats.q.value(q), "u": formats.u.value(u), **theta})
    values = evaluate(program, words, q, u) | {"u": u, "one": np.array(formats.one)}
    step = 2.0**-program.formats.kick_fraction
    assert np.abs(values[program.kick] * step - slopes["q"]).max() < 2**-9
    fraction = program.types[program.input_gradient].fraction
    assert np.abs(np.ldexp(values[program.input_gradient].astype(float), -fraction) - slopes["u"]).max() < 2**-9
    for g in program.gradients:
        r, y = (np.ldexp(values[a].astype(float), -program.types[a].fraction) for a in (g.r, g.y))
        product = np.multiply.outer(r, y) if g.product == "outer" else r * y
        assert np.abs(g.sign * 2.0**-g.halvings * product - slopes[g.parameter]).max() < 2**-9


def test_a_power_is_cut_like_any_operand():
    program = made({"c": (3,)}, lambda q, u, t: np.sum(t["c"] * q**4) / 4)
    assert texts(program) == [
        "x = cut q SQ(5, 13)",
        "x_x = mul x x",
        "x_xx = cut x_x SQ(5, 13)",
        "c_x_xx = mul c x_xx",
        "c_x_xxx = cut c_x_xx SQ(5, 13)",
        "c_x_xxx_x = mul c_x_xxx x",
        "K = round half_up c_x_xxx_x 13",
    ]
    assert str(program.gradients[0]) == "gradient c = mul x_xx x_xx scale +2**-2"


def test_shared_expressions_are_one_value():
    program = made({"a": (3,)}, lambda q, u, t: np.sum(np.log(np.cosh(t["a"] * q))) + np.sum(u * np.tanh(q)) * 0)
    assert len({str(op).split(" = ")[1] for op in program.ops}) == len(program.ops)


@pytest.mark.parametrize(
    ("parameters", "potential", "message"),
    [
        (
            {"a": (3,)},
            lambda q, u, t: np.sum(t["a"] * q**2) / 3,
            "a constant factor must be a power of two up to sign, got 0.66",
        ),
        (
            {"a": (3,)},
            lambda q, u, t: np.sum(t["a"] * np.cos(q)),
            "has no fixed-point form here; the integer program has",
        ),
        ({"a": (3,)}, lambda q, u, t: np.sum(q**2), "every parameter acts on the state, a does not"),
        (
            {"a": (3,)},
            lambda q, u, t: np.sum(t["a"] * q**2 + t["a"] * u * q),
            "parameter a may stand in one product only",
        ),
        (
            {"a": (3,)},
            lambda q, u, t: 4 * np.sum(t["a"] * q**2),
            "scale the term of parameter a down by a power of two",
        ),
        ({"a": (3,)}, lambda q, u, t: np.sum(t["a"] * q) ** 2, "has no fixed-point form here"),
    ],
)
def test_what_cannot_be_lowered(parameters, potential, message):
    with pytest.raises(HelError, match=message):
        made(parameters, potential)
