"""One integration step as a segment: drift, row sums, table, force sums, gradient, kick, drift.

Forward (`twin=False`): both contexts mirror one state; lane m computes output block b + m, so both ports of the weight
memory work. Echo (`twin=True`): lane m is context m, both share each weight; direction bits turn drift and kick round.

Operations are placed in program order, each in the first slot where none of its fields is taken: the table look-ups of
one row block fall into the sums of the next, and the kicks into the gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rtl.hls.control import AccSource, ImmSource, KickSelect, KickSource, OpA0, OpA1, OpB, StationarySource, ZTake
from rtl.hls.emitter import Emitter, Fields
from rtl.hls.geometry import Geometry
from rtl.hls.memory_map import MemoryMap
from rtl.hls.plan import Diagonal, GradientTerm, Inputs, Layout, Operand, Plan, Rotating, Term, Transposed
from rtl.hls.timing import (
    ACCUMULATE,
    GRAD_READ,
    GRAD_WRITE,
    LANE,
    MULTIPLY,
    OPERAND,
    SCALE,
    STATIONARY,
    SUM_READY,
    TABLE_SIGN,
    TABLE_WRITE,
    TAKE,
)

__all__ = ["StepScheduler", "step_segment"]

_SIGN_LIFE = 10
"""Cycles from the split of a table input to the use of its sign."""
_LOOKUP_SPACING = 3
"""Cycles between two splits: the fraction waits that long for the table words."""


def step_segment(plan: Plan, memory: MemoryMap, *, twin: bool) -> list[Fields]:
    """Control words of one forward (`twin=False`) or echo step."""
    return StepScheduler(plan, memory, twin=twin).run()


class StepScheduler:
    """Builds one step; see the module's text."""

    def __init__(self, plan: Plan, memory: MemoryMap, *, twin: bool) -> None:
        self.plan = plan
        self.memory = memory
        self.geometry: Geometry = memory.geometry
        self.twin = twin
        self.emitter = Emitter()
        self.cursor = 0
        self.stationary: dict[int, tuple[Operand | None, int, int]] = {}
        """Loads of the stationary operands by cycle: what r0 and r1 hold after it."""
        self.s_ready: dict[int, int] = {}
        """First cycle in which the table output of a neuron can be read."""
        self.operand_reads = 0
        """Last cycle that reads a half-step position."""
        self.kicked: dict[int, int] = {}
        """First cycle in which the new momentum of a neuron can be read."""
        self._last_split = -_LOOKUP_SPACING
        self._sign_free = [0, 0]
        self._kick_used = 0

    def run(self) -> list[Fields]:
        fold = self.geometry.fold
        for f in range(fold):
            for cycle, fields in self._drift_fields(f, f):
                self.emitter.at(cycle, **fields)
        self.cursor = fold + 2
        stride = 1 if self.twin else 2
        blocks = [tuple(range(b, min(b + stride, fold))) for b in range(0, fold, stride)]
        if self.plan.z:
            for block in blocks:
                self._row_block(block)
        for block in blocks:
            self._force_block(block)
        if self.twin:
            for term in self.plan.gradients:
                self._gradient(term)
        for f in range(fold):
            # Written two cycles after the read: no half-step position may be read after that.
            self.emitter.place(max(self.operand_reads - 2, self.kicked[f]), partial(self._drift_fields, f))
        return self.emitter.words()

    # State.

    def _drift_fields(self, f: int, t: int) -> list[tuple[int, Fields]]:
        return [
            (t, {"s_addr0": f, "s_addr1": f, "q_io": 0, "p_zero": 0}),
            (t + 1, {"q_sub": int(self.twin)}),
            (t + 2, {"we_q": 1, "w_addr": f}),
        ]

    # Products.

    def _product(
        self,
        address: Callable[[int], int] | None,
        block: tuple[int, ...],
        *,
        opb: OpB,
        acc: AccSource | None,
        negative: bool = False,
        scaled: bool = False,
        load_x: tuple[int, int] | None = None,
        hop: bool = False,
        r: tuple[Operand, int, int] | None = None,
        imm: Fields | None = None,
        gradient: int | None = None,
    ) -> int:
        """Places one product a lane in the next free slot; returns the slot.

        Parameters
        ----------
        address : word address of an output block's weight; None where the first factor is the stationary operand
        block : output blocks of the lanes
        acc : what it is added to; None leaves the accumulators alone
        load_x : state addresses whose operands enter the lanes for this product; `hop`: the lanes move on instead
        r : stationary operands needed (kind, address of context 0, of context 1)
        imm : sequencer fields of the broadcast word
        gradient : address of the gradient word that gains the difference of the two products
        """

        def fields(t: int) -> list[tuple[int, Fields]]:
            first: Fields = {}
            if address is None:
                multiply = {"opa0": OpA0.R, "opa1": OpA1.R, "opb": opb}
            else:
                first = {"addr_a": address(block[0]), "lookup": 0, "addr_b": address(block[-1]), "we_b": 0}
                multiply = {"opa0": OpA0.WEIGHT, "opa1": OpA1.WEIGHT_A if self.twin else OpA1.WEIGHT_B, "opb": opb}
            placed = [
                (t, first),
                (t + MULTIPLY, multiply | (imm or {})),
                (t + SCALE, {"scale": int(scaled), "negate": int(negative)}),
            ]
            if load_x is not None:
                placed += [(t + OPERAND, {"s_addr0": load_x[0], "s_addr1": load_x[1], "q_io": 0})]
                placed += [(t + LANE, {"x_en": 1, "x_load": 1})]
            if hop:
                placed += [(t + LANE, {"x_en": 1, "x_load": 0})]
            if acc is None:
                placed += [(t + ACCUMULATE, {"acc_en": 0})]
            else:
                enable = 3 if self.twin or len(block) == 2 else 1
                placed += [(t + ACCUMULATE, {"acc_en": enable, "acc_src": acc})]
            if r is not None and self._stationary_at(t + STATIONARY) != r:
                placed += self._load_stationary(t, r)
            if gradient is not None:
                placed += [(t + GRAD_READ, {"g_raddr": gradient})]
                placed += [(t + GRAD_WRITE, {"g_we": 1, "g_clear": 0, "g_waddr": gradient})]
            return placed

        earliest = self.cursor
        if r is not None and r[0] is Operand.S:
            earliest = max(earliest, max(self.s_ready[a] for a in r[1:]) - STATIONARY)
        slot = self.emitter.place(earliest, fields)
        if r is not None:
            self.stationary[slot + STATIONARY] = r
        if load_x is not None or (r is not None and r[0] is Operand.X):
            self.operand_reads = max(self.operand_reads, slot + OPERAND)
        self.cursor = slot + 1
        return slot

    def _stationary_at(self, cycle: int) -> tuple[Operand | None, int, int] | None:
        """What the stationary operands hold in the cycle after `cycle`."""
        loads = [c for c in self.stationary if c <= cycle]
        return self.stationary[max(loads)] if loads else None

    def _load_stationary(self, t: int, r: tuple[Operand, int, int]) -> list[tuple[int, Fields]]:
        addresses = {"s_addr0": r[1], "s_addr1": r[2]}
        if r[0] is Operand.S:
            return [(t + STATIONARY, {"r_src": StationarySource.S, **addresses})]
        return [(t + OPERAND, {**addresses, "q_io": 0}), (t + STATIONARY, {"r_src": StationarySource.X})]

    # Sums.

    def _sum(self, terms: tuple[Term, ...], block: tuple[int, ...]) -> int:
        """Places the products of a sum; returns the slot of the last."""
        acc = AccSource.ZERO
        slot = self.cursor
        for term in terms:
            if isinstance(term, Rotating):
                slot = self._rotating(term, block, acc)
            elif isinstance(term, Transposed):
                slot = self._transposed(term, block, acc)
            elif isinstance(term, Inputs):
                slot = self._inputs(term, block, acc)
            else:
                slot = self._diagonal(term, block, acc)
            acc = AccSource.OWN
        return slot

    def _rotating(self, term: Rotating, block: tuple[int, ...], acc: AccSource) -> int:
        slot = self.cursor
        for g in range(self.geometry.fold):
            for t in range(self.geometry.elements):
                slot = self._product(
                    partial(self._matrix, term.parameter, g, t),
                    block,
                    opb=OpB.X,
                    acc=acc,
                    load_x=(g, g) if t == 0 else None,
                    hop=t > 0,
                )
                acc = AccSource.OWN
        return slot

    def _transposed(self, term: Transposed, block: tuple[int, ...], acc: AccSource) -> int:
        for f in range(self.geometry.fold):
            for t in range(self.geometry.elements):
                self._product(
                    partial(self.memory.matrix, term.parameter, f, t=t),
                    block,
                    opb=OpB.R,
                    acc=acc if (f, t) == (0, 0) else AccSource.PREV,
                    r=(Operand.S, f, f),
                )
        # One more hop, with nothing to add, brings the partial sums home.
        return self._product(lambda _: 0, block, opb=OpB.IMM, acc=AccSource.PREV, imm={"imm_src": ImmSource.ZERO})

    def _inputs(self, term: Inputs, block: tuple[int, ...], acc: AccSource) -> int:
        slot = self.cursor
        for column, imm in self._columns(term.parameter):
            slot = self._product(
                partial(self._column_address, term.parameter, column),
                block,
                opb=OpB.IMM,
                acc=acc,
                negative=term.negative,
                scaled=term.scaled,
                imm=imm,
            )
            acc = AccSource.OWN
        return slot

    def _diagonal(self, term: Diagonal, block: tuple[int, ...], acc: AccSource) -> int:
        pair = (block[0], block[-1])
        by_lane = term.operand is Operand.X
        return self._product(
            lambda f: self.memory.vector(term.parameter, f),
            block,
            opb=OpB.X if by_lane else OpB.R,
            acc=acc,
            scaled=term.scaled,
            load_x=pair if by_lane else None,
            r=None if by_lane else (term.operand, *pair),
        )

    def _columns(self, parameter: str) -> list[tuple[int, Fields]]:
        """(column, broadcast word) of an input matrix, or of a bias: a column whose input is the constant one."""
        if self.plan.parameters[parameter] is Layout.VECTOR:
            return [(0, {"imm_src": ImmSource.ONE})]
        return [(c, {"imm_src": ImmSource.INPUT, "u_index": c}) for c in range(self.geometry.inputs)]

    def _matrix(self, parameter: str, g: int, t: int, f: int) -> int:
        return self.memory.matrix(parameter, f, g, t)

    def _column_address(self, parameter: str, column: int, f: int) -> int:
        if self.plan.parameters[parameter] is Layout.VECTOR:
            return self.memory.vector(parameter, f)
        return self.memory.column(parameter, f, column)

    # Table.

    def _row_block(self, block: tuple[int, ...]) -> None:
        last = self._sum(self.plan.z, block)
        lanes = 2 if self.twin or len(block) == 2 else 1
        for lane in range(lanes):
            take = max(last + SUM_READY, self._last_split)
            split = max(take + TAKE, self._last_split + _LOOKUP_SPACING, self._sign_free[lane])
            self.emitter.at(take, z_take=ZTake.ACC0 if lane == 0 else ZTake.ACC1)
            self.emitter.at(split, z_en=1, z_lane=lane)
            self._last_split = split
            self._sign_free[lane] = split + _SIGN_LIFE
            self._lookup(split + 1, block, lane)
            # The accumulators must stay until the last lane's sum is taken.
            self.cursor = max(self.cursor, take - ACCUMULATE)

    def _lookup(self, slot: int, block: tuple[int, ...], lane: int) -> None:
        e = self.emitter
        e.at(slot, lookup=1, addr_a=0, addr_b=0, we_b=0)
        e.at(slot + STATIONARY, r_src=StationarySource.FRACTION)
        e.at(slot + MULTIPLY, opa0=OpA0.WEIGHT, opa1=OpA1.WEIGHT_B, opb=OpB.R)
        e.at(slot + SCALE, scale=0, negate=0)
        e.at(slot + ACCUMULATE, acc_en=0)
        self.stationary[slot + STATIONARY] = (None, 0, 0)
        neuron = block[0] if self.twin else block[lane]
        e.at(slot + TABLE_SIGN, s_lane=lane)
        e.at(slot + TABLE_WRITE, s_we=(1 << lane) if self.twin else 3, s_waddr=neuron)
        self.s_ready[neuron] = slot + TABLE_WRITE + 1

    # Force and gradient.

    def _force_block(self, block: tuple[int, ...]) -> None:
        # The kick registers must not be loaded again before the last block's kicks have used them.
        self.cursor = max(self.cursor, self._kick_used - SUM_READY)
        take = self._sum(self.plan.force, block) + SUM_READY
        self.emitter.at(take, k_src=KickSource.ACC)
        for lane, neuron in enumerate(block):
            select = KickSelect.OWN if self.twin else (KickSelect.LANE0, KickSelect.LANE1)[lane]

            def fields(t: int, neuron: int = neuron, select: KickSelect = select) -> list[tuple[int, Fields]]:
                return [
                    (
                        t,
                        {
                            "s_addr0": neuron,
                            "s_addr1": neuron,
                            "p_zero": 0,
                            "p_sub": 0 if self.twin else 3,
                            "k_sel": select,
                        },
                    ),
                    (t + 2, {"we_p": 1, "w_addr": neuron}),
                ]

            slot = self.emitter.place(take + TAKE, fields)
            self.kicked[neuron] = slot + 3
            self._kick_used = slot

    def _gradient(self, term: GradientTerm) -> None:
        matrix = term.y is Operand.X and self.plan.parameters[term.parameter] is Layout.MATRIX
        for f in range(self.geometry.fold):
            r = (term.r, f, f)
            block = (f,)
            if matrix:
                for g in range(self.geometry.fold):
                    for t in range(self.geometry.elements):
                        self._product(
                            None, block, opb=OpB.X, acc=None, load_x=(g, g) if t == 0 else None, hop=t > 0, r=r,
                            gradient=self.memory.matrix(term.parameter, f, g, t),
                        )  # fmt: skip
            elif term.y is Operand.X:
                self._product(
                    None, block, opb=OpB.X, acc=None, load_x=(f, f), r=r,
                    gradient=self.memory.vector(term.parameter, f),
                )  # fmt: skip
            else:
                for column, imm in self._columns(term.parameter):
                    self._product(
                        None, block, opb=OpB.IMM, acc=None, r=r, imm=imm,
                        gradient=self._column_address(term.parameter, column, f),
                    )  # fmt: skip
