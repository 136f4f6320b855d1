"""Compiled code and NumPy make the same words, gradients, dV/du and flags, of any program in any format."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.cost_functions.latch import Latch
from golden.dynamics.integrator import Flags, Integrator, twin
from golden.dynamics.nudges import Listed, Towards
from golden.errors import HelError
from golden.native import NativeSteps, steps
from golden.systems import get
from tests.golden.dynamics.cases import build, equal_words, state, with_tables
from tests.golden.native.cases import FORMATS, equal, words


def compared(seed):
    """A random system in three formats, near rest and far beyond every range. A format may be too narrow for it."""
    system = get("random", n=3 + seed % 7, m=1 + seed % 3, seed=seed)
    count = 0
    for name in ("reference", "small", "tight"):
        try:
            program = compile_system(system, FORMATS[name])
        except HelError:
            continue
        count += 1
        theta = words(program, system, seed)
        for scale in (0.3, 8.0):
            equal(program, theta, seed=seed, scale=scale)
    return count


@pytest.mark.parametrize("seed", [*range(5), *range(1000, 1005)])
def test_random_systems(seed):
    assert compared(seed) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", [*range(5, 150), *range(1005, 1160)])
def test_three_hundred_random_systems(seed):
    assert compared(seed) >= 1


@pytest.mark.parametrize("name", ["wide", "widest"])
@pytest.mark.parametrize("system", ["dense", "pendulum"])
def test_words_that_no_int32_holds(system, name):
    made = get(system, n=5, m=2)
    program = compile_system(made, FORMATS[name])
    for scale in (0.5, 1e5):
        equal(program, words(program, made, 0), seed=1, scale=scale)


@pytest.mark.parametrize("system", ["dense", "springs", "kuramoto", "graph"])
def test_sizes_beyond_a_panel_and_beside_whole_lanes(system):
    """Four vectors of eight are a panel: 37 is one more and five; 33 inputs are one more and one."""
    made = get(system, n=37, m=1 if system in ("springs", "graph") else 3)
    program = compile_system(made, FORMATS["small"])
    equal(program, words(program, made, 0), seed=2, steps=19, scale=1.0)


def test_the_naive_interpreter_agrees():
    program, theta, _ = build("dense", formats=FORMATS["tight"])
    equal_words(program, theta, Integrator(program, theta, NativeSteps), 9, input_gradient=True)
    tables = with_tables()
    rng = np.random.default_rng(5)
    theta = {name: tables.formats.theta.raw(rng.uniform(-1.9, 1.9, shape)) for name, shape in tables.parameters}
    equal_words(tables, theta, Integrator(tables, theta, NativeSteps), 9)


@pytest.mark.parametrize("seeds", [(), (3,)])
def test_batches_and_seeds(seeds):
    made = get("dense", n=6, m=3)
    program = compile_system(made)
    equal(program, words(program, made, 0, seeds), seed=3, batch=(2, *seeds), scale=1.0)


def test_a_batch_may_share_its_inputs_and_its_nudge():
    """Axes that inputs, state or nudge have not are repeated, as NumPy repeats them."""
    program, theta, reference = build("dense")
    q, p, inputs = state(program, 7, steps=9)
    wide = np.stack([q, q + 5, q - 7])
    ends = []
    for run in (reference, Integrator(program, theta, NativeSteps)):
        grads = run.zero_gradients((3,))
        forth = run.forward_many(wide, p, inputs)
        back = run.echo_many(*twin(*forth), inputs, grads, np.full(program.n, 500))
        ends.append([*forth, *back, grads.flat])
    assert all(np.array_equal(a, b) for a, b in zip(*ends, strict=True))


@pytest.mark.parametrize("formats", [Formats(g_bits=34), Formats(g_bits=30), Formats(g_bits=16, g_cut=0)])
def test_gradients_wrap_where_numpy_wraps_them(formats):
    """34 bits: a block of steps may be safe, and is looked after; 30: none is; 16: every write wraps."""
    made = get("dense", n=6, m=3)
    program = compile_system(made, formats)
    theta = {name: np.full(shape, (1 << 17) - 1) for name, shape in program.parameters}
    found = equal(program, theta, seed=4, steps=60, scale=8.0)
    assert Flags.G_OVERFLOW in found[-4]  # a program of inputs: dV/du is behind


def test_gradients_of_any_kind_are_added_to():
    """A plain dictionary is changed in place; what was there before stays in the sum."""
    program, theta, reference = build("dense")
    q, p, inputs = state(program, 7, steps=9)
    compiled = Integrator(program, theta, NativeSteps)
    start = {name: np.arange(int(np.prod(shape))).reshape(shape) * 1000 for name, shape in program.parameters}
    e = np.full(program.n, 500)
    sums = []
    for run in (reference, compiled):
        grads = {name: value.copy() for name, value in start.items()}
        kept = grads["W"]
        run.echo_many(*twin(q, p), inputs, grads, e)
        assert grads["W"] is kept and not (kept == start["W"]).all()
        sums.append(grads)
    assert all((sums[0][name] == sums[1][name]).all() for name in start)
    with pytest.raises(HelError, match=r"grads\['al'\] is an int64 array of shape \(6,\); use Integrator"):
        compiled.echo(*twin(q, p), inputs[0], grads={"al": np.zeros(5, np.int64)})


def test_flags_are_sticky_until_cleared_and_parameters_are_loaded():
    program, theta, reference = build("pendulum", n=3, m=1)
    compiled = Integrator(program, theta, NativeSteps)
    u = np.zeros((1, 1), np.int64)
    for size in (0.5, 9.0, 0.5):
        far = program.formats.q.raw(np.full(3, size))
        for run in (reference, compiled):
            run.forward_many(far, np.zeros(3, np.int64), u)
        assert compiled.flags == reference.flags and compiled.argument_clamped == reference.argument_clamped
        assert compiled.operand_clipped == reference.operand_clipped
    assert Flags.ARGUMENT_CLAMPED in compiled.flags
    compiled.clear_flags()
    assert compiled.flags == Flags(0) and compiled.argument_clamped == frozenset()
    other = build("pendulum", n=3, m=1, seed=1)[1]
    near = program.formats.q.raw(np.full(3, 0.5))
    ends = []
    for run in (reference, compiled):
        run.load(other)
        ends.append(run.forward_many(near, near, u))
    assert (ends[0][0] == ends[1][0]).all() and (ends[0][1] == ends[1][1]).all()


def test_long_passes_are_made_in_parts(monkeypatch):
    """Of 4 steps, 2 of them for a batch of two: the nudge belongs to the first, gradients add up over all."""
    monkeypatch.setattr(steps, "steps_at_once", lambda program: 4)
    made = get("dense", n=6, m=3)
    program = compile_system(made)
    for batch in ((), (2,)):
        equal(program, words(program, made, 0), seed=5, batch=batch, scale=1.0)


def test_a_watcher_sees_every_position():
    program, theta, reference = build("dense")
    q, p, inputs = state(program, 6, steps=5)
    seen = ([], [])
    for run, found in zip((reference, Integrator(program, theta, NativeSteps)), seen, strict=True):
        run.forward_many(q, p, inputs, lambda t, q, found=found: found.append((t, q.tolist())))
    assert seen[0] == seen[1] and len(seen[0]) == 5


def nudged(program, run, batch, seed, one_sided):
    """All kinds of nudges on the way, of weak and of absurd strengths; every word that comes out."""
    formats, rng = program.formats, np.random.default_rng(seed)
    q, p = (word.raw(rng.normal(0, 1, (*batch, program.n)), saturating=True) for word in (formats.q, formats.p))
    inputs = formats.u.raw(rng.normal(0, 1, (13, *batch, program.m)), saturating=True)
    seen = np.empty((13, *batch, program.n), np.int64)
    end, found = run.forward_many(q, p, inputs, seen), [seen]
    shifts = rng.integers(-30, 40, (*batch, 1))
    slopes = np.ldexp(rng.normal(size=(*batch, program.n)), -shifts)
    for nudge in (
        Listed(rng.integers(-(1 << 62), 1 << 62, (13, *batch, program.n))),
        Listed(formats.p.raw(rng.normal(0, 0.1, (13, program.n)), saturating=True)),
        Towards(formats.q.raw(rng.normal(0, 1, (13, *batch, program.n)), saturating=True), shifts),
        Towards(np.zeros((13, program.n), np.int64), np.array([program.nudge_shift + 4])),
        Latch(formats, slopes).nudges(0),
        Latch(formats, slopes * 0).nudges(2),
    ):
        for sides in one_sided:
            grads = run.zero_gradients(batch)
            found += [*run.echo_many(*twin(*end), inputs, grads, nudge, one_sided=sides), grads.flat, run.flags]
    return found


@pytest.mark.parametrize("name", ["reference", "tight", "widest"])
@pytest.mark.parametrize("seeds", [(), (2,)])
def test_nudges_on_the_way(name, seeds, monkeypatch):
    """In one part, and in parts of 4 steps."""
    made = get("dense", n=5, m=2)
    program = compile_system(made, FORMATS[name])
    theta, batch = words(program, made, 0, seeds), (3, *seeds)
    expected = nudged(program, Integrator(program, theta), batch, 8, (False, True))
    for at_once in (1 << 20, 4 * 3):
        monkeypatch.setattr(steps, "steps_at_once", lambda program, at_once=at_once: at_once)
        found = nudged(program, Integrator(program, theta, NativeSteps), batch, 8, (False, True))
        assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_positions_of_an_array_that_is_no_block_of_memory():
    program, theta, reference = build("dense")
    q, p, inputs = state(program, 6, steps=5)
    wide = np.zeros((5, program.n, 2), np.int64)
    Integrator(program, theta, NativeSteps).forward_many(q, p, inputs, wide[..., 1])
    plain = np.empty((5, program.n), np.int64)
    reference.forward_many(q, p, inputs, plain)
    assert np.array_equal(wide[..., 1], plain) and not wide[..., 0].any()


def test_a_program_without_an_input_gradient_says_so():
    program, theta, _ = build("hru", n=3)
    free = type(program)(**{**vars_of(program), "input_gradient": ""})
    run = Integrator(free, theta, NativeSteps)
    q, p, inputs = state(free, 0, steps=2)
    with pytest.raises(HelError, match="has no dV/du"):
        run.echo_many(*twin(q, p), inputs, input_differences=np.zeros(inputs.shape, np.int64))


def vars_of(program):
    return {name: getattr(program, name) for name in program.__dataclass_fields__}
