"""Systems, words and random states for the tests of the integer part."""

import numpy as np

from golden import systems
from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.dynamics.integrator import Integrator, twin
from tests.golden.program.naive import Naive

NAMES = ("dense", "hru", "linear", "springs")


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
