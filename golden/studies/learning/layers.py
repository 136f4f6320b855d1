"""Do layers help? Stacks of dense layers in fixed HEL's place, on validation samples alone.

    V = sum al q^2 / 2 + sum_l sum log cosh(W_l q_l + C_l q_(l-1) + b_l),   q_0 = u

Layers share one potential and act on each other, as those of the system `stack` do, so that one echo learns all of
them; the readout sees them all. Every stack has fixed HEL's four candidates, its choice is made as there
(`golden.studies.learning.selection`), and it is set beside dense of as many neurons. A stack helps where it is better
by a standard error of the difference, paired by validation sample.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from golden import tasks
from golden.language.graph import Array, Shape
from golden.studies.learning import echo
from golden.studies.learning.protocol import candidates
from golden.studies.learning.runs import selection_runs
from golden.studies.learning.selection import choice
from golden.studies.rows import Case
from golden.systems import System
from golden.systems.ranges import bounded

__all__ = ["LAYERS", "SIZES", "TASKS", "Layers", "cases", "measure"]

LAYERS = Path("docs/results/learning_layers.json")
TASKS = ("digits", "japanese-vowels", "mackey-glass", "digits-pixels")
SIZES = ((1, 32), (2, 32), (3, 32), (4, 32), (1, 64), (2, 64), (1, 96), (3, 96), (1, 128), (4, 128))
"""(layers, neurons of all): 32 in all, and 32 a layer, each beside one layer of as many."""
WIDE, MOST = ("digits",), 64
"""The task that has all sizes, being the cheapest, and the most neurons on any other."""


class Layers(System):
    """n neurons in layers as even as they can be, the lowest of which sees the inputs.

    >>> stack = Layers(5, 2, 2)
    >>> stack.sizes, stack.parameters["C2"]
    ((2, 3), (3, 2))
    """

    ranges: Mapping[str, tuple[float, float]] = {"al": (2**-4, 2.0)}
    """A stiffness that descent drives below zero lets positions run away."""

    def __init__(self, n: int, m: int, layers: int) -> None:
        super().__init__(n, m)
        self.edges = [n * k // layers for k in range(layers + 1)]

    @property
    def sizes(self) -> tuple[int, ...]:
        """From the bottom up."""
        return tuple(np.diff(self.edges).tolist())

    @property
    def name(self) -> str:
        return f"dense-{len(self.sizes)}"

    @property
    def parameters(self) -> Mapping[str, Shape]:
        made: dict[str, Shape] = {"al": (self.n,)}
        for layer, (below, size) in enumerate(zip((self.m, *self.sizes), self.sizes, strict=False), 1):
            made |= {f"W{layer}": (size, size), f"C{layer}": (size, below), f"b{layer}": (size,)}
        return made

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        total, below = np.sum(theta["al"] * q**2) / 2, u
        for layer, (low, high) in enumerate(zip(self.edges, self.edges[1:], strict=False), 1):
            own = q[low:high]
            z = theta[f"W{layer}"] @ own + theta[f"C{layer}"] @ below + theta[f"b{layer}"]
            total, below = total + np.sum(np.log(np.cosh(z))), own
        return total

    def initial(self, seed: int) -> dict[str, Array]:
        """al uniform in [0.2, 1]; matrices normal with variance 1 / columns, C2, C3, ... half as wide; b normal."""
        rng = np.random.default_rng(seed)
        theta = {"al": rng.uniform(0.2, 1.0, self.n)}
        for name, shape in self.parameters.items():
            if len(shape) == 2:
                wide = 1.0 if name[0] == "W" or name == "C1" else 0.5
                theta[name] = rng.normal(0.0, wide, shape) / np.sqrt(shape[1])
            elif name != "al":
                theta[name] = rng.normal(0.0, 0.3, shape)
        return bounded(theta, self.ranges)


def cases(names: list[str], models: list[str]) -> Iterator[Case]:
    """A task, layers and neurons each; they are fixed HEL's."""
    for name in TASKS:
        for layers, neurons in SIZES:
            if name in names and "hel-fixed" in models and (name in WIDE or neurons <= MOST):
                yield {"task": name, "layers": layers, "neurons": neurons}


def measure(case: Case) -> Case:
    """What `golden.studies.learning.selection.measure` finds, and the chosen candidate's scores by sample."""
    start = time.process_time()
    name, neurons = case["task"], case["neurons"]
    options = candidates("hel-fixed", name, tasks.CARDS[name].kind)
    runs = selection_runs(name)
    system = Layers(neurons, runs[0].task.channels, case["layers"])
    found = [echo.trained(neurons, runs, one, frozen=False, system=system) for one in options]
    row = choice(name, options, found)
    by_sample = " ".join(f"{value:.4g}" for value in np.mean(found[row["chosen"]], 0))
    return {**row, "by_sample": by_sample, "cpu_s": round(time.process_time() - start, 1)}
