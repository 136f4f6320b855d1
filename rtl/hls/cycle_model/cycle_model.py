"""The cycle model: a ring of elements, register by register and cycle by cycle, as vectors over the elements.

It executes control words (`rtl.hls.plan.control`) with the latencies of the element and nothing else: it knows no
program and no formula of the physics. Golden answers for what the words compute (compared at every step's end), this
model for when (the RTL is compared with it at every clock cycle). It never imports the RTL.

Example
-------
>>> from rtl.hls.plan.geometry import Geometry
>>> model = CycleModel(Geometry(elements=2, neurons=2, inputs=0))
>>> model.step({"io_op": 1}, imm=7)
>>> model.io.tolist()
[7, 0]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from golden.arithmetic.tables import FRACTION_LOG2, REACH_LOG2
from rtl.hls.plan.control import (
    AccSource,
    IoOp,
    IoSource,
    KickSelect,
    KickSource,
    OpA0,
    OpA1,
    OpB,
    StationarySource,
    ZTake,
)
from rtl.hls.plan.debug_bus import debug_bus_layout
from rtl.hls.plan.geometry import GRADIENT_BITS, MAX_FOLD, PARAMETER_WORDS, TABLE_BASE, WEIGHT_WORDS, Geometry

__all__ = ["CycleModel"]

Words = npt.NDArray[np.int64]
Field = Callable[[str, int], int]
"""Value of a control field, or the default given for an absent one."""


def _wrap(value: Words, bits: int) -> Words:
    return (value << (64 - bits)) >> (64 - bits)


def _shift(value: Words, right: int) -> Words:
    return value >> right if right >= 0 else value << -right


def _fits(value: Words, bits: int) -> npt.NDArray[np.bool_]:
    return np.asarray((value >> (bits - 1) == 0) | (value >> (bits - 1) == -1))


_LANE_REGISTERS = """
x r acc_low acc_high carry addend product pos_read mom_read pos_sum mom_sum kick impulse operand operand_clip
op_a op_b sign s_read
""".split()
_REGISTERS = """
negated z_low z_high magnitude index fraction interpolated s_word
cut_wide cut_part cut_beyond cut_word cut_lost
difference carried grad_sum update_sum addr_a addr_b we_b
wdata io captured candidate flags update_step update_weight weight_a weight_b array_a array_b
grad_read grad_array grad_output
""".split()


class CycleModel:
    """State of a ring and its step of one clock cycle.

    Registers are public attributes, int64 arrays of shape (P,) or (2, P) for those that exist a lane; memories are
    ``weights`` (P, 1024), ``gradients`` (P, 512), ``position``, ``momentum`` (2, P, 16), ``vectors`` (2, P, depth).
    """

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        p = geometry.elements
        self.weights = np.zeros((p, WEIGHT_WORDS), np.int64)
        self.gradients = np.zeros((p, PARAMETER_WORDS), np.int64)
        self.position, self.momentum = (np.zeros((2, p, MAX_FOLD), np.int64) for _ in range(2))
        self.vectors = np.zeros((2, p, max(1, geometry.vector_words)), np.int64)
        for name in _LANE_REGISTERS:
            setattr(self, name, np.zeros((2, p), np.int64))
        for name in _REGISTERS:
            setattr(self, name, np.zeros(p, np.int64))
        self.multiplier = np.zeros((3, 2, p), np.int64)
        self.shifted, self.shifts = np.zeros((5, p), np.int64), np.zeros((5, p), np.int64)
        self.acc_control = (0, 0)
        self.g_raddr = self.g_waddr = self.g_we = 0
        self.taken_z = 0
        self.taken_kick = False
        self.pushed: list[int] = []
        """Words that left the last element for the host, oldest first."""

    def __getattr__(self, name: str) -> Words:
        # Registers are made by name in the constructor; this tells type checkers what they are.
        raise AttributeError(f"the model has no register {name!r}")

    def step(self, c: Mapping[str, int], imm: int = 0) -> None:
        """One clock edge with control word `c` (absent fields are zero) and broadcast word `imm` in the elements."""
        f: Field = c.get
        new: dict[str, Words] = {}
        self._memory_stage(f, new)
        self._multiply_stage(f, imm, new)
        self._table_stage(f, new)
        self._cut_stage(f, new)
        writes = self._state_stage(f, new)
        self._gradient_stage(f, new)
        self._host_stage(f, imm, new)
        for memory, address, value in writes:
            memory[..., address] = value
        if self.g_we:
            self.gradients[:, self.g_waddr] = _wrap(self.grad_sum, GRADIENT_BITS)
        self.g_raddr, self.g_waddr, self.g_we = f("g_raddr", 0), f("g_waddr", 0), f("g_we", 0)
        written = np.flatnonzero(self.we_b)
        self.weights[written, self.addr_b[written]] = self.wdata[written]
        for name, value in new.items():
            setattr(self, name, value)

    def debug_bus(self) -> dict[str, Words]:
        """The registers by the names of `rtl.hls.plan.debug_bus.debug_bus_layout`."""
        values: dict[str, Words] = {}
        for name in debug_bus_layout(self.geometry):
            stem, lane = name[:-1], name[-1]
            values[name] = getattr(self, stem)[int(lane)] if lane in "01" else getattr(self, name)
        return values

    def _memory_stage(self, f: Field, new: dict[str, Words]) -> None:
        row = np.arange(self.geometry.elements)
        index = TABLE_BASE | self.index
        lookup = f("lookup", 0)
        new["addr_a"] = index if lookup else np.full_like(index, f("addr_a", 0))
        new["addr_b"] = (index + 1) % WEIGHT_WORDS if lookup else np.full_like(index, f("addr_b", 0))
        new["we_b"] = np.full_like(index, f("we_b", 0))
        new["array_a"], new["weight_a"] = self.weights[row, self.addr_a], self.array_a
        new["array_b"] = np.where(self.we_b, self.array_b, self.weights[row, self.addr_b])
        new["weight_b"] = self.array_b

    def _multiply_stage(self, f: Field, imm: int, new: dict[str, Words]) -> None:
        g = self.geometry
        cut = 18 - g.operand_bits
        a, b = self.weight_a >> cut, self.weight_b >> cut
        first = self.r[0] if f("opa0", 0) == OpA0.R else a
        second = {OpA1.WEIGHT_A: a, OpA1.WEIGHT_B: b}.get(OpA1(f("opa1", 0)), self.r[1])
        new["op_a"] = np.stack([first, second])
        source = f("opb", 0)
        broadcast = np.full_like(self.r, ((imm & 0x3FFFF) ^ 0x20000) - 0x20000)
        new["op_b"] = {OpB.X: self.x, OpB.R: self.r}.get(OpB(source), broadcast)
        new["multiplier"] = np.stack([self.op_a * self.op_b, self.multiplier[0], self.multiplier[1]])
        scaled = _wrap(self.multiplier[2] << g.alignments[f("scale", 0)], g.product_bits)
        new["product"] = ~scaled if f("negate", 0) else scaled
        self._accumulate(f, new)
        if f("x_en", 0):
            own = self.s_read if f("x_store", 0) else self.operand
            new["x"] = own if f("x_load", 0) else np.roll(self.x, -1 if f("x_back", 0) else 1, axis=1)

    def _accumulate(self, f: Field, new: dict[str, Words]) -> None:
        """Low half now, high half with the controls, product and carry of one cycle ago."""
        g = self.geometry
        now = f("acc_en", 0), f("acc_src", 0)
        self.acc_control, (enable_high, source_high) = now, self.acc_control
        new["negated"] = np.full_like(self.negated, f("negate", 0))
        low_mask = (1 << g.low_bits) - 1
        total = self._base(self.acc_low, now[1]) + (self.product & low_mask) + self.negated
        enabled = np.array([[now[0] & 1], [now[0] >> 1]], bool)
        new["acc_low"] = np.where(enabled, total & low_mask, self.acc_low)
        new["carry"] = np.where(enabled, total >> g.low_bits, self.carry)
        new["addend"] = self.product >> g.low_bits
        total = self._base(self.acc_high, source_high) + self.addend + self.carry
        enabled = np.array([[enable_high & 1], [enable_high >> 1]], bool)
        new["acc_high"] = np.where(enabled, _wrap(total, g.accumulator_bits - g.low_bits), self.acc_high)

    @staticmethod
    def _base(half: Words, source: int) -> Words:
        if source == AccSource.PREV:
            return np.roll(half, 1, axis=1)
        return half if source == AccSource.OWN else np.zeros_like(half)

    @property
    def acc(self) -> Words:
        """The accumulators as their two halves read now."""
        return np.asarray(self.acc_high << self.geometry.low_bits | self.acc_low)

    @property
    def z(self) -> Words:
        """The sum taken from an accumulator, as its two halves read now."""
        return np.asarray(self.z_high << self.geometry.low_bits | self.z_low)

    def _table_stage(self, f: Field, new: dict[str, Words]) -> None:
        take = f("z_take", 0)
        if take:
            new["z_low"] = self.acc_low[0 if take == ZTake.ACC0 else 1]
        if self.taken_z:
            new["z_high"] = self.acc_high[0 if self.taken_z == ZTake.ACC0 else 1]
        self.taken_z = take
        if f("z_en", 0):
            z = _shift(self.z, self.geometry.z_shift)
            new["magnitude"] = np.minimum(np.where(z < 0, ~z, z), (1 << REACH_LOG2) - 1)
            new["sign"] = self.sign.copy()
            new["sign"][f("z_lane", 0)] = z < 0
        new["index"], new["fraction"] = self.magnitude >> FRACTION_LOG2, self.magnitude & ((1 << FRACTION_LOG2) - 1)
        bits = 19 + FRACTION_LOG2
        low = _wrap(self.product, bits)
        new["interpolated"] = _wrap(low[0] + low[1], bits)
        rounded = (self.interpolated >> FRACTION_LOG2) + ((self.interpolated >> (FRACTION_LOG2 - 1)) & 1)
        new["s_word"] = _wrap(np.where(self.sign[f("s_lane", 0)], -rounded, rounded), 18)

    def _cut_stage(self, f: Field, new: dict[str, Words]) -> None:
        """Shift; compare with the operand's range; saturate."""
        g = self.geometry
        if g.cut_shifts:
            new["cut_wide"] = self.z >> g.cut_shifts[f("cut", 0)]
            new["cut_part"] = _wrap(self.cut_wide, g.operand_bits)
            # 1 above the range, -1 below it.
            new["cut_beyond"] = np.where(_fits(self.cut_wide, g.operand_bits), 0, np.where(self.cut_wide < 0, -1, 1))
            limit = 1 << (g.operand_bits - 1)
            new["cut_word"] = np.select(
                [self.cut_beyond < 0, self.cut_beyond > 0], [np.int64(-limit), np.int64(limit - 1)], self.cut_part
            )
            new["cut_lost"] = (self.cut_beyond != 0).astype(np.int64)

    def _state_stage(self, f: Field, new: dict[str, Words]) -> list[tuple[Words, int, Words]]:
        g = self.geometry
        address = (f("s_addr0", 0), f("s_addr1", 0))
        position = np.stack([self.position[i, :, address[i] % MAX_FOLD] for i in range(2)])
        momentum = np.stack([self.momentum[i, :, address[i] % MAX_FOLD] for i in range(2)])
        depth = self.vectors.shape[2]
        new["s_read"] = np.stack([self.vectors[i, :, address[i] % depth] for i in range(2)])
        new["pos_read"] = np.stack([_wrap(self.io, g.position_bits)] * 2) if f("q_io", 0) else position
        new["mom_read"] = np.zeros_like(momentum) if f("p_zero", 0) else momentum
        new["pos_sum"] = self.pos_read - self.mom_read if f("q_sub", 0) else self.pos_read + self.mom_read
        select = f("k_sel", 0)
        lanes = {KickSelect.LANE0: [0, 0], KickSelect.LANE1: [1, 1]}.get(KickSelect(select), [0, 1])
        signs = np.array([[-1 if f("p_sub", 0) & 1 else 1], [-1 if f("p_sub", 0) >> 1 else 1]])
        new["impulse"] = signs * ((self.kick[lanes] >> 1) + (self.kick[lanes] & 1))
        new["mom_sum"] = _wrap(self.mom_read + self.impulse, g.kick_bits + 2)
        self._take_kick(f, new)
        shifted = _shift(self.pos_read, g.operand_shift)
        limit = 1 << (g.operand_bits - 1)
        new["operand"] = np.clip(shifted, -limit, limit - 1)
        new["operand_clip"] = (new["operand"] != shifted).astype(np.int64)
        source = f("r_src", 0)
        if source == StationarySource.S:
            new["r"] = self.s_read
        elif source == StationarySource.X:
            new["r"] = self.operand
        elif source == StationarySource.FRACTION:
            new["r"] = np.stack([(1 << FRACTION_LOG2) - self.fraction, self.fraction])
        writes = []
        if f("we_q", 0):
            writes.append((self.position, f("w_addr", 0), _wrap(self.pos_sum, g.position_bits)))
        if f("we_p", 0):
            writes.append((self.momentum, f("w_addr", 0), _wrap(self.mom_sum, g.momentum_bits)))
        for lane in range(2):
            if f("s_we", 0) >> lane & 1:
                word = self.cut_word if self._writes_cut(f) else self.s_word
                writes.append((self.vectors[lane], f("s_waddr", 0), word))
        return writes

    def _writes_cut(self, f: Field) -> bool:
        """Whether the vector store's write is of a cut; without a table it always is."""
        return bool(f("s_cut", 0)) or (bool(self.geometry.cut_shifts) and not self.geometry.table)

    def _take_kick(self, f: Field, new: dict[str, Words]) -> None:
        """Force sums to the kick registers, with one bit for the rounding; their high part one cycle later."""
        g = self.geometry
        force = _wrap(self.acc >> (g.kick_shift - 1), g.kick_bits + 1)
        mask = (1 << max(0, min(g.low_bits - (g.kick_shift - 1), g.kick_bits + 1))) - 1
        kick = self.kick
        if f("k_src", 0) == KickSource.IO:
            kick = np.stack([_wrap(self.io, g.momentum_bits) << 1] * 2)
        if f("k_src", 0) == KickSource.ACC:
            kick = kick & ~mask | force & mask
        if self.taken_kick:
            kick = force & ~mask | kick & mask
        self.taken_kick = f("k_src", 0) == KickSource.ACC
        new["kick"] = kick

    def _gradient_stage(self, f: Field, new: dict[str, Words]) -> None:
        g = self.geometry
        new["grad_array"], new["grad_read"] = self.gradients[:, self.g_raddr].copy(), self.grad_output
        new["grad_output"] = self.grad_array
        low = _wrap(self.product, g.density_bits)
        new["difference"], new["carried"] = low[1] - low[0], self.difference
        half = 1 << (g.g_cut - 1) if g.g_cut else 0
        new["grad_sum"] = _wrap(self.grad_read + ((self.carried + half) >> g.g_cut), g.gradient_sum_bits)
        if f("g_clear", 0):
            new["grad_sum"] = np.zeros_like(self.grad_sum)
        shift = f("shift", 0)
        # The RTL shifts stage by stage and narrows the words on the way, which no result depends on: a delay here.
        new["shifts"] = np.stack([np.full_like(self.shifts[0], shift), *self.shifts[:-1]])
        new["shifted"] = np.stack([self.grad_read << 1, *self.shifted[:-1]])
        new["update_weight"] = self.weight_a
        limit = 1 << g.clip_log2
        fine = self.shifted[-1] >> self.shifts[-1]
        new["update_step"] = np.clip((fine >> 1) + (fine & 1), -limit, limit)
        new["update_sum"] = _wrap(self.update_weight + (self.update_step if f("u_add", 0) else -self.update_step), 19)
        theta = np.clip(self.update_sum, -(1 << 17), (1 << 17) - 1)
        new["wdata"] = theta if f("w_theta", 0) else _wrap(self.io, 18)

    def _host_stage(self, f: Field, imm: int, new: dict[str, Words]) -> None:
        g = self.geometry
        if f("push", 0):
            self.pushed.append(int(self.io[-1]))
        new["captured"] = self.candidate
        new["candidate"] = {
            IoSource.POS0: self.pos_read[0],
            IoSource.POS1: self.pos_read[1],
            IoSource.MOM0: self.mom_read[0],
            IoSource.MOM1: self.mom_read[1],
            IoSource.WEIGHT: self.weight_a,
            IoSource.GRAD_LOW: self.grad_read & 0x3FFFF,
            IoSource.GRAD_HIGH: (self.grad_read >> 18) & 0x3FFFF,
            IoSource.FLAGS: self.flags,
        }[IoSource(f("io_src", 0))]
        if f("io_op", 0) == IoOp.SHIFT:
            new["io"] = np.concatenate([[_imm_word(imm, g.chain_bits)], self.io[:-1]]).astype(np.int64)
        elif f("io_op", 0) == IoOp.CAPTURE:
            new["io"] = self.captured
        loads_position = f("x_en", 0) and f("x_load", 0) and not f("x_store", 0)
        uses_operand = loads_position or f("r_src", 0) == StationarySource.X
        raised = (
            (~_fits(self.pos_sum, g.position_bits)).any(0) * 1 * f("we_q", 0)
            | (~_fits(self.mom_sum, g.momentum_bits)).any(0) * 2 * f("we_p", 0)
            | self.operand_clip.astype(bool).any(0) * 4 * bool(uses_operand)
            | self.cut_lost * 4 * bool(f("s_we", 0) and self._writes_cut(f))
            | ~_fits(self.grad_sum, GRADIENT_BITS) * 8 * self.g_we
            | ~_fits(self.update_sum, 18) * 16 * (f("we_b", 0) & f("w_theta", 0))
        )
        new["flags"] = raised if f("flags_clear", 0) else self.flags | raised


def _imm_word(imm: int, bits: int) -> int:
    half = 1 << (bits - 1)
    return ((imm & (2 * half - 1)) ^ half) - half
