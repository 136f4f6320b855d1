"""The parameter update of a wide element: one for all banks, a word a cycle.

Banks that are not heard give 0, so what they give is OR-ed. The arithmetic and its stages are those of
`rtl.element.gradient`, one register later.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from amaranth.hdl import Module, Signal
from amaranth.lib import data

from rtl.element.gradient import Gradient
from rtl.hls.plan.geometry import Geometry

__all__ = ["WideUpdate"]


class WideUpdate(Gradient):
    """See the module's text.

    Inputs
    ------
    gradients, weights : what the banks give

    Outputs
    -------
    grad_read : register, the gradient word that is heard
    theta : the new parameter word
    lost : it was saturated
    """

    def __init__(
        self,
        geometry: Geometry,
        control: data.View[data.StructLayout],
        gradients: Sequence[Signal],
        weights: Sequence[Signal],
    ) -> None:
        super().__init__(geometry, control, "behavioural")
        self.gradients, self.weights, self.lost = gradients, weights, Signal()

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.d.sync += self.grad_read.eq(reduce(or_, self.gradients))
        m.d.comb += self.weight.eq(reduce(or_, self.weights))
        m.d.comb += self.lost.eq(self._update(m))
        return m
