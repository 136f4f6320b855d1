"""Muse Lab iCESugar-Pro with an LFE5U-25F: 28 multipliers, 56 block RAMs."""

from __future__ import annotations

from bitstreams.boards.board import Board
from bitstreams.ecp5 import Device

__all__ = ["ICESugarPro"]


class ICESugarPro(Board):
    """Source: amaranth-boards (icesugar_pro.py), compared in the tests."""

    name = "icesugar_pro"
    device = Device(size="25k", package="CABGA256", speed="6")
    clock_hz = 25e6
    clock_pin = "P6"
    uart_rx_pin = "A9"
    uart_tx_pin = "B9"
    led_pins = ("A11", "A12", "B11")
