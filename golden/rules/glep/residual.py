"""The boundary residual of GLEP, for any condition: R_lambda = Omega(d_beta ends, d_lambda ends).

d_lambda of the ends is measured: the free trajectory is found again for every number lambda, moved up and down. That
is the residual's price, two runs or two solves for each parameter, and n numbers from each end to each connection.
"""

from __future__ import annotations

from collections.abc import Iterable

from golden.language.graph import Array
from golden.problems.report import Gradients
from golden.rules.glep.boundary import Ends, omega
from golden.rules.glep.motion import Motion
from golden.rules.glep.moved import moved
from golden.rules.glep.setting import Setting
from golden.rules.glep.solver import Solution

__all__ = ["boundary_residual"]


def boundary_residual(setting: Setting, free: Solution, by_beta: Ends, names: Iterable[str], delta: float) -> Gradients:
    """R of each named quantity, from d_beta of the ends (vectors of n)."""

    def read(motion: Motion, solution: Solution) -> tuple[Array, ...]:
        ends = solution.ends or solution.run(motion)
        return ends.q0, ends.p0, ends.qT, ends.pT

    with setting.counts.keeping(by_beta.q0, by_beta.p0, by_beta.qT, by_beta.pT):
        by_number = {name: Ends(*moved(setting, free, name, delta, read)) for name in names}
    return {name: omega(by_beta, ends).reshape(setting.numbers[name].shape) for name, ends in by_number.items()}
