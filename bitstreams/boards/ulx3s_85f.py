"""Radiona ULX3S with an LFE5U-85F: 156 multipliers, 208 block RAMs, USB serial line by an FT231X."""

from __future__ import annotations

from bitstreams.boards.board import Board
from bitstreams.ecp5 import Device

__all__ = ["ULX3S_85F"]


class ULX3S_85F(Board):
    """Source: the board's schematic and amaranth-boards (ulx3s.py), compared in the tests."""

    name = "ulx3s_85f"
    device = Device(size="85k", package="CABGA381", speed="6")
    clock_hz = 25e6
    clock_pin = "G2"
    uart_rx_pin = "M1"  # ftdi_txd
    uart_tx_pin = "L4"  # ftdi_rxd
    led_pins = ("B2", "C2", "C1", "D2", "D1", "E2", "E1", "H3")
    ties = {"wifi_gpio0": ("L2", 1)}  # low would let the ESP32 take the board over
