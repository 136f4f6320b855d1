"""The sticky flags of the golden model and of the array: what went wrong since they were cleared."""

from enum import IntFlag

__all__ = ["Flags"]


class Flags(IntFlag):
    """Sticky flags, in the order of the hardware's register."""

    Q_OVERFLOW = 1
    P_OVERFLOW = 2
    OPERAND_CLIPPED = 4
    G_OVERFLOW = 8
    THETA_CLIPPED = 16
    ARGUMENT_CLAMPED = 32
