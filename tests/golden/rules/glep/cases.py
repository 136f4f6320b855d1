"""Seeded boundary problems whose end data belong to a trajectory near the guess."""

import numpy as np

from golden.cost_functions import SummedCost
from golden.rules import Problem
from golden.rules.glep import Boundary
from golden.rules.glep.conditions import named
from golden.systems import get

EXACT = ("civp", "cbvp", "pfvp", "pbvp", "mixed")


def problem(condition, *, name="dense", n=8, m=2, steps=100, seed=0, scheme="leapfrog"):
    """The problem and its boundary, of one sample; `condition` by name or of one's own."""
    rng = np.random.default_rng(seed)
    system = get(name, n=n, m=m)
    inputs = rng.normal(0, 0.5, (steps + (scheme == "verlet"), m))
    if scheme == "verlet":
        inputs[-1] = inputs[0]
    targets = rng.normal(size=(steps, n))
    q0, p0, *far = (rng.normal(0, 0.5, n) for _ in range(4))
    posed = Problem(system, system.initial(seed), inputs, targets, q0=q0, p0=p0, cost=SummedCost())
    given = named(condition).given
    ends = {key: value for key, value in zip(("qT", "pT"), far, strict=True) if key in given}
    return posed, Boundary(condition, scheme=scheme, **ends)
