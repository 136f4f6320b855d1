"""What the pins of placed cells carry where no net drives them, made plain in a netlist that nextpnr wrote.

A placed cell has pins without a net, and block memories say of some by a parameter PINMUX what comes instead: a
constant 0 or 1, or INV, the pin inverted. A pin that nothing drives reads 1; the reset of a flip-flop without one is
off; pins of a multiplier that stay open belong to modes which it is not in. After `driven` every input of a cell has a
net or a constant, and the models in testbench/cells/placed need to know none of this.

Source: FPGA-DS-02012 (ECP5 family data sheet) for open pins; Project Trellis for the multiplexers of pins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from golden.errors import HelError

__all__ = ["driven"]

CLOCKS = ("CLKAMUX", "CLKBMUX")
"""Multiplexers that the model of a block memory knows itself."""
PINS = {"INPUT": {"B": "input", "O": "output"}, "OUTPUT": {"I": "input", "B": "output"}}
"""Directions of a pin of the device -> the ports of its cell that are used, and theirs."""


def driven(name: str, cell: Mapping[str, Any]) -> dict[str, Any]:
    """A cell of nextpnr's JSON with every used input driven; raises HelError for what is not modelled.

    >>> pins = {"LSR": [], "CE": [], "M": [], "DI": [7], "Q": [8]}
    >>> ways = {pin: "output" if pin == "Q" else "input" for pin in pins}
    >>> cell = {"type": "TRELLIS_FF", "parameters": {}, "attributes": {}, "port_directions": ways, "connections": pins}
    >>> driven("word", cell)["connections"]
    {'LSR': ['0'], 'CE': ['1'], 'M': ['1'], 'DI': [7], 'Q': [8]}
    """
    kind, parameters, ways = cell["type"], dict(cell["parameters"]), dict(cell["port_directions"])
    connections = {pin: net for pin, net in cell["connections"].items() if net}
    if kind == "TRELLIS_IO":
        return _pin(name, cell, connections)
    if kind != "MULT18X18D":
        idle = {("TRELLIS_FF", "LSR"): "0"}
        connections |= {
            pin: [idle.get((kind, pin), "1")]
            for pin, net in cell["connections"].items()
            if not net and ways[pin] == "input"
        }
    if kind == "DP16KD":
        for pin in sorted(pin for pin, way in ways.items() if way == "input"):
            if f"{pin}MUX" in parameters and f"{pin}MUX" not in CLOCKS:
                connections[pin] = _multiplexed(name, pin, parameters.pop(f"{pin}MUX"), connections[pin])
    if kind == "TRELLIS_COMB":
        parameters["IS_Z1"] = f"{cell['attributes']['NEXTPNR_BEL'].endswith('K1'):d}"
    kept = {pin: connections[pin] for pin in cell["connections"] if pin in connections}
    return {
        **cell, "parameters": parameters, "attributes": {},
        "port_directions": {pin: ways[pin] for pin in kept}, "connections": kept,
    }  # fmt: skip


def _pin(name: str, cell: Mapping[str, Any], connections: Mapping[str, list[Any]]) -> dict[str, Any]:
    """A pin of the device as a cell whose ports have one direction each."""
    parameters = {key: value.strip() for key, value in cell["parameters"].items()}
    direction = parameters.pop("DIR")
    ways = PINS.get(direction)
    if ways is None or connections.keys() != ways.keys() or set(parameters.values()) - {"PADDO"}:
        raise HelError(
            f"a pin of a netlist is a plain input or output, got {direction} on {name}; give the array plain ports"
        )
    kind = f"TRELLIS_IO_{direction}"
    return {
        **cell, "type": kind, "parameters": {}, "attributes": {}, "port_directions": ways,
        "connections": dict(connections),
    }  # fmt: skip


def _multiplexed(name: str, pin: str, way: str, net: list[Any]) -> list[Any]:
    """What a pin carries behind its multiplexer."""
    way = way.strip()  # nextpnr writes a word of digits with a space behind it
    if way == pin:
        return net
    if way in ("0", "1"):
        return [way]
    if way == "INV" and net[0] in ("0", "1"):
        return ["1" if net[0] == "0" else "0"]
    raise HelError(f"pin {pin} of {name} is behind {way}, which is not modelled; report it with the design")
