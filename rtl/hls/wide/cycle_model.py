"""The cycle model of a ring of elements of B banks, register by register and cycle by cycle, as vectors over them.

It executes control words with the latencies of the wide element and nothing else, as `rtl.hls.cycle_model` does for
elements of one bank: bank b acts on a word b cycles after bank 0. It never imports the RTL.

Example
-------
>>> from rtl.hls.plan.geometry import Geometry
>>> model = WideCycleModel(Geometry(elements=2, neurons=4, inputs=0, banks=2), Width(2))
>>> model.step({"io_op": 1}, imm=7)
>>> model.io.tolist()
[7, 0]
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from rtl.hls.cycle_model.clocked import Clocked
from rtl.hls.cycle_model.rules import RULES_OF_CUT, writes_cut
from rtl.hls.cycle_model.view import Rule, wrap
from rtl.hls.plan.debug_bus import debug_bus_layout
from rtl.hls.plan.geometry import GRADIENT_BITS, MAX_FOLD, Geometry
from rtl.hls.plan.width import Width
from rtl.hls.wide.bank_rules import BANK_RULES, table_rules, wanted, z
from rtl.hls.wide.element_rules import ELEMENT_RULES

__all__ = ["WideCycleModel"]

Words = npt.NDArray[np.int64]

SIGNS = 10
"""Cycles for which the sign of a look-up goes along with it."""
REMEMBERED = 6
"""Clocks for which controls are kept beyond those that go from bank to bank."""
_BANK_WORDS = (
    "addr_a addr_b array_a array_b weight_a weight_b heard grad_array grad_output gradient difference grad_sum"
).split()
_BANK_LANES = "v r multiplier0 multiplier1 multiplier2 product acc_low acc_high carry addend held_low held_high".split()
_LANES = (
    "x stationary s_read pos_read mom_read pos_sum mom_sum operand operand_clip force_low heard_low heard_high"
    " interpolation"
).split()
_WORDS = (
    "chosen_low chosen_high magnitude index fraction late interpolated s_word impulse grad_read weight_heard"
    " force_carry shifted0 shifted1 shifted2 shifted3 shifted4 update_step update_moves update_weight update_sum"
    " update_kept folded which cut_wide cut_part cut_beyond cut_word cut_lost update_lost wdata captured candidate io"
    " flags"
).split()


class WideCycleModel(Clocked):
    """State of a ring and its step of one clock cycle.

    Registers are int64 arrays: (B, 2, P) or (B, P) in banks, (2, P) or (P,) in the element. Memories are ``weights``
    (B, P, depth), ``gradients`` (B, P, depth), ``position``, ``momentum`` (2, P, 16), ``vectors`` (2, P, depth).
    """

    def __init__(self, geometry: Geometry, width: Width) -> None:
        assert width.chain and width.banks == geometry.banks
        self.geometry, self.width, self.banks = geometry, width, geometry.banks
        b, p = self.banks, geometry.elements
        self.weights = np.zeros((b, p, geometry.weight_words), np.int64)
        self.gradients = np.zeros((b, p, geometry.gradient_words), np.int64)
        self.position, self.momentum = (np.zeros((2, p, MAX_FOLD), np.int64) for _ in range(2))
        self.vectors = np.zeros((2, p, max(1, geometry.vector_words)), np.int64)
        shapes = ((_BANK_WORDS, (b, p)), (_BANK_LANES, (b, 2, p)), (_LANES, (2, p)), (_WORDS, (p,)))
        for names, shape in shapes:
            for name in names:
                setattr(self, name, np.zeros(shape, np.int64))
        self.we_b = np.zeros(b, np.int64)
        self.depths = np.array([geometry.bank_words(bank) for bank in range(b)])
        self.signs, self.kicks = np.zeros((SIGNS, p), np.int64), np.zeros((b + 2, p), np.int64)
        self.rules: dict[str, Rule] = {**BANK_RULES, **ELEMENT_RULES, **table_rules(geometry)}
        self.rules |= RULES_OF_CUT if geometry.cut_shifts else {}
        self.imm = 0
        length = b + REMEMBERED
        self.controls: deque[Mapping[str, int]] = deque([{}] * length, length)
        """Of this cycle and those before it, the latest first."""
        self._banks: dict[tuple[str, int], Words] = {}
        """Fields of the banks in this cycle, as far as they were asked for."""
        self.pushed: list[int] = []
        """Words that left the last element for the host, oldest first."""

    def _begin(self) -> None:
        self._banks.clear()

    def debug_bus(self) -> dict[str, Words]:
        """The registers by the names of `rtl.hls.plan.debug_bus.debug_bus_layout`."""
        values: dict[str, Words] = {}
        for name in debug_bus_layout(self.geometry):
            bank, own = name.removeprefix("bank").split("_", 1) if name.startswith("bank") else ("", name)
            stem = own.rstrip("01")
            words = self._shown(stem)
            words = words[int(bank)] if bank else words
            values[name] = words[int(own[-1])] if stem != own else words
        return values

    def _shown(self, stem: str) -> Words:
        """A register of the debug bus; sums of which the model has two halves, and those kept from a bit on."""
        low, first = self.geometry.low_bits, self.width.first_bit(self.geometry)
        if stem == "acc":
            return np.asarray(self.acc_high << low | self.acc_low)
        if stem == "held":
            return np.asarray((self.held_high << low | self.held_low) >> first)
        return np.asarray(
            z(self) >> first if stem == "chosen" else getattr(self, "heard" if stem == "weight" else stem)
        )

    # What the rules ask for.

    @property
    def z_low(self) -> Words:
        """Lower half of the sum that is looked up or cut."""
        return self.chosen_low

    @property
    def z_high(self) -> Words:
        """Upper half of it."""
        return self.chosen_high

    def field(self, name: str) -> int:
        """A field of the whole element in this cycle."""
        return self.controls[0].get(name, 0)

    def was(self, name: str, clocks: int = 1) -> int:
        """A field of bank 0, or of the whole element, so many cycles ago."""
        return self.controls[clocks].get(name, 0)

    def bank(self, name: str, late: int = 0) -> Words:
        """A field of every bank: bank b has that of b cycles ago."""
        known = self._banks.get((name, late))
        if known is None:
            words = [self.controls[bank + late].get(name, 0) for bank in range(self.banks)]
            known = self._banks[name, late] = np.array(words, np.int64)
        return known

    def read(self, memory: str, address: Words) -> Words:
        """The words of a memory of the banks, at an address a bank and element."""
        return np.take_along_axis(getattr(self, memory), address[..., None], -1)[..., 0]

    def _write(self, c: Mapping[str, int]) -> None:
        g, there = self.geometry, c.get("w_addr", 0)
        if c.get("we_q"):
            self.position[..., there] = wrap(self.pos_sum, g.position_bits)
        for context in range(2):
            if c.get("we_p", 0) >> context & 1:
                self.momentum[context, :, there] = wrap(self.mom_sum[context], g.momentum_bits)
            if c.get("s_we", 0) >> context & 1:
                self.vectors[context, :, c.get("s_waddr", 0)] = self.cut_word if writes_cut(self) else self.s_word
        addresses = self.bank("g_waddr", 1)
        for bank in np.flatnonzero(wanted(self, 1)):
            self.gradients[bank, :, addresses[bank]] = wrap(self.grad_sum[bank], GRADIENT_BITS)
        elements = np.arange(g.elements)
        for bank in np.flatnonzero(self.we_b):
            self.weights[bank, elements, self.addr_b[bank] % self.depths[bank]] = self.wdata
