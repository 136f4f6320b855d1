"""The program of a system with formats chosen by a calibration run on typical inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from golden.compiler.cut_formats import Reach, check_stated, infer, overflow
from golden.compiler.patterns import summands
from golden.compiler.real import Spans, calibrate
from golden.compiler.table_words import Range
from golden.compiler.univariate import Univariate
from golden.errors import HelError
from golden.language.autodiff import gradient
from golden.language.builder import Builder
from golden.language.evaluate import Evaluator
from golden.language.graph import Array
from golden.program import Program
from golden.program.ops import Table
from golden.systems.base import System, Theta

__all__ = ["calibrated", "reached", "strongest"]


def calibrated(
    program: Program,
    system: System,
    *,
    inputs: ArrayLike | None = None,
    seeds: Sequence[int] = range(3),
    steps: int = 1000,
    margin: float = 2.0,
) -> Program:
    """A system's program, each cut's format by what its value reached, `margin` times.

    One run a seed: theta = system.initial(seed), q0 and p0 normal with deviation 1/2, and inputs (T, ..., m) given
    or normal with deviation 1/2 over `steps` steps. Words hold parameters of initial's size: calibrate again
    for others.

    Raises
    ------
    HelError : what no format can hold, with the line of the potential and what to write instead.

    >>> from golden.compiler import compile_system
    >>> from golden.systems import get
    >>> springs = get("springs", n=4)
    >>> program = calibrated(compile_system(springs), springs, steps=100)
    >>> [str(op) for op in program.ops if op.name in ("d", "d1")]
    ['d = cut C_x SQ(4, 14)', 'd1 = cut kc_d SQ(3, 15)']
    """
    if steps < 1 or not seeds:
        raise HelError(f"a calibration has at least one run of one step, got {len(seeds)} of {steps}; use more")
    reach: Reach = {}
    spans: Spans = {}
    line, angles = "", system.coordinates.angles
    for seed in seeds:
        rng = np.random.default_rng([seed, 2])
        driven = rng.normal(0.0, 0.5, (steps, system.m)) if inputs is None else np.asarray(inputs, np.float64)
        q0, p0 = rng.normal(0.0, 0.5, (2, system.n))
        theta, farthest = system.initial(seed), _Farthest()
        found = calibrate(program, theta, driven, q0=q0, p0=p0, observe=farthest, spans=spans, angles=angles)
        reach = {name: max(size, reach.get(name, 0.0)) for name, size in found.items()}
        if overflow(program, reach):
            line = strongest(system, theta, farthest.q, farthest.u) if farthest.size >= 0.0 else ""
            break
    chosen = infer(program, reach, margin, line).verify()
    check_stated(program, spans)
    return chosen


def reached(program: Program, system: System, *, seeds: Sequence[int], steps: int) -> dict[Univariate, Range]:
    """The least and the largest argument of each function that a program's own tables stand for, in runs as those of
    `calibrated`.
    """
    spans: Spans = {}
    for seed in seeds:
        rng = np.random.default_rng([seed, 2])
        driven = rng.normal(0.0, 0.5, (steps, system.m))
        q0, p0 = rng.normal(0.0, 0.5, (2, system.n))
        calibrate(program, system.initial(seed), driven, q0=q0, p0=p0, spans=spans, angles=system.coordinates.angles)
    functions = {table.name: table.function for table in program.tables}
    found: dict[Univariate, Range] = {}
    for op in program.ops:
        function = functions.get(op.function) if isinstance(op, Table) else None
        if isinstance(function, Univariate) and op.name in spans:
            low, high = found.get(function, (np.inf, -np.inf))
            found[function] = min(low, spans[op.name][0]), max(high, spans[op.name][1])
    return found


class _Farthest:
    """Remembers where the largest position was."""

    q: Array
    u: Array
    size = -1.0

    def __call__(self, q: Array, u: Array) -> None:
        size = float(np.abs(q).max())
        if size > self.size:
            self.size, self.q, self.u = size, q, u


def strongest(system: System, theta: Theta, q: ArrayLike, u: ArrayLike) -> str:
    """``file:line: `text`: `` of the term of the potential whose force on any neuron is the largest; "" if unknown.

    >>> from golden.systems import get
    >>> springs = get("springs", n=2)
    >>> strongest(springs, springs.initial(0), [9.0, 9.0], [0.0]).split(": ")[1]
    '`np.sum(theta["k"] * q**2)`'
    """
    graph = system.graph
    ((name, potential),) = graph.outputs.items()
    assert isinstance(graph.builder, Builder)
    at = {"q": np.asarray(q, np.float64), "u": np.asarray(u, np.float64), **theta}
    sizes: dict[str, float] = {}
    for factor, term in summands(potential, graph.builder):
        forces = Evaluator(gradient(replace(graph, outputs={name: term})), ["q"])(at)["q"]
        sizes[term.source] = max(abs(factor) * float(np.abs(forces).max()), sizes.get(term.source, 0.0))
    source = max(sizes, key=lambda each: sizes[each])
    return f"{source}: " if source else ""
