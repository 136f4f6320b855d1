"""Radiona ULX3S with an LFE5U-25F: 28 multipliers, 56 block RAMs; the same circuit board as the ULX3S-85F."""

from __future__ import annotations

from bitstreams.boards.ulx3s_85f import ULX3S_85F
from bitstreams.ecp5 import Device

__all__ = ["ULX3S_25F"]


class ULX3S_25F(ULX3S_85F):
    """Source: amaranth-boards (ulx3s.py), compared in the tests."""

    name = "ulx3s_25f"
    device = Device(size="25k", package="CABGA381", speed="6")
