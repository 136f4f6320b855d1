"""Compiled code beside NumPy: one program, one set of words, everything that comes out."""

import numpy as np

from golden.arithmetic.formats import Formats
from golden.dynamics.integrator import Integrator, twin
from golden.dynamics.stepper import numpy_steps
from golden.native import NativeSteps

FORMATS = {
    "reference": Formats(),
    "small": Formats(12, 16, 5, 2),
    "tight": Formats(fraction_bits=10, operand_bits=12, integer_bits=2, log2_inverse_step=1, g_bits=20, g_cut=2),
    "wide": Formats(20, 22, 7, 4, 40, 4),
    "widest": Formats(28, 24, 16, 12, 48, 0),
}
"""tight: everything overflows at once; wide, widest: words of q and p that no int32 holds, products that none holds."""


def words(program, system, seed, seeds=()):
    """Parameter words: of the system's own initial values, saturated; with an axis of seeds where asked for."""
    made = [system.initial(seed + s) for s in range(max(1, *seeds, 1))]
    stacked = {name: np.stack([one[name] for one in made]) if seeds else made[0][name] for name in made[0]}
    return {name: program.formats.theta.raw(value, saturating=True) for name, value in stacked.items()}


def passes(program, theta, steps_by, *, seed, steps=11, batch=(), scale=1.0):
    """Every word and flag of a forward pass, an echo with nudges on the way, one with a nudge at first, one without."""
    formats, rng = program.formats, np.random.default_rng(seed)

    def drawn(word, shape, deviation):
        return word.raw(rng.normal(0, deviation, shape), saturating=True)

    q, p = (drawn(word, (*batch, program.n), scale) for word in (formats.q, formats.p))
    inputs = drawn(formats.u, (steps, *batch, program.m), scale)
    e = drawn(formats.p, (*batch, program.n), scale / 8)
    run = Integrator(program, theta, steps_by)
    end = run.forward_many(q, p, inputs)
    found = [*end, run.flags]
    grads, at_first = run.zero_gradients(batch), run.zero_gradients(batch)
    du = np.zeros(inputs.shape, np.int64) if program.input_gradient else None
    found += run.echo_many(*twin(*end), inputs, grads, lambda t, q: e if t % 3 == 0 else None, du)
    found += run.echo_many(*twin(*end), inputs, at_first, e, one_sided=True)
    back = run.echo_many(*twin(*end), inputs)
    assert (back[0] == q).all() and (back[1] == p).all(), "an echo without nudge returns every word"
    found += [grads.flat, at_first.flat, run.flags, run.argument_clamped, run.operand_clipped]
    return found if du is None else [*found, du]


def equal(program, theta, **how):
    """Compares word for word; returns what NumPy found."""
    ours, theirs = (passes(program, theta, steps_by, **how) for steps_by in (NativeSteps, numpy_steps))
    for k, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        same = np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b
        assert same, f"{program.name} in {program.formats}, {how}: number {k} differs\n{program}"
    return theirs
