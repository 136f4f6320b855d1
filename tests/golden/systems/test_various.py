"""Random potentials of the whole language through everything: the seed is in the test's name. More: make test-all."""

import pytest

from golden.arithmetic.formats import Formats
from golden.checks.gradcheck import gradcheck
from golden.compiler import compile_system
from golden.dynamics.integrator import Integrator, twin
from golden.program import Program
from golden.systems import Random, get
from golden.systems.various import FIRST, Various
from tests.golden.dynamics.cases import equal_words, state

SMALL = Formats(fraction_bits=10, operand_bits=12, integer_bits=3, log2_inverse_step=1, g_bits=20, g_cut=2)
ALWAYS = (1001, 1005, 1018)  # positions with masses and a root; angles; two functions that become tables
SEEDS = [*ALWAYS, *(pytest.param(FIRST + k, marks=pytest.mark.slow) for k in range(100) if FIRST + k not in ALWAYS)]


def drawn(seed):
    return get(f"random-{seed}", n=3 + seed % 5, m=1 + seed % 3)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("formats", [Formats(), SMALL], ids=["reference", "small"])
def test_words_equal_the_naive_interpreter_and_an_echo_without_nudge_returns(seed, formats):
    system = drawn(seed)
    program = compile_system(system, formats)
    assert Program.parse(str(program)) == program
    theta = {name: formats.theta.raw(value) for name, value in system.initial(seed).items()}
    integrator = Integrator(program, theta)
    equal_words(program, theta, integrator, 3)
    q0, p0, inputs = state(program, 1, steps=200, scale=0.5, inputs=0.5)
    grads = integrator.zero_gradients()
    q, p = integrator.echo_many(*twin(*integrator.forward_many(q0, p0, inputs)), inputs, grads)
    assert (q == q0).all() and (p == p0).all() and not grads.flat.any()


@pytest.mark.parametrize("seed", SEEDS)
def test_float_and_fixed_agree_with_bptt(seed):
    """A turn is no small angle: a smaller nudge there, and finer words for it."""
    system = drawn(seed)
    finer = {"eps": 2.0**-11, "formats": Formats(fraction_bits=20), "cuts": "calibrated"}
    found = gradcheck(system, steps=60, seed=seed, **(finer if system.angles else {"eps": 2.0**-5}))
    assert found["cosine_float"] > 1 - 1e-4 and found["cosine_fixed"] > 1 - 1e-3
    assert found["return_error_lsb"] == 0 and found["flags"] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_tables_stay_small(seed):
    tables = compile_system(drawn(seed)).tables
    assert len(tables) <= 2 and all(table.segments <= 400 or table.turn for table in tables)


def test_the_seeds_draw_everything():
    systems = [Various(5, 2, FIRST + k) for k in range(200)]
    assert len({term for system in systems for term in system.terms}) == 14 + 3 + 5 + 4
    kinds = {(bool(system.angles), type(system.mass)) for system in systems}
    assert len(kinds) == 5, "angles or not, masses of one or of each or none"


def test_seeds_below_keep_what_they_were():
    assert type(get(f"random-{FIRST - 1}", n=4)) is type(get("random", n=4, seed=3)) is Random
    assert type(get("random", n=4, seed=FIRST)) is type(get(f"random-{FIRST}", n=4)) is Various
    assert get("random-3", n=6, m=2).terms == ["quadratic form", "inputs times states"]
