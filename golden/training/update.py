"""The parameter update: theta -= clip(G >> n), in integers, as the array does it.

    theta <- saturate18(theta - sign * clip(half_up(G, n), -C, C)),   C = 2**clip_log2 raw units,   0 <= n <= 35
    n = clip(n_base + program.update_offset(parameter), 0, 35)

A parameter with a range is clamped to it instead, where it moves, and no flag is raised. Other optimisers than this
plain one are in `golden.training.descent`.

The offsets make one `n_base` mean one learning rate for all parameters: densities have different fractions and powers
of two.
Prose: docs/numerics.md, section 5.
"""

from collections.abc import Mapping

import numpy as np

from golden.arithmetic.rounding import Words, half_up, saturate
from golden.dynamics.integrator import Flags
from golden.errors import HelError
from golden.program import Program
from golden.program.program import MAX_SHIFT

__all__ = ["apply", "moved", "n_base", "shift"]


def shift(program: Program, parameter: str, base: int) -> int:
    """n of one parameter.

    >>> from golden.compiler import compile_system
    >>> from golden.systems import get
    >>> program = compile_system(get("dense", n=2, m=1))
    >>> shift(program, "W", 10), shift(program, "al", 10)
    (10, 7)
    """
    return min(max(base + program.update_offset(parameter), 0), MAX_SHIFT)


def n_base(program: Program, rate_log2: int, eps_log2: int) -> int:
    """The base shift that makes an update equal rate * dC/dtheta, for rate = 2**rate_log2 and eps = 2**eps_log2.

    From theta -= rate * (h / 2 eps) * scale * G * 2**-(F - g_cut) with theta in 16 fraction bits.
    """
    formats = program.formats
    fraction = 2 * formats.operand_bits - 6 - formats.g_cut
    return fraction - formats.theta.fraction_bits - rate_log2 + formats.log2_inverse_step + 1 + eps_log2


def apply(
    program: Program, theta_raw: Mapping[str, Words], grads: Mapping[str, Words], base: int
) -> tuple[dict[str, Words], Flags]:
    """New parameter words and Flags.THETA_CLIPPED where one saturated. `grads` are left alone: clear them afterwards.

    Parameters
    ----------
    theta_raw, grads : name -> int64 arrays of equal shapes (leading axes allowed)
    base : n_base, the shift of a parameter with offset 0
    """
    formats = program.formats
    limit = 1 << formats.clip_log2
    fresh: dict[str, Words] = {}
    flags = Flags(0)
    for name, _ in program.parameters:
        if np.shape(grads[name]) != np.shape(theta_raw[name]):
            raise HelError(
                f"an update needs gradients of the parameters' shapes, got {np.shape(grads[name])} for {name} "
                f"{np.shape(theta_raw[name])}; sum or loop over the batch"
            )
        step = np.clip(half_up(np.asarray(grads[name]), shift(program, name, base)), -limit, limit)
        fresh[name], raised = moved(program, name, theta_raw[name], step)
        flags |= raised
    return fresh, flags


def moved(program: Program, parameter: str, words: Words, step: Words) -> tuple[Words, Flags]:
    """theta - sign step, saturated or kept to its range; and Flags.THETA_CLIPPED where a word saturated."""
    exact = words - program.gradient(parameter).sign * step
    ranged = program.range_of(parameter)
    if ranged is not None:
        return ranged.limited(words, exact), Flags(0)
    fresh = saturate(exact, program.formats.theta.width)
    return fresh, Flags.THETA_CLIPPED if (fresh != exact).any() else Flags(0)
