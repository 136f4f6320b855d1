"""Ranges of parameters: what a system may declare, and what becomes of it."""

import numpy as np
import pytest

from golden.compiler import compile_system
from golden.errors import HelError
from golden.systems import SYSTEMS, System, get
from golden.systems.ranges import checked_ranges


def declaring(declared):
    class Made(System):
        ranges = declared

        @property
        def parameters(self):
            return {"k": (self.n,), "W": (self.n, self.n)}

        def potential(self, q, u, theta):
            return np.sum(theta["k"] * q**2) / 2 + np.sum(np.log(np.cosh(theta["W"] @ q))) - u[0] * q[0]

    return Made(3)


@pytest.mark.parametrize("name", [*SYSTEMS, "random-1001", "random-1003"])
def test_initial_values_lie_in_their_ranges(name):
    unbound = ("kuramoto", "josephson", "rotor")  # forces that are bounded, positions that are angles
    assert bool(checked_ranges(get(name, n=8, m=2))) == (name not in unbound)
    for seed in range(5):
        system = get(name, n=8, m=2)
        for parameter, (low, high) in checked_ranges(system).items():
            value = system.initial(seed)[parameter]
            assert low <= value.min() and value.max() <= high


def test_drawn_values_are_clipped_and_words_lie_within():
    system = declaring({"W": (-0.1, 0.3), "k": (0.5, 0.7)})
    theta = system.initial(0)
    assert theta["W"].min() == -0.1 and theta["W"].max() == 0.3
    assert 0.5 <= theta["k"].min() and theta["k"].max() <= 0.7
    program = compile_system(system)
    kept = {name: program.range_of(name) for name in ("k", "W")}
    assert (kept["k"].low, kept["k"].high) == (32768, 45875)  # 0.7 * 2**16 = 45875.2
    assert (kept["W"].low, kept["W"].high) == (-6553, 19660)


@pytest.mark.parametrize(
    "declared, message",
    [
        ({"h": (0, 1)}, "made.ranges: the parameters are k, W, got 'h'; correct the name"),
        ({"k": (1, 0)}, r"made.ranges: a range is two numbers in \[-2, 2\], the lower one first, got \(1, 0\) for k"),
        ({"k": (0, 2.5)}, r"made.ranges: a range is two numbers .*, got \(0, 2.5\) for k"),
        ({"k": 0.5}, "made.ranges: a range is two numbers .*, got 0.5 for k"),
        ({"k": (0.5, "a")}, r"made.ranges: a range is two numbers .*, got \(0.5, 'a'\) for k"),
        ({"k": (float("nan"), 1)}, r"made.ranges: a range is two numbers .*, got \(nan, 1\) for k"),
        ([0.5, 1.0], r"made.ranges maps names to \(lowest, highest\) such as {'k': \(0.0625, 2.0\)}, got \[0.5, 1.0\]"),
    ],
)
def test_what_is_no_range_is_refused(declared, message):
    with pytest.raises(HelError, match=f"^{message}$"):
        checked_ranges(declaring(declared))
    with pytest.raises(HelError, match=message):
        compile_system(declaring(declared))
