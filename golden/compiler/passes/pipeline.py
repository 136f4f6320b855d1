"""The order of the passes, with `Program.verify` between them.

1. symmetry: W^T v of a symmetric W is W v
2. strength_reduction: cos and logistic become the tables there are, powers of two become binary points
3. common_subexpressions: equal values are one
4. dead_values: values nobody needs are gone

Formats (golden/compiler/cut_formats.py) are chosen after these, where a calibration run is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from golden.compiler.passes.common_subexpressions import common_subexpressions
from golden.compiler.passes.dead_values import dead_values
from golden.compiler.passes.strength_reduction import strength_reduction
from golden.compiler.passes.symmetry import symmetry
from golden.program import Program

__all__ = ["PASSES", "Pass", "pipeline", "shown"]

Pass = Callable[[Program], Program]

PASSES: dict[str, Pass] = {
    "symmetry": symmetry,
    "strength_reduction": strength_reduction,
    "common_subexpressions": common_subexpressions,
    "dead_values": dead_values,
}


def shown(program: Program) -> Iterator[tuple[str, Program]]:
    """("lowered", program), then each pass's name and what it made of it.

    >>> from golden.compiler.lower import lowered
    >>> from golden.systems import get
    >>> for name, program in shown(lowered(get("pendulum", n=2))):
    ...     print(name, len(program.ops), any("cos" in str(op) for op in program.ops))
    lowered 19 True
    symmetry 19 True
    strength_reduction 25 False
    common_subexpressions 25 False
    dead_values 25 False
    """
    yield "lowered", program.verify()
    for name, make in PASSES.items():
        program = make(program).verify()
        yield name, program


def pipeline(program: Program) -> Program:
    """The program after all passes."""
    *_, (_, last) = shown(program)
    return last
