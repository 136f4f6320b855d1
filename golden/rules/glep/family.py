"""The family s^beta of a boundary condition: the free trajectory, and its two nudged neighbours.

The nudged ones hold what the free one ends with (`boundary`), are solved from it and start near it. A pair that does
not lie on either side of it is refused: another branch, an eps too large for a derivative, or a motion so long and
chaotic that the way back has drowned in round-off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golden.cost_functions import Meter
from golden.errors import HelError
from golden.language.graph import Array
from golden.rules.glep.boundary import DATA, Ends, Held
from golden.rules.glep.motion import Collect, Nudge, Visit
from golden.rules.glep.setting import Setting
from golden.rules.glep.solver import Solution, solve

__all__ = ["WEAKEST", "Family", "find"]

WEAKEST = 1e-11
"""Smallest nudge of one step: differences then have about five digits left, a solver's three."""


@dataclass(frozen=True)
class Family:
    """Free and nudged trajectories of one setting.

    Members
    -------
    setting, meter : the problem; the meter has read the free trajectory
    free, ends : the free trajectory, one copy, and its ends
    pair : the nudged ones: copy 0 has +beta, copy 1 has -beta
    beta : the nudge of one step
    """

    setting: Setting
    meter: Meter
    free: Solution
    ends: Ends
    pair: Solution
    beta: float

    def run(self, *, collect: Collect | None = None, visit: Visit | None = None) -> Ends:
        """Runs the nudged pair, in step, the way it is known; returns its ends.

        Raises
        ------
        HelError : the pair is no pair of neighbours.
        """
        ends = self.pair.run(self.setting.motion(), nudge=_nudge(self.meter, self.beta), collect=collect, visit=visit)
        _check(self.setting.condition.name, self.ends, ends)
        return ends

    def run_free(self, visit: Visit) -> None:
        """Runs the free trajectory once more, for those who look at it."""
        self.free.run(self.setting.motion(), visit=visit)


def find(setting: Setting, eps: float) -> Family:
    """Solves for the free trajectory, reads its cost, solves for the nudged pair."""
    motion, meter = setting.motion(), setting.meter()
    free = solve(motion, setting.held, setting.values(), setting.guess)
    ends = free.run(motion, meter=meter)
    beta, held = eps * meter.strength, setting.held_nudged
    if beta < WEAKEST:
        raise HelError(
            f"a nudge of {beta:.1e} a step drowns in round-off, at least {WEAKEST:g} is needed; use eps = "
            f"{max(1e-4, WEAKEST / meter.strength):g}"
        )
    setting.counts.kept += _kept(free, held)
    values = np.repeat(held.of(ends), 2, axis=0)
    same = np.array_equal(held.matrix, setting.held.matrix)
    pair = solve(
        motion,
        held,
        values,
        np.concatenate(ends.start, axis=-1),
        nudge=_nudge(meter, beta),
        jacobian=free.jacobian if same else None,
    )
    return Family(setting, meter, free, ends, pair, beta)


def _kept(free: Solution, held: Held) -> int:
    """Numbers of the free ends kept for the nudged pair, to start from and to check with: not what is given."""
    n = held.n
    return 2 * n * ((free.jacobian is not None) + bool(held.at_start.any()))


def _nudge(meter: Meter, beta: float) -> Nudge:
    return Nudge(meter, np.array([beta, -beta]))


def _check(name: str, free: Ends, pair: Ends) -> None:
    def size(value: Array) -> float:
        return float(np.abs(value).max())

    whole = 1.0 + max(size(getattr(free, which)) for which in DATA)
    for which in DATA:
        plus, minus = (getattr(pair, which)[i] - getattr(free, which)[0] for i in (0, 1))
        if size(plus + minus) > size(plus - minus) / 2 + 1e-9 * whole:
            raise HelError(
                f"{name}: the nudged trajectories must lie on either side of the free one, but {which} moves by up to "
                f"{size(plus):.1e} with +eps and {size(minus):.1e} with -eps, and not oppositely; use a smaller eps, "
                "or fewer steps"
            )
