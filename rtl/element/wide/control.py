"""The control word of a wide element as signals; see `rtl.hls.plan.wide_control`."""

from __future__ import annotations

from amaranth.hdl import unsigned
from amaranth.lib import data

from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.wide_control import VectorSource, bank_widths, shared_widths
from rtl.hls.plan.width import Width

__all__ = ["VectorSource", "bank_layout", "bank_widths", "shared_layout", "shared_widths"]


def bank_layout(geometry: Geometry, width: Width) -> data.StructLayout:
    """As a signal."""
    return data.StructLayout({name: unsigned(bits) for name, bits in bank_widths(geometry, width).items()})


def shared_layout(geometry: Geometry, width: Width) -> data.StructLayout:
    """As a signal."""
    return data.StructLayout({name: unsigned(bits) for name, bits in shared_widths(geometry, width).items()})
