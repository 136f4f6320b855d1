"""Calibration and the formats chosen from it; errors name the line of the potential."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.checks.cases import Case, problem
from golden.checks.sweep import sweep
from golden.compiler import compile_system
from golden.compiler.cut_formats import infer
from golden.compiler.real import calibrate, values
from golden.errors import HelError
from golden.program.execute import evaluate
from golden.systems import SYSTEMS, System
from tests.golden.dynamics.cases import build, state


@pytest.mark.parametrize("name", SYSTEMS)
def test_real_values_are_what_words_approach(name):
    program, theta, _ = build(name, n=4, m=2, formats=Formats(20, 22))
    formats = program.formats
    q, _, u = state(program, 0, (5,))
    floats = {key: formats.theta.value(words) for key, words in theta.items()}
    real = values(program, floats, formats.q.value(q), formats.u.value(u))
    for key, found in evaluate(program, theta, q, u).items():
        assert np.abs(np.ldexp(found.astype(float), -program.types[key].fraction) - real[key]).max() < 1e-3, key


def calibrated(case, seeds=range(2)):
    program, reach = compile_system(case.build()), {}
    for seed in seeds:
        one = problem(case, seed)
        found = calibrate(program, one.theta, one.inputs, q0=one.q0, p0=one.p0)
        reach = {key: max(value, reach.get(key, 0.0)) for key, value in found.items()}
    return program, infer(program, reach), reach


def test_formats_hold_what_was_seen_and_no_more():
    program, chosen, reach = calibrated(Case("springs", 8, 1, 200))
    before, after = ([op for op in p.verify().ops if str(op).split()[2] == "cut"] for p in (program, chosen))
    assert [op.name for op in before] == [op.name for op in after] == ["x", "d", "d1"]
    assert before[0] == after[0], "x is the array's"
    for op in after[1:]:
        assert reach[op.source] * 2 < 2.0 ** (op.to.integer_bits - 1) <= reach[op.source] * 4
        assert op.to.width == 18


def test_finer_words_are_nearer():
    """The tension of weak springs gains fraction bits, and the gradient with them."""
    case = Case("springs", 16, 1, 400)
    program, chosen, _ = calibrated(case)
    losses = [
        min(row.loss for row in sweep(case, Formats(), seeds=range(2), eps_log2=(-1,), program=p))
        for p in (program, chosen)
    ]
    assert losses[1] < losses[0]


def test_dense_needs_none():
    program, chosen, _ = calibrated(Case("dense", 8, 2, 100))
    assert chosen == program


class Wild(System):
    """What is wrong is written in `terms`."""

    terms = staticmethod(lambda q: 0.0)

    @property
    def parameters(self):
        return {"a": (self.n,)}

    def potential(self, q, u, theta):
        return np.sum(theta["a"] * q**2) / 2 + self.terms(q) - u[0] * q[0]


def run(terms, **options):
    class Named(Wild):
        pass

    Named.terms = staticmethod(terms)
    system = Named(3)
    program = compile_system(system, options.pop("formats", None))
    reach = calibrate(program, {"a": np.full(3, 0.5)}, np.zeros((50, 1)), **options)
    return infer(program, reach)


def test_a_state_beyond_its_word():
    with pytest.raises(HelError, match=r"named: q reaches .* in the calibration run, its word SQ\(6, 20\) holds \+-32"):
        run(lambda q: -1.0 * np.sum(q**2), q0=np.ones(3))


def test_a_position_beyond_the_operand():
    with pytest.raises(
        HelError, match=r"q reaches 20.02 .* as a factor it is SQ\(5, 13\) and holds \+-16; add a restoring"
    ):
        run(lambda q: 0.0, q0=np.full(3, 20.0))


def test_a_product_beyond_every_format_names_its_line():
    with pytest.raises(HelError) as error:
        run(
            lambda q: np.sum(q**4) / 64 + np.sum(q**6) / 4096 / 256,
            q0=np.full(3, 8.0),
            formats=Formats(operand_bits=12),
        )
    assert str(error.value).startswith("test_cut_formats.py:") and "`" in str(error.value)
    assert "in the calibration run, a word of 12 bits would keep" in str(error.value)


def test_an_angle_beyond_the_table_names_its_line():
    with pytest.raises(HelError) as error:
        run(
            lambda q: np.sum(
                np.cos(3 * q)  # the line
            ),
            q0=np.full(3, 6.0),
        )
    assert "`np.cos(3 * q)`: an angle reaches" in str(error.value)
    assert "the table of sin ends at +-8" in str(error.value)
