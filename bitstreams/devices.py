"""How much a device has: read from devices.toml, a table a device.

>>> DEVICES["lfe5u_85f"].dsp
156
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from bitstreams.ecp5 import Device

__all__ = ["DEVICES", "DeviceSize", "size_of"]


@dataclass(frozen=True)
class DeviceSize:
    """Cells of one device.

    Members
    -------
    family : "ecp5" has a flow from RTL to bitstream here; for others an estimate says only whether it is worth a port
    lut, ff : 4-input look-up tables and flip-flops
    dsp : 18 x 18 multipliers
    bram : block RAMs of 18 kbit
    full : the part of LUTs and flip-flops that placement can use
    """

    name: str
    family: str
    lut: int
    ff: int
    dsp: int
    bram: int
    full: float = 0.9


def _read() -> dict[str, DeviceSize]:
    tables = tomllib.loads(Path(__file__).with_name("devices.toml").read_text(encoding="utf-8"))
    return {name: DeviceSize(name=name, **fields) for name, fields in tables.items()}


DEVICES = _read()
"""Name -> size, in the order of the file."""


def size_of(device: Device) -> DeviceSize:
    """The size of the ECP5 that a board has.

    >>> size_of(Device("85k", "CABGA381", "6")).name
    'lfe5u_85f'
    """
    return DEVICES[f"lfe5u_{device.size.removesuffix('k').removeprefix('um-').removeprefix('um5g-')}f"]
