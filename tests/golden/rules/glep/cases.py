"""Seeded boundary problems whose end data belong to a trajectory near the guess."""

import numpy as np

from golden.costs import SummedCost
from golden.rules.glep import CONDITIONS
from golden.systems import get

EXACT = ("civp", "cbvp", "pfvp", "pbvp", "mixed")


def problem(condition, *, name="dense", n=8, m=2, steps=100, seed=0, scheme="leapfrog"):
    """system, theta, and the keyword arguments of `glep.gradient`."""
    rng = np.random.default_rng(seed)
    system = get(name, n=n, m=m)
    inputs = rng.normal(0, 0.5, (steps + (scheme == "verlet"), m))
    if scheme == "verlet":
        inputs[-1] = inputs[0]
    arguments = {
        "inputs": inputs,
        "targets": rng.normal(size=(steps, n)),
        "q0": rng.normal(0, 0.5, n),
        "p0": rng.normal(0, 0.5, n),
        "cost": SummedCost(),
        "step": 0.125,
        "condition": condition,
        "scheme": scheme,
    }
    ends = {"qT": rng.normal(0, 0.5, n), "pT": rng.normal(0, 0.5, n)}
    held = condition if not isinstance(condition, str) else CONDITIONS[condition]
    arguments |= {key: value for key, value in ends.items() if key in held.given}
    return system, system.initial(seed), arguments
