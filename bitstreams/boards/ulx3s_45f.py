"""Radiona ULX3S with an LFE5U-45F: 72 multipliers, 108 block RAMs; the same circuit board as the ULX3S-85F."""

from __future__ import annotations

from bitstreams.boards.ulx3s_85f import ULX3S_85F
from bitstreams.ecp5 import Device

__all__ = ["ULX3S_45F"]


class ULX3S_45F(ULX3S_85F):
    """Source: amaranth-boards (ulx3s.py), compared in the tests."""

    name = "ulx3s_45f"
    device = Device(size="45k", package="CABGA381", speed="6")
