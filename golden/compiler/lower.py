"""From a system's gradient graph to an integer program, in five steps, each a value that can be printed:

==============================  =========================  =============================================================
step                            makes                      what is settled
==============================  =========================  =============================================================
`tabulate.tabulate`             a graph                    which functions of one variable become tables
`normalise.normalise`           `forms.Normal`             sums opened, products split, constants folded: no choice
`operands.choose_operands`      `terms.Outputs`            which values are operands, how products are halved, the cuts
`select.select`                 `operations.Selected`      constants, powers of two; equal operations are one
`program_builder`               `golden.program.Program`   names, alignments, the formats of the cuts
==============================  =========================  =============================================================

Rules (docs/program.md, section 5):

- the force is ONE exact sum of products, then one half_up rounding: the kick
- a factor of a product is an operand: a parameter, q cut to SQ(5, w - 5), a table's output, or another exact value, cut
  once to the narrowest SQ(i, w - i) that holds its interval, i <= 5
- whatever travels between neurons (a slice, a shift, a sum, a fixed matrix) is a constant matrix times an operand;
  constant matrices of one operand in one sum are merged
- a constant vector in a product of several factors is wiring of one of them, which is no parameter
- what stands alone in a sum is multiplied by `one`
- a table's argument is one exact sum, rounded by floor to fraction 18, or to that of its own table
- equal sub-expressions are one value
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from golden.arithmetic.formats import Formats
from golden.compiler.angles import with_turns
from golden.compiler.normalise import normalise
from golden.compiler.operands import choose_operands
from golden.compiler.patterns import summands
from golden.compiler.program_builder import ProgramBuilder
from golden.compiler.select import Ranges, select
from golden.compiler.tabulate import tabulate
from golden.errors import HelError
from golden.language.builder import Builder
from golden.language.graph import Graph, uniform
from golden.program import Program
from golden.program.parameter_range import ParameterRange
from golden.program.verifier import TooWide
from golden.systems.base import System
from golden.systems.coordinates import UNIT_LOG2
from golden.systems.ranges import checked_ranges

__all__ = ["lower", "lowered"]


def lowered(system: System, formats: Formats | None = None, ranges: Ranges | None = None) -> Program:
    """The program of a system before any pass; `ranges` of its table functions, see `golden.compiler.select`."""
    angles = system.coordinates.angles
    formats = formats or Formats()
    try:
        program = lower(system.gradient, system.n, system.m, formats, system.symmetric, ranges, angles)
    except TooWide as error:
        line = _unlike(system.graph)
        if not line:
            raise
        raise HelError(f"{line}: {error.rule}") from None
    kept = checked_ranges(system)
    of = (ParameterRange.of(name, *kept[name], formats.theta) for name in system.parameters if name in kept)
    return replace(program, ranges=tuple(of))


def _unlike(graph: Graph) -> str:
    """The line of the potential's term whose factor is the furthest from 1; "" where none is far."""
    assert isinstance(graph.builder, Builder)
    (potential,) = graph.outputs.values()
    sizes = [(abs(np.log2(abs(factor))), term.source) for factor, term in summands(potential, graph.builder) if factor]
    size, line = max(sizes, default=(0.0, ""))
    return line if size >= _FAR else ""


_FAR = 16
"""Powers of two between 1 and a factor that stands out."""


def lower(
    graph: Graph,
    n: int,
    m: int,
    formats: Formats,
    symmetric: tuple[str, ...] = (),
    ranges: Ranges | None = None,
    angles: tuple[int, ...] = (),
) -> Program:
    """The verified program of a gradient graph: outputs q (force), u, and one a parameter.

    Kick and densities are what an array computes. dV/du is for who asks: where it alone has no integer form it is left
    out, and `Program.inputs_refused` keeps why.
    """
    parameters = tuple((name, tuple(shape)) for name, shape in graph.parameters.items())

    def made(graph: Graph) -> Program:
        normal = normalise(with_turns(tabulate(graph), angles, min(UNIT_LOG2, formats.integer_bits)))
        selected = select(choose_operands(normal, symmetric), formats, ranges)
        return ProgramBuilder(graph.name, formats, n, m, parameters, symmetric).build(selected).verify()

    try:
        return made(graph)
    except HelError as error:
        if uniform(graph.outputs["u"]) == 0.0:
            raise
        refused = str(error)
    assert isinstance(graph.builder, Builder)
    nothing = graph.builder.full(0.0, graph.outputs["u"].shape)
    return replace(made(replace(graph, outputs={**graph.outputs, "u": nothing})), inputs_refused=refused)
