"""When a control field acts, in cycles after the slot of the product it belongs to.

A product's slot is the cycle of its weight address. The numbers are the element's pipeline; the cycle model and the
co-simulation would see at once if one were wrong.
"""

__all__ = [
    "ACCUMULATE",
    "CHOICE",
    "CUT_WRITE",
    "GRAD_READ",
    "KEEP",
    "GRAD_WRITE",
    "LANE",
    "LOOKUP",
    "LOOKUP_SPACING",
    "MULTIPLY",
    "OPERAND",
    "SCALE",
    "SIGN_LIFE",
    "STATE_WRITE",
    "STATIONARY",
    "STORE",
    "SUM_READY",
    "TABLE_SIGN",
    "TABLE_WRITE",
    "TAKE",
    "TURN",
    "UPDATE",
]

OPERAND = 0
"""State address of an operand that is loaded for this product: read register, cut, then lane or stationary register."""
TURN = 1
"""Choice of the operand that the state word becomes, x or t, where an array has both."""
STORE = 1
"""Vector store address of an operand that is loaded for this product: read register, then lane or stationary one."""
STATE_WRITE = 2
"""From reading a state word to writing it back, for a drift or a kick."""
LANE = 2
"""Lane load or hop, so that the lane holds this product's word."""
STATIONARY = 2
"""Load of the stationary operand."""
MULTIPLY = 3
"""Choice of both factors; the broadcast word arrives now."""
SCALE = 7
"""Shift of the product."""
ACCUMULATE = 8
"""Accumulator update."""
SUM_READY = 9
"""The low half of the accumulator holds the sum: table input or kick register may take it."""
TAKE = 2
"""From taking a sum to having all of it, for a split or a cut: its high half follows one cycle later."""
CHOICE = 1
"""From the choice of a table, where there are several, to the split of its input."""
LOOKUP = 2
"""From the split of a table's input, which takes two stages, to the look-up's slot."""
LOOKUP_SPACING = 3
"""Cycles between two splits: the fraction waits that long for the table words."""
CUT_WRITE = 5
"""From taking a sum to the write of its cut: taken in two halves, shifted, compared, saturated."""
TABLE_SIGN = 9
"""Of a look-up slot: the interpolated value is rounded and gets its sign."""
SIGN_LIFE = LOOKUP + TABLE_SIGN
"""Cycles from the split of a table's input to the use of its sign; the lane's next split comes no earlier."""
TABLE_WRITE = 10
"""Of a look-up slot: the value is written; it can be read one cycle later."""
GRAD_READ = 6
"""Address of the gradient word the product is added to."""
GRAD_WRITE = 10
"""Write of that word; GRAD_WRITE - GRAD_READ is how long a read-modify-write takes."""
UPDATE = {"gradient": 0, "clear": 1, "shift": 4, "weight": 6, "sum": 10, "write": 11}
"""Stages of one word's update, from its gradient address on."""
KEEP = 1
"""A stage more before the write, in an array that keeps parameters to ranges: the control word of the usual write
names the range, the next one writes."""
