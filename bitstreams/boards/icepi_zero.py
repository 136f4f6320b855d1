"""Icepi Zero with an LFE5U-25F: 28 multipliers, 56 block RAMs."""

from __future__ import annotations

from bitstreams.boards.board import Board
from bitstreams.ecp5 import Device

__all__ = ["IcepiZero"]


class IcepiZero(Board):
    """Version 1.3. Source: amaranth-boards (icepi_zero.py), compared in the tests."""

    name = "icepi_zero"
    device = Device(size="25k", package="CABGA256", speed="6")
    clock_hz = 50e6
    clock_pin = "M1"
    uart_rx_pin = "K16"
    uart_tx_pin = "K15"
    led_pins = ("E13", "D14", "E12", "C13", "D13")
