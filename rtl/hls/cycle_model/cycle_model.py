"""The cycle model: a ring of elements, register by register and cycle by cycle, as vectors over the elements.

It executes control words (`rtl.hls.plan.control`) with the latencies of the element and nothing else: it knows no
program and no formula of the physics. Golden answers for what the words compute (compared at every step's end), this
model for when (the RTL is compared with it at every clock cycle). It never imports the RTL. What the registers become
stands in `rtl.hls.cycle_model.rules`; here they are kept, with the memories, and taken through one clock.

Example
-------
>>> from rtl.hls.plan.geometry import Geometry
>>> model = CycleModel(Geometry(elements=2, neurons=2, inputs=0))
>>> model.step({"io_op": 1}, imm=7)
>>> model.io.tolist()
[7, 0]
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rtl.hls.cycle_model.clocked import Clocked
from rtl.hls.cycle_model.rules import rules, writes_cut
from rtl.hls.cycle_model.view import LANE_REGISTERS, REGISTERS, Words, wrap
from rtl.hls.plan.debug_bus import debug_bus_layout
from rtl.hls.plan.geometry import GRADIENT_BITS, MAX_FOLD, PARAMETER_WORDS, Geometry

__all__ = ["REMEMBERED", "CycleModel"]

REMEMBERED = 5
"""Clocks for which the controls are kept: what a word says of a register may act so much later."""


class CycleModel(Clocked):
    """State of a ring and its step of one clock cycle.

    Registers are public attributes, int64 arrays of shape (P,) or (2, P) for those that exist a lane; memories are
    ``weights`` (P, depth), ``gradients`` (P, 512), ``position``, ``momentum`` (2, P, 16), ``vectors`` (2, P, depth).
    """

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        p = geometry.elements
        self.weights = np.zeros((p, geometry.weight_words), np.int64)
        self.gradients = np.zeros((p, PARAMETER_WORDS), np.int64)
        self.position, self.momentum = (np.zeros((2, p, MAX_FOLD), np.int64) for _ in range(2))
        self.vectors = np.zeros((2, p, max(1, geometry.vector_words)), np.int64)
        for name in LANE_REGISTERS:
            setattr(self, name, np.zeros((2, p), np.int64))
        for name in REGISTERS:
            setattr(self, name, np.zeros(p, np.int64))
        self.rules = rules(geometry)
        self.imm = 0
        self.controls: deque[Mapping[str, int]] = deque([{}] * (1 + REMEMBERED), 1 + REMEMBERED)
        """Of this cycle and those before it, the latest first."""
        self.pushed: list[int] = []
        """Words that left the last element for the host, oldest first."""

    def debug_bus(self) -> dict[str, Words]:
        """The registers by the names of `rtl.hls.plan.debug_bus.debug_bus_layout`."""
        values: dict[str, Words] = {}
        for name in debug_bus_layout(self.geometry):
            stem, lane = name[:-1], name[-1]
            values[name] = getattr(self, stem)[int(lane)] if lane in "01" else getattr(self, name)
        return values

    @property
    def acc(self) -> Words:
        """The accumulators as their two halves read now."""
        return np.asarray(self.acc_high << self.geometry.low_bits | self.acc_low)

    # What the rules ask for: see `rtl.hls.cycle_model.view.View`.

    def field(self, name: str) -> int:
        """A control field in this cycle."""
        return self.controls[0].get(name, 0)

    def was(self, name: str, clocks: int = 1) -> int:
        """The same so many cycles ago."""
        return self.controls[clocks].get(name, 0)

    def hold(self, name: str, enable: Any, value: Callable[[], Words]) -> Words:
        """`value` where `enable` is not zero, else what the register holds."""
        held: Words = getattr(self, name)
        if isinstance(enable, int):
            return np.asarray(value() if enable else held)
        return np.asarray(np.where(enable, value(), held))

    def read(self, memory: str, address: Any, context: int | None = None) -> Words:
        """The words of a memory at an address, or at one an element."""
        words: Words = getattr(self, memory)
        if context is not None:
            return words[context, :, address % words.shape[-1]]
        if isinstance(address, int):
            return words[:, address].copy()  # the memory may be written at this very edge
        return np.asarray(words[np.arange(len(words)), address])

    def _write(self, c: Mapping[str, int]) -> None:
        g, before = self.geometry, self.controls[1]
        if c.get("we_q"):
            self.position[..., c.get("w_addr", 0)] = wrap(self.pos_sum, g.position_bits)
        if c.get("we_p"):
            self.momentum[..., c.get("w_addr", 0)] = wrap(self.mom_sum, g.momentum_bits)
        for lane in range(2):
            if c.get("s_we", 0) >> lane & 1:
                self.vectors[lane, :, c.get("s_waddr", 0)] = self.cut_word if writes_cut(self) else self.s_word
        if before.get("g_we"):
            self.gradients[:, before.get("g_waddr", 0)] = wrap(self.grad_sum, GRADIENT_BITS)
        written = np.flatnonzero(self.we_b)
        self.weights[written, self.addr_b[written]] = self.wdata[written]
