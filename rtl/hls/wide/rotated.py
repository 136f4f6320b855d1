"""A forward step as a rotated loop: one iteration has the kick of a step and the row sums of the next one.

Between the last row sum of a step and its first look-up, and between its last product and its last drift, nothing is
left to multiply; with one pair of row groups that is a tenth of the step. In the second gap the next step begins: its
rows are added up while blocks are still kicked and drift. The loop is cut where no operation is under way: all row sums
are complete in the accumulators, and nobody has taken them. So the sequencer may wait there, and a command may begin.

    forward_first   of the first step: half drift, row sums
    forward         of a step: look-ups, chains, half drift; of the next one: half drift, row sums
    forward_last    of the last step: look-ups, chains, half drift

Where lanes can add their sums, those of a chain have one half of the row groups each (`rtl.hls.wide.chain`): the first
column groups are kicked under the chains of the others, and have drifted when the next row sums begin with them.
"""

from __future__ import annotations

from rtl.hls.plan.control import Fields
from rtl.hls.plan.ring_plan import POSITION, RingPlan
from rtl.hls.plan.timing import STATE_WRITE
from rtl.hls.plan.wide_timing import ACCUMULATE
from rtl.hls.plan.width import Width
from rtl.hls.wide.bank_map import BankMap
from rtl.hls.wide.chain import Chain
from rtl.hls.wide.requirements import row_groups
from rtl.hls.wide.step import WideStep

__all__ = ["FIRST", "LAST", "RotatedStep", "forward_segments"]

FIRST, LAST = "forward_first", "forward_last"


def forward_segments(plan: RingPlan, there: BankMap, width: Width) -> dict[str, list[Fields]]:
    """The control words of forward steps: one segment, or those of a rotated loop where a step has one pair of row
    groups, whose look-ups and kicks fall under no other products."""
    made = [RotatedStep(plan, there, width) for _ in range(3)]
    if not made[0].gains:
        return {"forward": WideStep(plan, there, width, twin=False).run()}
    return {FIRST: made[0].first(), "forward": made[1].repeated(), LAST: made[2].last()}


class RotatedStep(WideStep):
    """Builds one of the three segments; each needs an object of its own."""

    def __init__(self, plan: RingPlan, there: BankMap, width: Width) -> None:
        super().__init__(plan, there, width, twin=False)

    @property
    def gains(self) -> bool:
        """Whether all row sums of a step are added up at a time."""
        return row_groups(self.plan, self.geometry) in (1, 2)

    def first(self) -> list[Fields]:
        """Up to the first step's row sums."""
        return self._summed()

    def repeated(self) -> list[Fields]:
        """From the row sums of a step to those of the next one."""
        self._kicks()
        for block in range(self.geometry.fold):
            del self.slots.ready[POSITION, block]
        return self._summed()

    def last(self) -> list[Fields]:
        """From the row sums of the last step on."""
        self._kicks()
        for block in range(self.geometry.fold):
            self._last_drift(block)
        return self.reservations.words()

    def _earliest(self, block: int) -> int:
        """After the last drift of the step before, which comes first then."""
        return self._last_drift(block) + STATE_WRITE + 1 if self.kicked else 0

    def _kicks(self) -> None:
        ((statement, groups),) = self._rows()
        self.slots.ready = {(POSITION, block): 0 for block in range(self.geometry.fold)}
        self._take(statement, groups, 0)
        columns = range(self.map.groups(self._kick.length))
        if len(groups) == 2 and self.width.adds:
            chains = [Chain(self.slots, self._kick, (column,), halves=True) for column in columns]
        else:
            chains = [Chain(self.slots, self._kick, pair) for pair in self._pairs(len(columns))]
        for chain in chains:
            self._chain(chain)

    def _summed(self) -> list[Fields]:
        ((statement, groups),) = self._rows()
        last = self._add_up(statement, groups)
        words = self.reservations.words()
        assert len(words) == last + ACCUMULATE + 1, "nothing else is under way"
        assert set(self.slots.position_reads) == set(range(self.geometry.fold)), "clipping is to be seen"
        return words
