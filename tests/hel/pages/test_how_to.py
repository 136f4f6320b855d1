"""What the how-to pages say of the array's port is what the array has."""

from pathlib import Path

from hel.pages.blocks import blocks
from rtl.design import Design
from rtl.hls.plan.registers import IDENTITY_WORD, Address, Streams
from rtl.streams.host_request import HostRequest
from rtl.verilog import report

TEXT = (Path(__file__).parents[3] / "docs/how_to/integrate_the_rtl.md").read_text()


def test_addresses():
    for address in Address:
        place = f"| 0x{int(address):02x}" if address != Address.STORE else f"| 0x{int(address):04x} + 4 i + part"
        assert f"{place} | `{address.name}` |" in TEXT
    assert f"`0x{IDENTITY_WORD:08X}`" in TEXT
    assert "1 for inputs, 2 for words to load, 4 for words to send" in TEXT
    assert (Streams.INPUTS, Streams.LOADS, Streams.SENDS) == (1, 2, 4)


def test_the_layout_of_a_request():
    ends = {"data": "31:0", "addr": "47:32", "write": "48"}
    for name, field in HostRequest:
        low, high = field.offset, field.offset + field.width - 1
        assert ends[name] == (f"{high}:{low}" if high > low else str(low)) and f"| {ends[name]} |" in TEXT


def test_ports():
    ports = report(Design("dense", neurons=4, inputs=1, elements=2))["ports"]
    top = next(block.text for block in blocks(TEXT) if block.text.startswith("// top.v"))
    for name, bits in ports.items():
        assert f"`{name}`" in TEXT and f".{name}(" in top
        assert bits == 1 or f"| {bits}, 1, 1 |" in TEXT
