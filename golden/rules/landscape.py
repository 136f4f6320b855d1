"""The energy V of a system under inputs that do not change, its slopes, and how states come to rest in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from golden.cost_functions import Meter
from golden.dynamics.relax import Relaxed, relax
from golden.errors import HelError
from golden.language.evaluate import Evaluator
from golden.language.graph import Array
from golden.systems.base import System

__all__ = ["Landscape"]

_ROUND_OFF = 1e-12


class Landscape:
    """The energy V of a system at fixed theta and inputs, and its relaxations.

    Parameters
    ----------
    system, theta : theta[name] of the declared shape, or with batch axes before it
    inputs : u (..., m)
    tolerance, max_iterations : as `golden.dynamics.relax.relax`

    Members
    -------
    force_evaluations : on the whole batch, one per context

    >>> from golden.systems import get
    >>> landscape = Landscape(get("linear", n=1), {"a": np.array([2.0]), "B": np.array([[1.0]])}, np.array([4.0]))
    >>> landscape.settle(np.zeros(1)).q
    array([2.])
    """

    def __init__(
        self,
        system: System,
        theta: Mapping[str, Array],
        inputs: Array,
        *,
        tolerance: float = 1e-10,
        max_iterations: int = 10_000,
    ) -> None:
        self.system, self.values = system, {**theta, "u": inputs}
        self.tolerance, self.max_iterations = tolerance, max_iterations
        self.shared = all(theta[name].ndim == len(shape) for name, shape in system.parameters.items())
        self.force_evaluations = 0
        self._energy = Evaluator(system.graph)

    def energy(self, q: Array) -> Array:
        """V (...) of positions (..., n)."""
        return self._energy({**self.values, "q": q})["potential"]

    def slopes(self, q: Array, contexts: int = 0) -> dict[str, Array]:
        """dV/du and every dV/dtheta at q, as `golden.dynamics.leapfrog.Leapfrog.forward` gives them."""
        total = self.system.parameters if self.shared else ()
        slopes = self.system.slopes({**self.values, "q": q}, total=total, keep=contexts)
        del slopes["q"]
        return slopes

    def settle(self, q: Array) -> Relaxed:
        """A minimum of V from q (..., n)."""

        def force(q: Array) -> Array:
            self.force_evaluations += 1
            return self.system.force({**self.values, "q": q})["q"]

        return relax(
            self.energy, force, q, tolerance=self.tolerance, max_iterations=self.max_iterations, what="the free energy"
        )

    def settle_nudged(self, free: Relaxed, meter: Meter, strengths: Sequence[float]) -> Relaxed:
        """Minima of V + beta C from the free state, one context per beta on axis 0; C is the meter's.

        Raises HelError as `golden.dynamics.relax.relax`, and where a nudged state has a lower V than the free one (by
        more than the free state's residual explains: V is convex in a basin, V(s) - V(s_0) >= F(s_0) . (s - s_0)).
        """
        beta = np.array(strengths).reshape(-1, *(1,) * (free.q.ndim - 1))

        def energy(q: Array) -> Array:
            return np.asarray(self.energy(q) + beta * meter.value(q, meter.targets))

        def force(q: Array) -> Array:
            self.force_evaluations += len(strengths)
            nudge = beta[..., None] * meter.slope(q, meter.targets)
            return np.asarray(self.system.force({**self.values, "q": q})["q"] + nudge)

        start = np.repeat(free.q[None], len(strengths), axis=0)
        rest = relax(
            energy,
            force,
            start,
            tolerance=self.tolerance,
            max_iterations=self.max_iterations,
            what=f"the energy with the nudge {', '.join(f'{b:+g}' for b in strengths)}",
        )
        level = self.energy(free.q)
        allowed = free.residual * np.abs(rest.q - free.q).sum(-1) + _ROUND_OFF * (1.0 + np.abs(level))
        lost = np.max(level - self.energy(rest.q) - allowed, initial=0.0)
        if lost > 0:
            raise HelError(
                f"a nudged state lies {lost:.2g} below the free one in the potential: it left its basin, or the free "
                "state is a saddle; lower eps, or start from another q0"
            )
        return rest
