"""One integration step as a segment: drift, the plan's statements block by block, kick, gradient, drift.

Forward (`twin=False`): both contexts mirror one state; lane m computes output block b + m, so both ports of the weight
memory work. Echo (`twin=True`): lane m is context m, both share each weight; direction bits turn drift and kick round.

List scheduling: of the (statement, block) whose operands are under way, the one that an `Order` says goes next, ties in
the plan's order; gradients fill the gaps that are long enough for them, and what is left of them comes last. Every
product goes into the first slot in which no control field is taken and no register overwritten that is still needed.
Which order is taken, `rtl.hls.schedule.search` finds out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rtl.hls.plan.control import Fields
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.ring_plan import POSITION, POSITIONS, Finish, RingPlan
from rtl.hls.plan.timing import SIGN_LIFE, STATE_WRITE, TAKE
from rtl.hls.schedule.finish import Finisher
from rtl.hls.schedule.pieces import Pieces
from rtl.hls.schedule.products import Slots
from rtl.hls.schedule.reservation_table import ReservationTable
from rtl.hls.schedule.sums import Sum, Sums
from rtl.hls.schedule.terms import Terms, needed_sums, operands

__all__ = ["FIRST", "Order", "StepScheduler"]


@dataclass(frozen=True)
class Order:
    """What speaks for a sum to go next, in 32nds of a slot in which the accumulators stand still.

    Members
    -------
    waits : whether slots lost to the sum register count beside those lost to operands
    tail : for each cycle from the sum to the end of the step
    brief : for each cycle that the sum register is taken for longer than the accumulators
    block : for each pair of blocks before its own
    spread : the first half drifts leave every other cycle to the reads of operands
    """

    waits: bool = True
    tail: int = 0
    brief: int = 0
    block: int = 0
    spread: bool = True


FIRST = Order(waits=False, spread=False)
"""What can start first goes next; drifts before all."""


class StepScheduler:
    """Builds one step; see the module's text.

    Parameters
    ----------
    rest : (vector, first block) -> cycles from its sum to the end of the step, for orders that ask
    """

    def __init__(
        self,
        plan: RingPlan,
        memory: MemoryMap,
        *,
        twin: bool,
        order: Order = FIRST,
        rest: Mapping[tuple[str, int], int] | None = None,
    ) -> None:
        self.plan, self.memory, self.twin, self.order, self.rest = plan, memory, twin, order, rest or {}
        self.geometry = memory.geometry
        self.reservations = ReservationTable()
        self.slots = self._slots()
        self.finisher = self._finisher()
        self.terms, self.pieces = Terms(plan, self.slots), Pieces(plan, self.slots)
        self.sums = self._sums()

    def _slots(self) -> Slots:
        return Slots(self.memory, self.reservations, twin=self.twin)

    def _finisher(self) -> Finisher:
        return Finisher(self.slots)

    def _sums(self) -> Sums:
        return Sums(self.terms, self.slots, self.finisher)

    def run(self) -> list[Fields]:
        """The control words of the step."""
        fold = self.geometry.fold
        for f in range(fold):
            drifted = self.finisher.drift(max(0, 2 * f - 2) if self.order.spread else 0, f) + STATE_WRITE + 1
            self.slots.ready.update(((operand, f), drifted) for operand in POSITIONS)
        sums = [Sum(*needed) for needed in needed_sums(self.plan, self.memory, twin=self.twin)]
        pieces = list(self.pieces.all()) if self.twin else []
        while sums:
            _, chosen, start = min(
                (self._merit(s, start := self.sums.start(s)), index, start)
                for index, s in enumerate(sums)
                if self.sums.is_ready(s)
            )
            cursor = self.sums.cursor
            filling = next((p for p in pieces if self.pieces.end(p, cursor) <= start), None)
            if filling is not None:
                pieces.remove(filling)
                self.pieces.place(filling, cursor)
            else:
                self.sums.place(sums.pop(chosen), start)
        for piece in pieces:
            self.pieces.place(piece, 0)
        self._end()
        return self.reservations.words()

    def _merit(self, s: Sum, start: int) -> int:
        """The least is the best."""
        order, lanes = self.order, self.sums.lanes(s)
        lost = start - self.sums.cursor
        if not order.waits:
            return lost
        held = {Finish.KICK: 0, Finish.CUT: lanes * TAKE, Finish.TABLE: SIGN_LIFE}[s.statement.finish]
        waits, kept = self.sums.waits(s, start), 0
        if held:
            kept = (lanes - 1) * TAKE  # every one of its kind waits so long
        brief = max(0, held - kept - self.sums.count(s))
        return (
            32 * (lost + max(0, waits - kept))
            - order.tail * self.rest[s.statement.name, s.block[0]]
            - order.brief * brief
            + order.block * (s.block[0] // 2)
        )

    def _end(self) -> None:
        """Positions that nothing multiplies are read all the same, and the second half drifts follow the kicks."""
        fold = self.geometry.fold
        if self._uses_position():
            for f in range(fold):
                if (POSITION, f) not in self.slots.position_reads:
                    self.slots.touch(f)
        for f in range(fold):
            # Written some cycles after the read: no half-step position may be read after that.
            read = max(self.slots.position_reads.get((operand, f), 0) for operand in POSITIONS)
            after = max(read - STATE_WRITE, self.finisher.kicked[f])
            self.finisher.drift(after, f)

    def _uses_position(self) -> bool:
        needed = needed_sums(self.plan, self.memory, twin=self.twin)
        used = {name for statement, _ in needed for term in statement.terms for name in operands(self.plan, term)}
        if self.twin:
            used |= {name for g in self.plan.gradients for term in g.terms for name in (term.r, term.y)}
        return POSITION in used
