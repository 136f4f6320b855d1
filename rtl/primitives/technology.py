"""Which form of a primitive is elaborated: plain Amaranth, or the cells of a device family.

Both forms of every primitive are equal in every cycle (tests/rtl/primitives drives them side by side), so a design
is simulated in its behavioural form and built in the other one.
"""

from __future__ import annotations

from amaranth.hdl import Value

from golden.errors import HelError

__all__ = ["TECHNOLOGIES", "bus", "check_technology"]

TECHNOLOGIES = ("behavioural", "ecp5")


def check_technology(technology: str) -> str:
    """Returns `technology`; raises HelError when it is not one of TECHNOLOGIES."""
    if technology not in TECHNOLOGIES:
        raise HelError(
            f"technology must be one of {', '.join(TECHNOLOGIES)}, got {technology!r}; "
            "behavioural is for simulation, ecp5 for builds"
        )
    return technology


def bus(direction: str, name: str, value: Value) -> dict[str, Value]:
    """Instance keywords for single-bit ports, one a bit of `value`: bus("i", "A", a) is {"i_A0": a[0], ...}."""
    return {f"{direction}_{name}{bit}": value[bit] for bit in range(len(value))}
