"""Every system: three gradients agree, words equal the naive interpreter's, an echo without nudge returns."""

import numpy as np
import pytest

from golden import systems
from golden.arithmetic.formats import Formats
from golden.checks.gradcheck import gradcheck
from golden.compiler import compile_system
from golden.dynamics.integrator import Integrator, twin
from golden.program.execute import evaluate
from golden.rules import Problem, bptt, finite_differences, rhel
from golden.systems import SYSTEMS
from golden.training.update import apply
from tests.golden.compiler.test_lower import close
from tests.golden.dynamics.cases import build, equal_words, state
from tests.golden.rules.cases import case, relative_error

SMALL = Formats(fraction_bits=10, operand_bits=12, integer_bits=3, log2_inverse_step=1, g_bits=20, g_cut=2)
ADDED = [name for name in SYSTEMS if name not in ("dense", "hru", "linear", "springs")]


@pytest.mark.parametrize("name", ADDED)
def test_hel_bptt_and_finite_differences_agree(name):
    """Three ways to one gradient: the traced graph, the tape on the user's own code, and no derivative at all."""
    system, theta, arguments = case(name, "final", n=4, m=2, steps=12)
    exact, cost, _ = bptt.gradient(Problem(system, theta, **arguments))
    names = list(system.parameters)
    numeric, same, _ = finite_differences.gradient(Problem(system, theta, **arguments))
    assert cost == pytest.approx(same, rel=1e-12)
    assert relative_error(exact, numeric, names) < 1e-6
    # A turn is no small angle, and bonds are stiff.
    unit = 2.0**-6 if system.coordinates.angles else {"lennard_jones": 2.0**-2}.get(name, 1.0)
    errors = [
        relative_error(rhel.gradient(Problem(system, theta, **arguments), eps=eps * unit)[0], exact)
        for eps in (1e-2, 1e-3)
    ]
    assert errors[1] < 1e-6 and (errors[1] < 1e-9 or 80 < errors[0] / errors[1] < 120), "the error falls as eps^2"


@pytest.mark.parametrize("name", ADDED)
@pytest.mark.parametrize("formats", [Formats(), SMALL], ids=["reference", "overflowing"])
def test_words_equal_the_naive_interpreter(name, formats):
    program, theta, integrator = build(name, n=5, m=2, formats=formats)
    grads = equal_words(program, theta, integrator, steps=5)
    assert all(words.any() for words in grads.values())


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("formats", [Formats(), SMALL], ids=["reference", "overflowing"])
def test_an_echo_without_nudge_returns(name, formats):
    program, _, integrator = build(name, n=6, m=2, formats=formats)
    scale = 2.0 if formats is SMALL else 0.5
    q0, p0, inputs = state(program, 1, steps=200, scale=scale, inputs=scale)
    grads = integrator.zero_gradients()
    q, p = integrator.echo_many(*twin(*integrator.forward_many(q0, p0, inputs)), inputs, grads)
    assert (q == q0).all() and (p == p0).all() and not grads.flat.any()
    if formats is SMALL:
        assert integrator.flags
    else:
        assert not integrator.flags, "the default parameters stay inside the reference format"


@pytest.mark.parametrize("name", ADDED)
def test_forces_and_densities_approach_the_float_ones(name):
    formats = Formats()
    program, words, _ = build(name, n=6, m=3)
    system = systems.get(name, n=6, m=3)
    q, _, u = state(program, 5, scale=1.0)
    theta = {k: formats.theta.value(v) for k, v in words.items()}
    two = []
    for at in (q, q // 2):  # densities up to a constant: differences between two states
        slopes = system.slopes({"q": formats.q.value(at), "u": formats.u.value(u), **theta})
        values = evaluate(program, words, at, u) | {"u": u, "one": np.array(formats.one)}
        assert np.abs(values[program.kick] * 2.0**-program.formats.kick_fraction - slopes["q"]).max() < 2**-8
        if program.input_gradient:
            fraction = program.types[program.input_gradient].fraction
            assert np.abs(np.ldexp(values[program.input_gradient].astype(float), -fraction) - slopes["u"]).max() < 2**-8
        two.append((values, slopes))
    difference = {name: two[0][1][name] - two[1][1][name] for name in theta}
    assert close(program, (two[0][0], two[1][0]), difference, 2**-8)


def test_a_symmetric_parameter_has_a_symmetric_gradient():
    program, _, integrator = build("hopfield", n=5, m=2)
    assert "parameter W [5, 5] symmetric" in str(program) and "matvec_t W" not in str(program)
    q, p, inputs = state(program, 1, steps=20)
    grads = integrator.zero_gradients()
    integrator.echo_many(*twin(q, p), inputs, grads, lambda t, q: np.arange(5) * 100)
    assert grads["W"].any() and (grads["W"] == grads["W"].T).all()


class Phases(systems.System):
    """All to all: a symmetric parameter in several forms, of a vector with itself and with another."""

    symmetric = ("K",)

    @property
    def parameters(self):
        return {"K": (self.n, self.n), "B": (self.n, self.m)}

    def potential(self, q, u, theta):
        c, s, w = np.cos(q), np.sin(q), theta["K"]
        forms = c @ (w @ c) + s @ (w @ s) + 0.3 * (c @ (w @ s)) - q @ (w @ s) + 0.1 * (q @ (w.T @ q))
        return np.sum(q**2) / 2 - forms / 2 - (theta["B"] @ u) @ q


@pytest.mark.parametrize("formats", [Formats(), SMALL], ids=["reference", "overflowing"])
def test_a_symmetric_parameter_in_several_forms_stays_symmetric_while_it_learns(formats):
    """To the last bit, though words of G wrap in between: each r y^T is followed by its transpose."""
    system = Phases(5, 2)
    program = compile_system(system, formats)
    terms = next(g.terms for g in program.gradients if g.parameter == "K")
    pairs = [(term.r, term.y) for term in terms]
    assert len(pairs) == len(set(pairs)) > 4 and set(pairs) == {(y, r) for r, y in pairs}
    rest = iter(pairs)
    assert all(r == y or next(rest) == (y, r) for r, y in rest)
    words = {name: formats.theta.raw(value) for name, value in system.initial(2).items()}
    integrator = Integrator(program, words)
    grads = equal_words(program, words, integrator, steps=4)
    assert (grads["K"] == grads["K"].T).all()
    for turn in range(20):
        q, p, inputs = state(program, turn, steps=10, scale=0.75)
        grads = integrator.zero_gradients()
        integrator.echo_many(*twin(q, p), inputs, grads, lambda t, q: np.arange(-2, 3) * 900)
        words, _ = apply(program, words, grads, 6)
        assert grads["K"].any() and (words["K"] == words["K"].T).all()
        integrator.load(words)


def test_the_gradient_of_a_symmetric_parameter_in_several_forms_is_that_of_backpropagation():
    found = gradcheck(Phases(5, 2), steps=40, eps=2.0**-8)
    assert found["cosine_float"] > 1 - 1e-5 and found["cosine_fixed"] > 1 - 1e-4
