"""Random potentials through everything: the seed is in the test's name. More of them: make test-all."""

import pytest

from golden.arithmetic.formats import Formats
from golden.checks.gradcheck import gradcheck
from golden.compiler.lower import lowered
from golden.compiler.passes import PASSES
from golden.dynamics.integrator import twin
from golden.errors import HelError
from golden.program import Program
from golden.systems import get
from golden.systems.random import Random
from tests.golden.compiler.passes.cases import same
from tests.golden.dynamics.cases import build, equal_words, state

SMALL = Formats(fraction_bits=10, operand_bits=12, integer_bits=2, log2_inverse_step=1, g_bits=20, g_cut=2)
SEEDS = [*range(12), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(12, 200))]


@pytest.mark.parametrize("seed", SEEDS)
def test_words_equal_the_naive_interpreter(seed):
    n, m = 3 + seed % 5, 1 + seed % 3
    for formats in (Formats(), SMALL):
        program, theta, integrator = build(f"random-{seed}", n=n, m=m, formats=formats, seed=seed)
        assert Program.parse(str(program)) == program
        equal_words(program, theta, integrator, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_echo_without_nudge_returns(seed):
    for formats in (Formats(), SMALL):
        program, _, integrator = build(f"random-{seed}", n=6, m=2, formats=formats, seed=seed)
        scale = 2.0 if formats is SMALL else 0.5
        q0, p0, inputs = state(program, 1, steps=300, scale=scale, inputs=scale)
        grads = integrator.zero_gradients()
        q, p = integrator.echo_many(*twin(*integrator.forward_many(q0, p0, inputs)), inputs, grads)
        assert (q == q0).all() and (p == p0).all() and not grads.flat.any()
        assert bool(integrator.flags) == (formats is SMALL)


@pytest.mark.parametrize("seed", SEEDS)
def test_float_and_fixed_agree_with_bptt(seed):
    found = gradcheck(f"random-{seed}", steps=60, neurons=5, inputs=2, eps=2.0**-5, seed=seed)
    assert found["cosine_float"] > 1 - 1e-4 and found["cosine_fixed"] > 1 - 1e-3
    assert found["return_error_lsb"] == 0 and found["flags"] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_passes_keep_every_output_bit(seed):
    program = lowered(get("random", n=5, m=2, seed=seed))
    for make in PASSES.values():
        after = make(program).verify()
        assert same(program, after, seed)
        program = after


def test_the_seeds_draw_every_kind_of_term():
    kinds = {term for seed in range(60) for term in Random(5, 2, seed).terms}
    assert len(kinds) == 14
    assert {Random(5, 2, seed).terms == Random(5, 2, seed).terms for seed in range(9)} == {True}


def test_densities_of_several_terms_are_among_them():
    """Unequal alignments and signs within one parameter, in the seeds that are always run."""
    seen = set()
    for seed in range(12):
        program = build(f"random-{seed}", n=5, m=2)[0]
        for gradient in program.gradients:
            seen |= {(len(gradient.terms) > 1, any(program.aligns(gradient)), min(gradient.signs))}
    assert {(True, True, -1), (False, False, 1)} <= seen and any(several and sign > 0 for several, _, sign in seen)


def test_too_few_neurons():
    with pytest.raises(HelError, match="a random potential has at least 3 neurons, got 2; use more"):
        get("random", n=2)
