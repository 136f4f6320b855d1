"""What a board's file says, and the pin constraints that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from bitstreams.ecp5 import Device

__all__ = ["Board"]


class Board:
    """Attributes of one ECP5 board.

    clock_hz, clock_pin: its oscillator; uart_rx_pin: input of the FPGA, uart_tx_pin: output; led_pins: outputs, lit by
    the level led_lit; ties: outputs that must be held at a level, name -> (pin, level); io_type: standard of all pins.
    """

    name: ClassVar[str]
    device: ClassVar[Device]
    clock_hz: ClassVar[float]
    clock_pin: ClassVar[str]
    uart_rx_pin: ClassVar[str]
    uart_tx_pin: ClassVar[str]
    led_pins: ClassVar[tuple[str, ...]]
    led_lit: ClassVar[int] = 1
    ties: ClassVar[Mapping[str, tuple[str, int]]] = {}
    io_type: ClassVar[str] = "LVCMOS33"

    @classmethod
    def pins(cls) -> dict[str, str]:
        """Port of the board's top module -> pin of the package."""
        pins = {"clk_in": cls.clock_pin, "uart_rx": cls.uart_rx_pin, "uart_tx": cls.uart_tx_pin}
        pins |= {f"led[{bit}]": pin for bit, pin in enumerate(cls.led_pins)}
        return pins | {name: pin for name, (pin, _) in cls.ties.items()}

    @classmethod
    def constraints(cls) -> str:
        """The LPF text: place and standard of every pin, frequency of the oscillator."""
        lines = [f'FREQUENCY PORT "clk_in" {cls.clock_hz / 1e6:g} MHZ;']
        for port, pin in cls.pins().items():
            lines += [f'LOCATE COMP "{port}" SITE "{pin}";', f'IOBUF PORT "{port}" IO_TYPE={cls.io_type};']
        return "\n".join(lines) + "\n"
