"""LambdaConcept ECPIX-5 with an LFE5UM5G-85F, speed grade 8: 156 multipliers, 208 block RAMs."""

from __future__ import annotations

from bitstreams.boards.board import Board
from bitstreams.ecp5 import Device

__all__ = ["ECPIX5_85F"]


class ECPIX5_85F(Board):
    """Source: amaranth-boards (ecpix5.py), compared in the tests."""

    name = "ecpix5_85f"
    device = Device(size="um5g-85k", package="CABGA554", speed="8")
    clock_hz = 100e6
    clock_pin = "K23"
    uart_rx_pin = "R26"
    uart_tx_pin = "R24"
    led_pins = ("R21", "W21", "K24", "R23")  # the green ones
    led_lit = 0
