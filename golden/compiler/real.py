"""A program in real numbers: no words, no cuts, no tables; what it would compute if words had no end.

For calibration: the sizes that values reach, before a format is chosen for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from golden.compiler.cut_formats import Reach
from golden.language.evaluate import logistic
from golden.program import Program
from golden.program.ops import Cut, Matvec, MatvecT, Mul, Round, Scale, Sum, Table, Turn

__all__ = ["Spans", "calibrate", "values"]

Floats = NDArray[np.float64]
Spans = dict[str, tuple[float, float]]
"""(least, largest) by name."""
_FUNCTIONS: dict[str, Callable[[Floats], Floats]] = {
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "logistic": logistic,
}


def values(program: Program, theta: Mapping[str, Floats], q: Floats, u: Floats) -> dict[str, Floats]:
    """Every value at q (..., n) and u (..., m) in float64, a cut or a rounding being the identity.

    >>> from golden.compiler import compile_system
    >>> from golden.systems import get
    >>> system = get("pendulum", n=2)
    >>> theta = system.initial(0)
    >>> at = {"q": np.ones(2), "u": np.ones(1)}
    >>> found = values(compile_system(system), theta, **at)["F"]
    >>> bool(np.allclose(found, system.force({**at, **theta})["q"], atol=1e-4))
    True
    """
    found: dict[str, Floats] = {"q": q, "u": u, "one": np.ones(()), **{k: np.atleast_1d(v) for k, v in theta.items()}}
    weight, tables = program.formats.weight, {table.name: table for table in program.tables}
    found |= {constant.name: weight.value(constant.words) for constant in program.constants}
    for op in program.ops:
        match op:
            case Matvec():
                found[op.name] = found[op.b] @ found[op.a].T
            case MatvecT():
                found[op.name] = found[op.b] @ found[op.a]
            case Mul():
                found[op.name] = found[op.a] * found[op.b]
            case Sum():
                found[op.name] = np.asarray(sum(term.sign * found[term.source] for term in op.terms))
            case Scale():
                found[op.name] = found[op.source] * 2.0**op.log2
            case Table(to=None):
                found[op.name] = np.asarray(_FUNCTIONS[op.function](found[op.source]))
            case Table(to=word):
                assert word is not None
                found[op.name] = tables[op.function].values(found[op.source], word.fraction_bits)
            case Turn():
                turns = found[op.source] * 2.0**-op.log2
                found[op.name] = turns - np.floor(turns + 0.5)
            case Cut() | Round():
                found[op.name] = found[op.source]
    return found


def calibrate(
    program: Program,
    theta: Mapping[str, ArrayLike],
    inputs: ArrayLike,
    *,
    q0: ArrayLike | None = None,
    p0: ArrayLike | None = None,
    observe: Callable[[Floats, Floats], object] | None = None,
    spans: Spans | None = None,
    angles: Sequence[int] = (),
) -> Reach:
    """The largest magnitude of every value over a run of the leapfrog with inputs (T, ..., m).

    Samples are batch axes of the inputs; q0 and p0 (..., n) default to 0. theta has no batch axes. The run ends at the
    first position that its word does not hold: the other values are those that led there. observe(q, u) is called where
    a force is taken. Positions in turns have no end: those of `angles`, and all where nothing but ``turn`` reads q.
    `spans` receives the least and the largest argument of each look-up, by its name.
    """
    driven = np.asarray(inputs, np.float64)
    batch = driven.shape[1:-1]
    start = (np.zeros(program.n) if at is None else np.asarray(at, np.float64) for at in (q0, p0))
    q, p = (np.array(np.broadcast_to(at, (*batch, program.n))) for at in start)
    numbers = {name: np.asarray(value, np.float64) for name, value in theta.items()}
    h, holds = program.formats.step, 2.0 ** (program.formats.q.integer_bits - 1)
    reach: Reach = {}
    looked_up = [(op.name, op.source) for op in program.ops if isinstance(op, Table)] if spans is not None else []

    held = np.ones(program.n, np.bool_)
    held[list(angles)] = False
    held &= any(isinstance(op, Cut) and op.source == "q" for op in program.ops)

    def note(name: str, value: Floats) -> None:
        size = float(np.abs(value).max(initial=0.0))
        reach[name] = max(reach.get(name, 0.0), np.inf if np.isnan(size) else size)

    with np.errstate(over="ignore", invalid="ignore"):
        for u in driven:
            q = q + h / 2 * p
            note("q", q[..., held])
            note("p", p)
            if not reach["q"] < holds:
                break
            if observe is not None:
                observe(q, u)
            found = values(program, numbers, q, u)
            for name, value in found.items():
                if name not in ("q", "p"):
                    note(name, value)
            for name, source in looked_up:
                assert spans is not None
                low, high = spans.get(name, (np.inf, -np.inf))
                spans[name] = min(low, float(found[source].min())), max(high, float(found[source].max()))
            p = p - h * found[program.kick]
            q = q + h / 2 * p
    return reach
