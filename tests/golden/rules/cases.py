"""Seeded problems for the learning rules, and how two gradients are compared."""

import dataclasses

import numpy as np

from golden.cost_functions import AveragedCost, FinalCost, SummedCost
from golden.systems import get

COSTS = {"final": FinalCost, "summed": SummedCost, "averaged": AveragedCost}
NONLINEAR = ("dense", "hru")
QUADRATIC = ("springs", "linear")


def case(name, kind, *, n=4, m=2, steps=20, seed=1, batch=()):
    """system, theta, and the keyword arguments of every rule; a random initial state, inputs and targets."""
    rng = np.random.default_rng(seed)
    system = get(name, n=n, m=m)
    targets = rng.normal(size=((steps,) if kind == "summed" else ()) + batch + (n,))
    arguments = {
        "inputs": rng.normal(size=(steps, *batch, m)),
        "targets": targets,
        "q0": rng.normal(size=(*batch, n)),
        "p0": rng.normal(size=(*batch, n)),
        "cost": COSTS[kind](),
        "step": 0.125,
    }
    return system, system.initial(seed), arguments


def flat(grads, names):
    return np.concatenate([np.ravel(grads[name]) for name in names])


def relative_error(grads, reference, names=None):
    """|a - b| / |b| over the named gradients, default all."""
    names = sorted(reference) if names is None else names
    a, b = flat(grads, names), flat(reference, names)
    return np.linalg.norm(a - b) / np.linalg.norm(b)


def one_minus_cosine(grads, reference, names):
    a, b = flat(grads, names), flat(reference, names)
    return 1 - a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


def values(posed):
    """The fields of a problem by name."""
    return {field.name: getattr(posed, field.name) for field in dataclasses.fields(posed)}


def run(rule, kind, *fields, **mixed):
    """rule(kind(fields ...), options ...): keywords that `kind` of problem has not are options of the rule."""
    names = {field.name for field in dataclasses.fields(kind)}
    options = {name: value for name, value in mixed.items() if name not in names}
    return rule(kind(*fields, **{name: mixed[name] for name in mixed if name in names}), **options)
