"""The Verilog: one element whatever P, the same text every time."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from rtl.design import Design
from rtl.hls import Geometry
from rtl.hls.plan.debug_bus import debug_bus_bits, debug_bus_layout
from rtl.hls.plan.registers import Address
from rtl.verilog import KEPT_MODULES, array_verilog, report

GEOMETRY = Geometry(elements=3, neurons=6, inputs=2)


@cache
def text(geometry: Geometry) -> str:
    return array_verilog(geometry)


def modules(text: str) -> list[str]:
    return re.findall(r"^module (\S+)\(", text, re.MULTILINE)


def body(text: str, module: str) -> str:
    """From a module's header to its end; its submodules are modules of their own."""
    return text[text.index(f"\nmodule {module}(") :].split("endmodule")[0]


def element(text: str) -> str:
    """The element and its submodules: all that comes before the branch."""
    return text.split("\nmodule hel_branch(")[0]


def test_two_conversions_are_equal() -> None:
    assert array_verilog(GEOMETRY) == text(GEOMETRY)


@pytest.mark.parametrize("elements", [1, 6])
def test_one_element_is_converted_and_instantiated_p_times(elements: int) -> None:
    found = text(Geometry(elements, 6, 2))
    names = modules(found)
    assert len(names) == len(set(names))
    for module in (*KEPT_MODULES, "hel_array"):
        assert names.count(module) == 1
    assert len(re.findall(r"^\s+hel_element element\d+ ", found, re.MULTILINE)) == elements


def test_the_element_does_not_depend_on_p_where_widths_do_not() -> None:
    """Elements carry no index: 6 neurons on 1 or on 3 elements are the same module."""
    assert element(text(Geometry(1, 6, 2))) == element(text(GEOMETRY))


def test_the_text_carries_no_paths() -> None:
    assert "(* src" not in text(GEOMETRY) and ".py" not in text(GEOMETRY)


def test_ports_of_the_array() -> None:
    declared = body(text(GEOMETRY), "hel_array")
    ports = set(re.findall(r"^\s+(?:input|output) (?:\[\d+:0\] )?(\S+);", declared, re.MULTILINE))
    assert ports == {"clk", "rst", "i__payload", "i__valid", "i__ready", "o__payload", "o__valid", "o__ready"}
    recorded = body(array_verilog(GEOMETRY, debug_bus=True), "hel_array")
    assert re.search(rf"output \[{3 * debug_bus_bits(GEOMETRY)}:0\] debug_bus;", recorded)
    assert "output debug_bus_valid;" in recorded and "input debug_bus_enable;" in recorded


def test_the_debug_bus_is_sampled_and_follows_no_register() -> None:
    """A bus that is put together at each change of a register costs Icarus more than the array."""
    recorded = array_verilog(GEOMETRY, debug_bus=True)
    sampled = body(recorded, "hel_debug_bus")
    assert "always @(negedge clk) if (enable) debug_bus = {flags, io, wdata," in sampled
    for name, bits in debug_bus_layout(GEOMETRY).items():
        assert f"input [{bits - 1}:0] {name}," in sampled
    assert not re.search(r"assign debug_bus = ", body(recorded, "hel_element"))
    assert "debug_bus" not in array_verilog(GEOMETRY)


def test_the_report_of_an_array() -> None:
    design = Design("dense", neurons=6, elements=3, inputs=2)
    assert array_verilog(design.geometry) == text(replace(GEOMETRY, ranges=((4096, 131071),)))
    found = report(design)
    assert found["registers"]["commit"] == Address.COMMIT
    assert found["parameters"]["W"] == {"address": 3, "words": 12, "layout": "matrix"}
    assert found["segments"]["echo"]["start"] == found["segments"]["forward"]["words"]
    assert found["cycles_per_step"] == found["segments"]["forward"]["words"] + 1
    assert len(found["control_store"]) == sum(s["words"] for s in found["segments"].values())


def test_a_system_the_ring_lacks_is_refused() -> None:
    """Bits of operands that the multipliers lack; what the ring has no form for is a matter of `hls/test_bind.py`."""
    with pytest.raises(HelError, match="^the multipliers take operands of 8 to 18 bits, got 20"):
        report(Design("springs", neurons=4, elements=2, formats=Formats(operand_bits=20, fraction_bits=14)))
