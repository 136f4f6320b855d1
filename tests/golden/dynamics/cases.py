"""Systems, words and random states for the tests of the integer part."""

import numpy as np

from golden import systems
from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.dynamics.integrator import Integrator, twin
from golden.program import Program
from tests.golden.program.naive import Naive

NAMES = ("dense", "hru", "linear", "springs")


def with_tables(n=6, m=2, segments=64):
    """A program of three functions: exp of differences (one entry fewer), a bump with f(0) = 1, a sine of turns."""
    i = np.arange(segments + 1)
    words = {
        "rise": 3000 * np.exp((i - segments / 2) / 16),
        "bump": 131071 / (1 + (i / 16) ** 2),
        "wave": 131071 * np.sin(np.pi * i / segments),
    }
    rise, bump, wave = (" ".join(map(str, np.rint(found).astype(int))) for found in words.values())
    return Program.parse(f"""program tables n={n} m={m}
    parameter k [{n}]
    parameter W [{n}, {n}]
    parameter B [{n}, {m}]
    constant D [{n - 1}, {n}] +0[0:{n - 1}]=-65536 +1[0:{n - 1}]=65536
    table rise fraction 17 from {-segments // 2} steep above = {rise}
    table bump even fraction 16 = {bump}
    table wave odd turn fraction 18 = {wave}
    x = cut q SQ(5, 13)
    D_x = matvec D x
    zr = round floor D_x 12
    e = table rise zr SQ(3, 15)
    B_u = matvec B u
    W_x = matvec W x
    z = sum + W_x + B_u
    zb = round floor z 13
    s = table bump zb SQ(1, 17)
    x_one = mul x one
    zw = round floor x_one 8
    t = table wave zw SQ(1, 17)
    k_t = mul k t
    Dt_e = matvec_t D e
    Wt_s = matvec_t W s
    k_x = mul k x
    F = sum + k_t + Dt_e << 2 + Wt_s + k_x << 4
    K = round half_up F 20
    kick K
    gradient k = mul x x scale +2**-1, mul t one
    gradient W = outer s x
    gradient B = outer s u""").verify()


def build(name, n=6, m=3, formats=None, seed=0, seeds=()):
    """(program, theta_raw, integrator); seeds: leading axis of the parameters."""
    system = systems.get(name, n=n, m=1 if name == "springs" else m)
    program = compile_system(system, formats or Formats())
    one = [system.initial(seed + s) for s in range(max(1, *seeds, 1))]
    words = {k: program.formats.theta.raw(np.stack([t[k] for t in one]) if seeds else one[0][k]) for k in one[0]}
    return program, words, Integrator(program, words)


def state(program, seed, batch=(), steps=None, scale=0.5, inputs=0.5):
    """(q, p, inputs): normal random words; inputs (steps, ...) or of one step."""
    rng = np.random.default_rng(seed)
    formats = program.formats
    lead = () if steps is None else (steps,)
    return (
        formats.q.raw(rng.normal(0, scale, (*batch, program.n)), saturating=True),
        formats.p.raw(rng.normal(0, scale, (*batch, program.n)), saturating=True),
        formats.u.raw(rng.normal(0, inputs, (*lead, *batch, program.m)), saturating=True),
    )


def equal_words(program, theta, integrator, steps, nudge=None, input_gradient=False):
    """Forward, twin echo with nudges on each context's own q, gradients and flags against the naive interpreter, step
    by step; returns the gradients. nudge(t): words (n,), default one for all steps.
    """
    q, p, inputs = state(program, 3, steps=steps, scale=1.0)
    naive = Naive(program, theta)
    ours, theirs = (q, p), (q.tolist(), p.tolist())
    for u in inputs:
        ours = integrator.forward(*ours, u)
        theirs = naive.forward(*theirs, u.tolist())
        assert (ours[0].tolist(), ours[1].tolist()) == theirs
    grads = integrator.zero_gradients()
    expected = {name: words.tolist() for name, words in grads.items()}
    (q, p), contexts = twin(*ours), [theirs, theirs]
    du = np.zeros(program.m, np.int64) if input_gradient else None
    for t, u in reversed(list(enumerate(inputs))):
        e = nudge(t) if nudge else np.arange(-2, program.n - 2) * 400
        q, p = integrator.echo(q, p, u, grads, e, du)
        contexts = naive.echo(contexts, u.tolist(), expected, e.tolist(), inputs=input_gradient)
        assert [(a.tolist(), b.tolist()) for a, b in zip(q, p, strict=True)] == contexts
        assert {name: words.tolist() for name, words in grads.items()} == expected
        assert du is None or du.tolist() == naive.du
    assert {flag.name for flag in integrator.flags} == naive.flags
    return grads
