import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.dynamics.integrator import Flags, Integrator, quadratic_nudge, twin
from golden.errors import HelError
from golden.program import flagged
from golden.systems import get
from tests.golden.dynamics.cases import NAMES, build, equal_words, state, with_tables
from tests.golden.dynamics.flip import echo_by_flip, most_negative

SMALL = Formats(fraction_bits=10, operand_bits=12, integer_bits=2, log2_inverse_step=1, g_bits=20, g_cut=2)
"""So few integer bits that everything overflows at once."""


def nudges(program, target, eps_log2, every):
    return lambda t, q: quadratic_nudge(program, q, target, eps_log2) if t % every == 0 else None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("formats", [Formats(), Formats(12, 16, 5, 2), SMALL])
def test_words_equal_the_naive_interpreter(name, formats):
    """Forward, twin echo with nudges on each context's own q, gradients, input gradient and flags, step by step."""
    program, theta, integrator = build(name, formats=formats)
    equal_words(program, theta, integrator, 12, lambda t: np.arange(-3, program.n - 3) * (40 + t), input_gradient=True)


def test_words_of_three_tables_equal_the_naive_interpreter():
    """Within the tables first, then beyond the steep end of one."""
    program, rng = with_tables(), np.random.default_rng(5)
    for large in (0.1, 1.9):
        theta = {
            name: program.formats.theta.raw(rng.uniform(-large, large, shape)) for name, shape in program.parameters
        }
        integrator = Integrator(program, theta)
        equal_words(program, theta, integrator, 12, lambda t: np.arange(-3, program.n - 3) * (40 + t))
        assert returned(program, integrator, 100, 1, large, large) == (0, False)
    assert Flags.ARGUMENT_CLAMPED in integrator.flags and integrator.argument_clamped == {"e"}


def test_an_input_gradient_that_shares_an_operand_with_a_gradient_alone():
    """d = cut of x x is read by dV/dG and by dV/du, and by no kick: it belongs to the step that both are of."""
    program = compile_system(get("random", n=9, m=2, seed=1000))
    kick, inputs = ({op.name for op in program.needed([name])} for name in (program.kick, program.input_gradient))
    assert inputs & {name for gradient in program.gradients for name in gradient.operands} - kick
    initial = get("random", n=9, m=2, seed=1000).initial(0)
    theta = {name: program.formats.theta.raw(words, saturating=True) for name, words in initial.items()}
    equal_words(program, theta, Integrator(program, theta), 6, input_gradient=True)


def returned(program, integrator, steps, seed, scale, inputs):
    """Error in LSB and G of an echo without nudge."""
    q0, p0, driven = state(program, seed, steps=steps, scale=scale, inputs=inputs)
    grads = integrator.zero_gradients()
    q, p = integrator.echo_many(*twin(*integrator.forward_many(q0, p0, driven)), driven, grads)
    return max(np.abs(q - q0).max(), np.abs(p - p0).max()), grads.flat.any()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("formats", [Formats(), Formats(8, 10, 4, 5), Formats(20, 22, 5, 0)])
def test_an_echo_without_nudge_returns_every_word_and_leaves_g_at_zero(name, formats):
    program, _, integrator = build(name, formats=formats)
    assert returned(program, integrator, 300, 1, 0.5, 0.5) == (0, False)


@pytest.mark.parametrize("name", NAMES)
def test_it_does_so_through_overflow_and_clipping(name):
    program, _, integrator = build(name, formats=SMALL)
    assert returned(program, integrator, 300, 1, 2.0, 8.0) == (0, False)
    assert integrator.flags & (Flags.Q_OVERFLOW | Flags.P_OVERFLOW) == Flags.Q_OVERFLOW | Flags.P_OVERFLOW
    program, _, integrator = build(name, formats=Formats(integer_bits=7))
    assert returned(program, integrator, 300, 1, 25.0, 8.0) == (0, False)
    assert Flags.OPERAND_CLIPPED in integrator.flags


def test_an_angle_beyond_the_table_is_remembered_until_flags_are_cleared():
    program, _, integrator = build("pendulum", n=3, m=1)
    far, near, still = (program.formats.q.raw(np.full(3, size)) for size in (9.0, 0.5, 0.0))
    u = np.zeros((1, 1), np.int64)
    for start, seen in ((near, False), (far, True), (near, True)):
        integrator.forward_many(start, still, u)
        assert bool(integrator.argument_clamped) == seen
    integrator.clear_flags()
    assert not integrator.argument_clamped
    integrator.echo_many(*twin(*integrator.forward_many(near, still, u)), u)
    assert not integrator.argument_clamped
    integrator.echo_many(*twin(far, still), u)
    (line,) = flagged.clamped(program, integrator.argument_clamped)
    assert line.startswith("pendulum.py:") and "`np.cos(q)`: an angle beyond the table of sin, -8 to 8" in line


def test_cuts_that_saturated_are_remembered_by_name_until_flags_are_cleared():
    program, _, integrator = build("phi4", n=3, m=1, formats=Formats(integer_bits=7))
    large, small, still = (program.formats.q.raw(np.full(3, size)) for size in (20.0, 0.5, 0.0))
    u = np.zeros((1, 1), np.int64)
    for start, seen in ((small, False), (large, True), (small, True)):
        integrator.forward_many(start, still, u)
        assert bool(integrator.operand_clipped) == seen == (Flags.OPERAND_CLIPPED in integrator.flags)
    told = flagged.clipped(program, integrator.operand_clipped)
    assert "q as a factor beyond SQ(5, 13), +-16" in told and any("`q**4`: x_x beyond SQ" in one for one in told)
    integrator.clear_flags()
    assert not integrator.operand_clipped and integrator.flags == Flags(0)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("formats", [Formats(), SMALL])
def test_a_hundred_thousand_steps(name, formats):
    program, _, integrator = build(name, n=16, formats=formats)
    scale = 2.0 if formats is SMALL else 0.5
    assert returned(program, integrator, 100_000, 2, scale, 0.5) == (0, False)
    if formats is SMALL:
        assert Flags.Q_OVERFLOW | Flags.P_OVERFLOW in integrator.flags


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("formats", [Formats(), SMALL])
def test_the_flip_form_is_the_same_trajectory(name, formats):
    program, _, integrator = build(name, formats=formats)
    q, p, inputs = state(program, 4, steps=40)
    q, p = integrator.forward_many(q, p, inputs)
    target = formats.q.raw(np.full(program.n, 0.25))
    for steps in (1, 7, 40):
        seen = nudges(program, target, -4, 3)
        one = echo_by_flip(integrator, q, p, inputs[:steps], seen)
        two = integrator.echo_many(*twin(q, p), inputs[:steps], nudge=seen)
        if most_negative(integrator, p):
            continue
        assert (one[0] == two[0][0]).all() and (one[1] == two[1][0]).all()


def test_the_most_negative_momentum_breaks_the_flip_form_only():
    program, _, integrator = build("linear")
    q, _, u = state(program, 1)
    p = np.full(program.n, program.formats.p.low)
    after = integrator.forward(q, p, u)
    back = integrator.echo(*twin(*after), u)
    assert (back[0] == q).all() and (back[1] == p).all()
    p = np.full(program.n, program.formats.p.low)
    assert most_negative(integrator, p)
    flipped = echo_by_flip(integrator, q, p, u[None])
    straight = integrator.echo(*twin(q, p), u)
    assert (flipped[0] != straight[0][0]).any()


def test_the_most_negative_position_and_momentum_return():
    program, _, integrator = build("dense", formats=SMALL)
    q = np.full(program.n, program.formats.q.low)
    p = np.full(program.n, program.formats.p.low)
    u = np.full((50, program.m), program.formats.u.low)
    back = integrator.echo_many(*twin(*integrator.forward_many(q, p, u)), u)
    assert (back[0] == q).all() and (back[1] == p).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seeds", [(), (3,)])
@pytest.mark.parametrize("front", [(), (2,)])
def test_batches_and_seeds_are_loops(name, seeds, front):
    program, theta, integrator = build(name, seeds=seeds)
    batch = (*front, *seeds)
    q0, p0, inputs = state(program, 5, batch, steps=6)
    q, p = integrator.forward_many(q0, p0, inputs)
    grads = integrator.zero_gradients(batch)
    e = np.arange(q.size).reshape(q.shape) * 10
    du = np.zeros(inputs.shape, np.int64)
    q1, p1 = integrator.echo_many(*twin(q, p), inputs, grads, lambda t, q: e if t == 5 else None, du)
    for at in np.ndindex(*batch):
        alone = Integrator(program, {k: v[at[-1]] for k, v in theta.items()} if seeds else theta)
        own = inputs[(slice(None), *at)]
        one = alone.forward_many(q0[at], p0[at], own)
        assert (one[0] == q[at]).all() and (one[1] == p[at]).all()
        g, d = alone.zero_gradients(), np.zeros(own.shape, np.int64)
        back = alone.echo_many(*twin(*one), own, g, lambda t, q, at=at: e[at] if t == 5 else None, d)
        here = (slice(None), *at)
        assert (back[0] == q1[here]).all() and (back[1] == p1[here]).all()
        assert all((g[k] == grads[k][at]).all() for k in g)
        assert (d == du[here]).all()


def test_many_steps_are_steps():
    program, _, integrator = build("dense")
    q0, p0, inputs = state(program, 6, steps=5)
    q, p = q0, p0
    seen = []
    for u in inputs:
        q, p = integrator.forward(q, p, u)
        seen.append(q.tolist())
    watched = []
    many = integrator.forward_many(q0, p0, inputs, lambda t, q: watched.append(q.tolist()))
    assert (many[0] == q).all() and (many[1] == p).all() and watched == seen


def test_gradients_in_a_plain_dict_are_the_same_and_in_place():
    program, _, integrator = build("dense")
    q, p, inputs = state(program, 7, steps=9)
    fast = integrator.zero_gradients()
    plain = {name: np.zeros(shape, np.int64) for name, shape in program.parameters}
    kept = plain["W"]
    for grads in (fast, plain):
        integrator.echo_many(*twin(q, p), inputs, grads, lambda t, q: np.full(program.n, 500))
    assert all((fast[name] == plain[name]).all() for name in plain) and plain["W"] is kept and kept.any()
    fast.clear()
    assert not fast["W"].any()


def test_one_sided_leaves_the_other_context_on_the_forward_path():
    program, _, integrator = build("dense")
    q0, p0, inputs = state(program, 8, steps=20)
    q, p = integrator.forward_many(q0, p0, inputs)
    q, p = integrator.echo_many(*twin(q, p), inputs, nudge=lambda t, q: np.full(program.n, 99), one_sided=True)
    assert (q[1] == q0).all() and (p[1] == p0).all() and (q[0] != q0).any()


def test_a_nudge_may_be_each_contexts_own():
    program, _, integrator = build("dense")
    q, p, u = state(program, 9)
    e = np.array([[1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]])
    both = integrator.echo(*twin(q, p), u, nudge=e)
    for context, sign in ((0, -1), (1, 1)):
        own = integrator.echo(*twin(q, p + sign * e[context]), u)
        assert (both[0][context] == own[0][context]).all()


def test_g_wraps_and_says_so():
    program, _, integrator = build("dense", formats=Formats(g_bits=16, g_cut=0))
    q, p, inputs = state(program, 9, steps=30)
    integrator.echo_many(*twin(q, p), inputs, integrator.zero_gradients(), lambda t, q: np.full(program.n, 3000))
    assert integrator.flags == Flags.G_OVERFLOW
    integrator.clear_flags()
    assert integrator.flags == Flags(0)
    integrator.raise_flag(Flags.THETA_CLIPPED)
    assert integrator.flags == Flags.THETA_CLIPPED


def test_load_equals_a_new_integrator():
    program, theta, integrator = build("dense")
    q, p, inputs = state(program, 10, steps=4)
    integrator.forward_many(q, p, inputs)
    other = build("dense", seed=1)[1]
    integrator.load(other)
    fresh = Integrator(program, other).forward_many(q, p, inputs)
    again = integrator.forward_many(q, p, inputs)
    assert (again[0] == fresh[0]).all() and (again[1] == fresh[1]).all()


@pytest.mark.parametrize("eps_log2", [-12, -4, 0, 3, 6])
def test_quadratic_nudge_is_half_up_of_the_scaled_error(eps_log2):
    program = build("dense")[0]
    f = program.formats
    rng = np.random.default_rng(0)
    q, y = rng.integers(-(2**22), 2**22, (2, 100))
    exact = (f.q.value(q) - f.q.value(y)) * 2.0**eps_log2 * 2.0**f.fraction_bits
    assert (quadratic_nudge(program, q, y, eps_log2) == np.floor(exact + 0.5)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (lambda q, p, u: (q[:3], p, u), r"q holds integer words of shape \(..., 6\), got int64 \(3,\)"),
        (lambda q, p, u: (q, p * 0.5, u), r"p holds integer words of shape \(..., 6\), got float64"),
        (lambda q, p, u: (q, p + (1 << 30), u), r"SQ\(6, 16\) holds raw values .* of p; scale"),
        (lambda q, p, u: (q, p, u + (1 << 30)), r"SQ\(5, 13\) holds raw values .* of u; scale"),
    ],
)
def test_words_are_checked(arguments, message):
    program, _, integrator = build("dense")
    with pytest.raises(HelError, match=message):
        integrator.forward(*arguments(*state(program, 0)))


def test_echo_and_load_errors():
    program, theta, integrator = build("dense")
    q, p, u = state(program, 0)
    with pytest.raises(HelError, match=r"an echo has two contexts, q of shape \(2, ..., n\); got \(6,\); use"):
        integrator.echo(q, p, u)
    with pytest.raises(
        HelError, match=r"grads\['al'\] is an int64 array of shape \(6,\); use Integrator.zero_gradients"
    ):
        integrator.echo(*twin(q, p), u, grads={"al": np.zeros(5, np.int64)})
    with pytest.raises(HelError, match="have the batch axis of the old ones; make a new Integrator"):
        integrator.load({name: np.stack([words] * 2) for name, words in theta.items()})
