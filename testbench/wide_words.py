"""Control words of a dense network's steps on a ring of wide elements: V = sum al q^2 / 2 + log cosh(W q + B u + b).

Passes follow each other, and only within one do all slots follow without a gap: what a scheduler would overlap is not
overlapped here. Fields of a bank are booked for the time of bank 0; the hardware delays them. Fields of the whole
element that serve bank b are booked b cycles later.

A slot's stages are those of `rtl.hls.plan.wide_timing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field

from rtl.element.wide.control import VectorSource
from rtl.hls.plan.control import Fields
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.timing import MULTIPLY, STATE_WRITE
from rtl.hls.plan.wide_timing import (
    ACCUMULATE,
    BANK_LOAD,
    CHOOSE,
    FORCE,
    GRAD_READ,
    GRAD_WRITE,
    LANE_LOAD,
    LOOK_UP,
    POSITION_READ,
    SCALE,
    STATIONARY_CHOICE,
    STORE_READ,
    SUM_READY,
    TABLE_WRITE,
    VECTOR,
)
from rtl.hls.plan.width import Width
from rtl.hls.schedule.reservation_table import ReservationTable

__all__ = ["IMM", "Map", "Step"]

IMM = "imm"
"""The broadcast word of a cycle, beside the control fields."""
PATIENCE = 100
"""Slots that are tried for what must not wait once it has begun."""


@dataclass(frozen=True)
class Map:
    """Addresses in every bank of every element; bank b has the row blocks b + B j, and all local factors are in one."""

    geometry: Geometry
    width: Width

    @property
    def rows(self) -> int:
        """Row blocks of a bank."""
        assert self.geometry.fold % self.width.banks == 0
        return self.geometry.fold // self.width.banks

    @property
    def words(self) -> int:
        """Parameter words of a bank, with the one at address 0 that is none."""
        return self.bias(self.rows)

    def local(self, f: int) -> int:
        """al of row block f; zero in all banks but the local one."""
        return 1 + f

    def matrix(self, j: int, g: int, t: int) -> int:
        """W[k + P (b + B j), g P + (k - t) mod P]."""
        g_ = self.geometry
        return self.local(g_.fold) + (j * g_.fold + g) * g_.elements + t

    def inputs(self, j: int, column: int) -> int:
        """B[k + P (b + B j), column]."""
        return self.matrix(self.rows, 0, 0) + j * self.geometry.inputs + column

    def bias(self, j: int) -> int:
        """b[k + P (b + B j)]."""
        return self.inputs(self.rows, 0) + j


@dataclass
class Step:
    """One step, forward or (`twin`) echo, with the inputs of that step; `words()` are its control words.

    Lane m is context m of an echo; of a forward step it is a second row block, or column group, where the fold is a
    multiple of 2 B, and idle otherwise.
    """

    map: Map
    inputs: Sequence[int]
    twin: bool
    table: ReservationTable = field(default_factory=ReservationTable)

    def __post_init__(self) -> None:
        self.geometry, self.width = self.map.geometry, self.map.width
        self.banks, self.fold, self.elements = self.width.banks, self.geometry.fold, self.geometry.elements
        self.paired = not self.twin and self.map.rows % 2 == 0
        self.lanes = 3 if self.twin or self.paired else 1

    def words(self) -> list[Fields]:
        """The control words."""
        at = self._drift(0) + 4
        at = self._activations(at)
        if self.twin:
            at = self._gradients(at)
        at = self._forces(at)
        self._drift(at)
        return self.table.words()

    def _drift(self, at: int) -> int:
        for f in range(self.fold):
            self.table.at(at + f, s_addr0=f, s_addr1=f, q_io=0, p_zero=0)
            self.table.at(at + f + 1, q_sub=int(self.twin))
            self.table.at(at + f + STATE_WRITE, we_q=1, w_addr=f)
        return at + self.fold + STATE_WRITE

    # Slots.

    def _slot(
        self,
        slot: int,
        addresses: tuple[int, int] | None,
        *,
        r_is: str = "",
        vector: VectorSource = VectorSource.X,
        scale: int = 0,
        first: bool = False,
        prev: bool = False,
        accumulate: bool = True,
    ) -> None:
        """One product a lane; r is its first or its second factor. `first`: the slot before has cleared the sum."""
        if addresses is not None:
            self.table.at(slot, addr_a=addresses[0], addr_b=addresses[1], lookup=0)
        self.table.at(slot + VECTOR, v_src=vector)
        self.table.at(slot + MULTIPLY, opa=int("a" in r_is), opb=int("b" in r_is))
        self.table.at(slot + SCALE, scale=scale)
        lanes = self.lanes if accumulate else 0
        self.table.at(slot + ACCUMULATE, acc_en=lanes, acc_prev=int(prev))
        if first:
            self.table.at(slot - 1 + ACCUMULATE, acc_clear=1, acc_en=0)

    def _position(self, slot: int, first: int, second: int) -> None:
        """x loads the elements' own positions, of a block a lane."""
        self.table.at(slot + POSITION_READ, s_addr0=first, s_addr1=second, q_io=0)
        self.table.at(slot + LANE_LOAD, x_en=1, x_load=1)

    def _hop(self, slot: int) -> None:
        self.table.at(slot + LANE_LOAD, x_en=1, x_load=0)

    def _stationary(self, slot: int, blocks: Sequence[int], *, position: bool) -> None:
        """r of bank b loads the block that stands at b, for products from `slot` on."""
        self.table.at(slot + BANK_LOAD, r_en=1)
        for bank, block in enumerate(blocks):
            self.table.at(
                slot + bank + (POSITION_READ if position else STORE_READ), s_addr0=block, s_addr1=block, q_io=0
            )
            self.table.at(slot + bank + STATIONARY_CHOICE, r_src=int(position))

    def _imm(self, slot: int, word: int) -> None:
        self.table.at(slot + VECTOR, **{IMM: word})

    def _own(self, j: int) -> list[int]:
        """Row blocks of the banks."""
        return [b + self.banks * j for b in range(self.banks)]

    # s = tanh(W x + B u + b)

    def _activations(self, at: int) -> int:
        """Row sums bank by bank, then their look-ups; returns the first cycle in which all are written."""
        rows = range(self.map.rows)
        pairs = list(zip(rows[::2], rows[1::2], strict=True)) if self.paired else [(j, j) for j in rows]
        slot, ready = at, 0
        for pair in pairs:
            slot = self._row_sums(slot + 1, pair)
            slot, ready = self._look_ups(slot, pair)
        return ready

    def _row_sums(self, slot: int, pair: tuple[int, int]) -> int:
        first = True
        for column, word in [*enumerate(self.inputs), (None, self.geometry.one)]:
            places = [self.map.bias(j) if column is None else self.map.inputs(j, column) for j in pair]
            self._slot(slot, (places[0], places[1]), vector=VectorSource.IMM, first=first)
            self._imm(slot, word)
            slot, first = slot + 1, False
        for g in range(self.fold):
            for t in range(self.elements):
                self._hop(slot) if t else self._position(slot, g, g)
                self._slot(slot, (self.map.matrix(pair[0], g, t), self.map.matrix(pair[1], g, t)))
                slot += 1
        self.table.at(slot - 1 + SUM_READY, take=self.lanes)
        return slot

    def _look_ups(self, slot: int, pair: tuple[int, int]) -> tuple[int, int]:
        """One a cycle, from the first one's sum on; returns the next free slot and when the last one is written."""
        choose = slot - 1 + SUM_READY + CHOOSE
        for lane in range(2 if self.lanes == 3 else 1):
            for bank in range(self.banks):
                self.table.at(choose, z_sel=lane * self.banks + bank, **({} if self.width.chain else {"z_add": 0}))
                at = choose + LOOK_UP + self._late
                self.table.at(at, lookup=1, addr_a=0, addr_b=0)
                self._slot(at, None, vector=VectorSource.INTERPOLATION, accumulate=False)
                write = {"s_we": 1 << lane if self.twin else 3, "s_waddr": bank + self.banks * pair[lane]}
                self.table.at(at + TABLE_WRITE, **write)
                choose += 1
        return at + 1, at + TABLE_WRITE + 1

    @property
    def _late(self) -> int:
        """Cycles that the sum register of rings takes longer."""
        return 0 if self.width.chain else 2

    # p -= h (al x + W^T s)

    def _forces(self, at: int) -> int:
        """Column groups one after another; returns the first cycle of the next read of a momentum."""
        end = slot = at
        columns = self.banks if self.width.chain else 1
        groups = list(range(self.fold // columns))
        pairs = list(zip(groups[::2], groups[1::2], strict=True)) if self.paired else [(g, g) for g in groups]
        for pair in pairs:
            slot, end = self._first_fit(slot if self.width.chain else slot + 1, pair)
        return end

    def _first_fit(self, slot: int, pair: tuple[int, int]) -> tuple[int, int]:
        """Kicks come when they come: what follows waits where they would take its turn at the state's address."""
        before = self.table
        for first in range(slot, slot + PATIENCE):
            self.table = deepcopy(before)
            with suppress(AssertionError):
                return self._chain(first, pair) if self.width.chain else self._rings(first, pair)
        raise AssertionError(f"no slot from {slot} to {slot + PATIENCE} fits the column groups {pair}")

    def _chain(self, slot: int, pair: tuple[int, int]) -> tuple[int, int]:
        """B sums a lane start in the local bank, while the first one is cleared, and go through all banks there are."""
        blocks = [self._own(group) for group in pair]
        for first, second in zip(*blocks, strict=True):
            self._position(slot, first, second)
            self._slot(slot, (self.map.local(first), self.map.local(second)), scale=1, prev=True)
            self.table.at(slot + ACCUMULATE, first_clear=1)
            slot += 1
        for j in range(self.map.rows):
            self._stationary(slot, self._own(j), position=False)
            for hop in range(self.elements):
                for first, second in zip(*blocks, strict=True):
                    t = (hop + 1) % self.elements
                    places = self.map.matrix(j, first, t), self.map.matrix(j, second, t)
                    self._slot(slot, places, r_is="b", prev=True)
                    self.table.at(slot + ACCUMULATE, first_clear=0)
                    slot += 1
        come = slot - self.banks + SUM_READY + self.banks - 1 + FORCE
        for index, block in enumerate(blocks[0]):
            self._kick(come + index, block, lane=0)
        if self.lanes == 3:
            for index, block in enumerate(blocks[1]):
                self._kick(come + self.banks + index, block, lane=1)
        return slot, come + 2 * self.banks + 4

    def _rings(self, slot: int, pair: tuple[int, int]) -> tuple[int, int]:
        """One sum a lane and bank; parts are added up when they are home. A lap takes no less slots than r's loads."""
        self._position(slot, *pair)
        self._slot(slot, (self.map.local(pair[0]), self.map.local(pair[1])), scale=1, first=True)
        slot += 1
        for j in range(self.map.rows):
            slot += max(0, self.banks - self.elements) if j else 0
            self._stationary(slot, self._own(j), position=False)
            for hop in range(self.elements):
                t = (hop + 1) % self.elements
                self._slot(slot, (self.map.matrix(j, pair[0], t), self.map.matrix(j, pair[1], t)), r_is="b", prev=True)
                slot += 1
        self.table.at(slot - 1 + SUM_READY, take=self.lanes)
        choose = slot - 1 + SUM_READY + CHOOSE
        for lane in range(2 if self.lanes == 3 else 1):
            for bank in range(self.banks):
                self.table.at(choose, z_sel=lane * self.banks + bank)
                self.table.at(choose, z_add=int(bank > 0))
                choose += 1
            self._kick(choose - 1 + RINGS_KICK, pair[lane], lane)
        # The next sum's parts come when the last of these has been taken.
        return max(slot, choose - CHOOSE - SUM_READY), choose + RINGS_KICK + 4

    def _kick(self, at: int, block: int, lane: int) -> None:
        """From the choice of the impulse on; forward, both contexts take it."""
        choice = {"k_sel": lane} if self.width.chain else {}
        self.table.at(at - 1, k_io=0)
        self.table.at(at, s_addr0=block, s_addr1=block, p_zero=0, p_sub=int(not self.twin), **choice)
        self.table.at(at + STATE_WRITE, we_p=1 << lane if self.twin else 3, w_addr=block)

    # G += s x^T and its like

    def _gradients(self, at: int) -> int:
        slot = at
        for f in range(self.fold):
            self._square(slot, f)
            slot += 1
        for j in range(self.map.rows):
            # The last block of al's may still be read for the local bank.
            slot += self.banks
            self._stationary(slot, self._own(j), position=False)
            slot += self.banks + 1
            for g in range(self.fold):
                for t in range(self.elements):
                    self._hop(slot) if t else self._position(slot, g, g)
                    self._outer(slot, self.map.matrix(j, g, t))
                    slot += 1
            for column, word in [*enumerate(self.inputs), (None, self.geometry.one)]:
                self._outer(slot, self.map.bias(j) if column is None else self.map.inputs(j, column), VectorSource.IMM)
                self._imm(slot, word)
                slot += 1
        return slot + 2 * self.banks

    def _square(self, slot: int, f: int) -> None:
        """x^2 of block f, in the local bank."""
        bank = self.width.local_bank
        self.table.at(slot + BANK_LOAD, r_en=1)
        self.table.at(slot + bank + POSITION_READ, s_addr0=f, s_addr1=f, q_io=0)
        self.table.at(slot + bank + STATIONARY_CHOICE, r_src=1)
        self._gradient(slot, self.map.local(f), "ab", VectorSource.X, local=True)

    def _outer(self, slot: int, address: int, vector: VectorSource = VectorSource.X) -> None:
        self._gradient(slot, address, "a", vector, local=False)

    def _gradient(self, slot: int, address: int, r_is: str, vector: VectorSource, *, local: bool) -> None:
        self._slot(slot, None, r_is=r_is, vector=vector, accumulate=False)
        self.table.at(slot + GRAD_READ, g_raddr=address)
        self.table.at(slot + GRAD_WRITE, g_we=1, g_clear=0, g_waddr=address, g_local=int(local))


RINGS_KICK = 5
"""From the choice of the last part of a column sum to the choice of its impulse."""
