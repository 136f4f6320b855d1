"""The variational integrator of the discrete action, with momenta, nudges, slopes and tangents.

Momentum is p = dL_d/dx_k of the segment that ends (or, with the other sign, begins) at node k, with the node's own
terms. Forwards, for each node in turn::

    p <- p - [w_k dV/dq(x_k; theta, u_k) - beta dC/dx_k];   x <- x + drift p

and backwards the same with the signs turned. p_0 stands before the first node's kick, p_T after the last one's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from golden.cost_functions import Meter
from golden.errors import HelError
from golden.language import autodiff
from golden.language.builder import Builder
from golden.language.evaluate import Evaluator
from golden.language.graph import Array, Graph
from golden.problems.validity import LARGE
from golden.rules.glep.counts import Counts
from golden.rules.glep.lattice import Lattice
from golden.systems.base import System

__all__ = ["Motion", "Nudge"]

Visit = Callable[[int, Array, Array], None]
Collect = Callable[[float, int, dict[str, Array]], None]
_TANGENT = "tangent of q"


@dataclass(frozen=True)
class Nudge:
    """beta C in the action: one beta per copy, and the meter that knows dC/dq."""

    meter: Meter
    beta: Array

    def at(self, step: int | None, x: Array) -> Array | None:
        """beta dC/dx at the position after `step`; None where it is zero by definition."""
        slope = None if step is None else self.meter.nudge(step, x)
        return None if slope is None else self.beta[:, None] * slope


class Motion:
    """Runs of one problem, any number of copies on axis 0.

    Parameters
    ----------
    system, lattice : what moves, and when
    theta : each parameter of its declared shape, or with an axis of copies before it
    inputs : (rows, m), or (rows, copies, m)
    counts : is told of every pass, force and Hessian product, and of the words held
    apart : the copies are runs that could follow one another (they count as one run's memory)
    """

    def __init__(
        self,
        system: System,
        lattice: Lattice,
        theta: Mapping[str, Array],
        inputs: Array,
        counts: Counts,
        *,
        apart: bool = False,
    ) -> None:
        self.system, self.lattice, self.theta, self.inputs, self.counts = system, lattice, theta, inputs, counts
        self.apart = apart

    def run(
        self,
        x: Array,
        p: Array,
        *,
        back: bool = False,
        nudge: Nudge | None = None,
        visit: Visit | None = None,
        collect: Collect | None = None,
        meter: Meter | None = None,
    ) -> tuple[Array, Array]:
        """From (x, p), each (copies, n), at one end to the other.

        `visit(k, x, p)` sees each node with the momentum after its kick; `collect(w, row, slopes)` the parameter and
        input slopes of V at each kick, per copy; `meter` the positions after steps.

        Raises
        ------
        HelError : the trajectory has no bounds.
        """
        copies = len(x)
        sign = -1.0 if back else 1.0
        nodes = list(enumerate(self.lattice.nodes))
        reader = meter or (nudge.meter if nudge else None)
        words = reader.words if reader else 0
        with np.errstate(over="ignore", invalid="ignore"):
            for k, node in reversed(nodes) if back else nodes:
                if k != (len(nodes) - 1 if back else 0):
                    x = x + (sign * self.lattice.drift) * p
                kick: Array | None = None
                if node.weight:
                    kick = node.weight * self._force(node.weight, node.input, x, collect)
                    self.counts.force_evaluations += copies
                nudged = None if nudge is None else nudge.at(node.step, x)
                if nudged is not None:
                    kick = -nudged if kick is None else kick - nudged
                if kick is not None:
                    p = p - sign * kick
                if meter is not None and node.step is not None:
                    meter.observe(node.step, x)
                    words = meter.words
                if visit is not None:
                    visit(k, x, p)
                self.counts.hold((x.size + p.size) // (copies if self.apart else 1) + words)
        self.counts.passes += copies
        self._finite(x, p)
        return x, p

    def tangents(self, x: Array, p: Array) -> Array:
        """The monodromy d(x_T, p_T)/d(x_0, p_0) of the motion without nudge, (copies, 2n, 2n)."""
        copies, n = x.shape
        unit = np.broadcast_to(np.eye(2 * n), (copies, 2 * n, 2 * n))
        dx, dp = unit[..., :n], unit[..., n:]
        spread = {name: self._spread(name, value) for name, value in self.theta.items()}
        with np.errstate(over="ignore", invalid="ignore"):
            for k, node in enumerate(self.lattice.nodes):
                if k:
                    x, dx = x + self.lattice.drift * p, dx + self.lattice.drift * dp
                if node.weight:
                    p = p - node.weight * self._force(node.weight, node.input, x, None)
                    u = self.inputs[node.input]
                    values = {"q": x[:, None], "u": u[:, None] if u.ndim > 1 else u, _TANGENT: dx, **spread}
                    dp = dp - node.weight * self._hessian(values)["q"]
                    self.counts.force_evaluations += copies
                    self.counts.hessian_products += copies * 2 * n
                self.counts.hold((x.size + p.size + dx.size + dp.size) // (copies if self.apart else 1))
        self.counts.passes += copies
        self._finite(x, p, dx, dp)
        return np.concatenate([dx, dp], axis=-1).swapaxes(-1, -2)

    def _force(self, weight: float, row: int, x: Array, collect: Collect | None) -> Array:
        values = {"q": x, "u": self.inputs[row], **self.theta}
        if collect is None:
            return self.system.force(values)["q"]
        slopes = self.system.slopes(values)
        force = slopes.pop("q")
        collect(weight, row, slopes)
        return force

    @cached_property
    def _hessian(self) -> Evaluator:
        """Computes ``"q"``: (d2V/dq2) v, from the same traced potential."""
        first = self.system.gradient
        builder = first.builder
        assert isinstance(builder, Builder)
        tangent = builder.leaf("input", _TANGENT, (self.system.n,))
        product = builder.sum(builder.mul(first.outputs["q"], tangent))
        inputs = {**first.inputs, _TANGENT: (self.system.n,)}
        graph = Graph(first.name, inputs, first.parameters, {"product": product}, builder)
        return Evaluator(autodiff.gradient(graph), ["q"])

    def _spread(self, name: str, value: Array) -> Array:
        return value[:, None] if value.ndim > len(self.system.parameters[name]) else value

    def _finite(self, *arrays: Array) -> None:
        if not all((np.abs(array) < LARGE).all() for array in arrays):
            step = self.lattice.drift * (2 if self.lattice.scheme == "leapfrog" else 1)
            raise HelError(
                f"the trajectory of {self.system.name} goes beyond {LARGE:g} within {self.lattice.steps} steps of "
                f"h = {step:g}; take a smaller step or eps"
            )
