"""Angles: what becomes a function of turns, what reads q modulo one, and what no angle may do."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.compiler.angles import with_turns, with_two_pi
from golden.compiler.linear import LinearForms
from golden.compiler.tabulate import tabulate
from golden.dynamics.integrator import Flags, Integrator, twin
from golden.errors import HelError
from golden.language.builder import Builder
from golden.systems import get
from tests.golden.compiler.made import system
from tests.golden.dynamics.cases import equal_words

PI = np.pi


def program(potential, parameters=None, angles=False, n=3):
    made = system(parameters or {"k": (n,)}, potential, n=n, m=1)
    type(made).angles = angles
    return compile_system(made)


def words(found):
    return [op.word for op in found.ops]


TURNING = {
    "2 pi q": lambda q, u, t: -np.sum(t["k"] * np.cos(2 * PI * q)) - u[0] * np.sum(q),
    "differences": lambda q, u, t: -np.sum(t["k"][1:] * np.cos(2 * PI * np.diff(q))),
    "each scaled": lambda q, u, t: -np.sum(t["k"][1:] * np.cos(2 * PI * q[1:] - 4 * PI * q[:-1])),
    "a phase": lambda q, u, t: np.sum(t["k"] * np.sin(2 * PI * (q + 0.3))) + np.sum(t["k"] * np.cos(2 * PI * q + u[0])),
    "a function of it": lambda q, u, t: np.sum(t["k"] * np.exp(np.cos(2 * PI * q))),
    "half turns": lambda q, u, t: -np.sum(t["k"] * np.cos(PI * q)),
    "gathered": lambda q, u, t: np.sum(t["k"][0] * np.cos(2 * PI * (q[[2, 1]] - q[0]))),
}
STAYING = {
    "parts of turns": lambda q, u, t: -np.sum(t["k"] * np.cos(2 * PI * q / 16)),
    "a spring beside": lambda q, u, t: np.sum(q**2) / 2 - np.sum(t["k"] * np.cos(2 * PI * q)),
}


@pytest.mark.parametrize("name", TURNING)
def test_functions_of_whole_turns_read_q_modulo_one(name):
    found = program(TURNING[name])
    assert "turn" in words(found) and not any(op.word == "cut" and op.source == "q" for op in found.ops)
    assert found.tables and all(table.turn for table in found.tables)


@pytest.mark.parametrize("name", STAYING)
def test_where_something_else_reads_q_it_is_cut(name):
    found = program(STAYING[name])
    assert "turn" not in words(found) and found.tables and all(table.turn for table in found.tables)


def test_an_angle_in_radians_is_not_touched():
    pendulum = get("pendulum", n=3).gradient
    assert tabulate(pendulum) is pendulum and not compile_system(get("pendulum", n=3)).tables


@pytest.mark.parametrize("name", TURNING)
@pytest.mark.parametrize("formats", [Formats(), Formats(12, 12, 5, 2)])
def test_words_equal_the_naive_machine_and_an_echo_returns_every_word(name, formats):
    made = system({"k": (3,)}, TURNING[name], n=3, m=1)
    found, rng = compile_system(made, formats), np.random.default_rng(1)
    theta = {"k": formats.theta.raw(rng.uniform(-1.5, 1.5, 3))}
    integrator = Integrator(found, theta)
    equal_words(found, theta, integrator, 8)
    q, p = formats.q.raw([0.1, 0.4, -0.3]), formats.p.raw([7.9, -7.9, 3.0])  # the word wraps several times
    inputs = formats.u.raw(rng.normal(0, 1.0, (2000, 1)))
    there = integrator.forward_many(q, p, inputs)
    back = integrator.echo_many(*twin(*there), inputs)
    assert (back[0] == q).all() and (back[1] == p).all()
    assert not integrator.flags & (Flags.Q_OVERFLOW | Flags.ARGUMENT_CLAMPED), "an angle's word comes round"


def test_the_force_is_the_same_after_any_number_of_turns():
    found = program(TURNING["differences"])
    from golden.program.execute import evaluate

    theta, turn = {"k": np.array([40000, -30000, 20000])}, 1 << found.formats.q.fraction_bits
    q = np.array([12345, -54321, 777777])
    for whole in (0, 1, -5, 30):
        kick = evaluate(found, theta, q + whole * turn, np.array([0]))[found.kick]
        assert (kick == evaluate(found, theta, q, np.array([0]))[found.kick]).all()


def test_a_declared_angle_is_in_radians():
    radians = program(
        lambda q, u, t: -np.sum(t["k"] * np.cos(q)) - np.sum(t["k"] * np.sin(q - np.roll(q, 1))), angles=True
    )
    assert "turn" in words(radians) and all(table.turn for table in radians.tables)


@pytest.mark.parametrize(
    ("potential", "angles", "message"),
    [
        (lambda q, u, t: np.sum(t["k"] * q**2), True, r"test_angles.py:\d+: `.*`: an angle acts in functions of whole"),
        (lambda q, u, t: np.sum(t["k"] * np.cos(q / 2)), True, r"and q\[0\] turns 1/2 times here; write whole"),
        (lambda q, u, t: np.sum(t["k"] * np.cos(5 * q / 6)), True, r"and q\[0\] turns 5/6 times here; write whole"),
        (lambda q, u, t: t["k"][0] * np.sin(q[0] + np.sqrt(2) * q[1]), [1], r"and q\[1\] turns 1.414 times here"),
        (lambda q, u, t: np.sum(t["k"] * np.tanh(q)), True, "and np.tanh has no period; write it inside"),
        (lambda q, u, t: np.sum(t["k"] * q) - np.sum(np.cos(q)), True, "the gradient of a learnt torque is the angle"),
        (lambda q, u, t: np.sum(t["k"] * np.cos(t["k"] * q)), True, "an angle acts in functions of whole turns alone"),
        (lambda q, u, t: np.sum(t["k"] * q**2) + np.cos(q[0]), [0], "an angle acts in functions of whole turns alone"),
    ],
)
def test_what_an_angle_cannot_do(potential, angles, message):
    with pytest.raises(HelError, match=message):
        program(potential, angles=angles)


def test_some_angles_beside_positions():
    found = program(
        lambda q, u, t: -t["k"][0] * np.cos(q[0]) + np.sum(t["k"][1:] * q[1:] ** 2) - u[0] * q[0], angles=[0]
    )
    assert {"turn", "cut"} <= set(words(found))


def test_linear_forms():
    b = Builder()
    q, k = b.leaf("input", "q", (4,)), b.leaf("param", "k", (3,))
    forms, rng = LinearForms(q, b), np.random.default_rng(0)
    matrix = rng.integers(-3, 4, (3, 4)).astype(float)
    made = b.add(b.matvec(b.const(matrix), b.scale(q, 2.0)), k)
    made = b.add(b.mul(b.const([1.0, 2.0, 3.0]), made), b.fill(b.sum(b.slice(q, 1, 2)), (3,)))
    form = forms.of(made)
    wanted = np.diag([1.0, 2.0, 3.0]) @ matrix * 2 + np.array([0, 1, 1, 0])
    assert (
        form is not None
        and np.array_equal(form.matrix, wanted)
        and form.rest is not None
        and not forms.moves(form.rest)
    )
    for other in (b.square(q), b.mul(q, b.leaf("param", "c", (4,))), b.unary("tanh", q)):
        assert forms.of(other) is None and forms.moves(other)


def test_graphs_without_angles_are_left_alone():
    dense = get("dense", n=3).gradient
    assert with_two_pi(dense) is dense and with_turns(dense) is dense
