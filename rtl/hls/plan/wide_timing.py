"""When a control field of a wide element acts, in cycles after the slot of its product: what `timing` says otherwise.

Fields of a bank are counted in the time of bank 0; the hardware delays them by a cycle a bank. Fields of the whole
element that serve bank b come b cycles later.
"""

from rtl.hls.plan import timing

__all__ = [
    "ACCUMULATE",
    "BANK_LOAD",
    "CHOOSE",
    "FORCE",
    "GRAD_READ",
    "GRAD_WRITE",
    "LANE_LOAD",
    "LATER",
    "LOOK_UP",
    "POSITION_READ",
    "SCALE",
    "SPLIT",
    "STATIONARY_CHOICE",
    "STORE_READ",
    "SUM_READY",
    "TABLE_SIGN",
    "TABLE_WRITE",
    "VECTOR",
]

OPERANDS, CARRIED = 1, 1
"""Registers less: before a multiplier, between the difference of two products and the gradient it is added to."""
SCALE, ACCUMULATE, SUM_READY, TABLE_SIGN, TABLE_WRITE = (
    stage - OPERANDS
    for stage in (timing.SCALE, timing.ACCUMULATE, timing.SUM_READY, timing.TABLE_SIGN, timing.TABLE_WRITE)
)
GRAD_READ, GRAD_WRITE = (stage - OPERANDS - CARRIED for stage in (timing.GRAD_READ, timing.GRAD_WRITE))

POSITION_READ, STORE_READ = -1, 0
"""State and vector store address of what the lanes or a bank's stationary operand load for this product."""
LANE_LOAD = 1
"""Load or hop of the lanes."""
STATIONARY_CHOICE = 1
"""Load of the register from which bank 0 loads its stationary operand one cycle later."""
VECTOR, BANK_LOAD = 2, 2
"""Choice of what goes along the banks; load of a bank's stationary operand."""
CHOOSE = 2
"""From taking a row sum to the choice of it, when both of its halves are held."""
LOOK_UP = 4
"""From the choice of a sum, which takes two stages, bank and lane, to the slot of its look-up."""
SPLIT = LOOK_UP - timing.LOOKUP
"""From the choice of a sum to its split or cut."""
FORCE = 2
"""From a chain's whole sum to the only cycle in which a kick may use it: its high half, the kick register."""
LATER = 1
"""What update and host get from the banks passes one register more than in an element with one."""
