"""Verilog of an array: element and branch once each, then the array that instantiates them."""

from __future__ import annotations

from amaranth.back import verilog

from rtl.array import Array
from rtl.element import Element
from rtl.hls.geometry import Geometry
from rtl.ring import Branch

__all__ = ["KEPT_MODULES", "array_verilog"]

KEPT_MODULES = ("hel_element", "hel_branch")
"""Modules whose hierarchy synthesis keeps: one is synthesised once, and no tree register is merged with its twin."""


def array_verilog(geometry: Geometry, technology: str = "behavioural", trace: bool = False) -> str:
    """Verilog text of `hel_array`, `hel_element`, `hel_branch`. Clock `clk`, synchronous reset `rst`."""
    parts = [
        verilog.convert(
            Element(geometry, technology, trace), name="hel_element", emit_src=False, strip_internal_attrs=True
        ),
        verilog.convert(Branch(geometry), name="hel_branch", emit_src=False, strip_internal_attrs=True),
        verilog.convert(
            Array(geometry, technology, trace), name="hel_array", emit_src=False, strip_internal_attrs=True
        ),
    ]
    return "\n".join(parts)
