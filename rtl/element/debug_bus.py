"""The debug bus of an element: its architectural registers side by side, sampled once a clock where they are wanted.

A bus that followed its registers would be put together again at each of their changes, which costs an event-driven
simulator more than the array itself. So a module of its own samples them while the clock falls, when all of them hold
what they have before the next rising edge, and only while `enable` is high. It is for simulation alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from amaranth.hdl import ClockSignal, Instance, Module, Signal

from rtl.hls.plan.debug_bus import debug_bus_bits, debug_bus_layout
from rtl.hls.plan.geometry import Geometry

__all__ = ["MODULE", "debug_bus_verilog", "join_debug_bus"]

MODULE = "hel_debug_bus"


def debug_bus_verilog(geometry: Geometry) -> str:
    """Verilog text of the module that samples; its inputs are the registers by name, and `clk` and `enable`.

    >>> lines = debug_bus_verilog(Geometry(elements=2, neurons=2, inputs=0)).splitlines()
    >>> lines[3].strip(), lines[-2].split("{")[0].strip()
    ('input [17:0] x0,', 'always @(negedge clk) if (enable) debug_bus =')
    """
    layout = debug_bus_layout(geometry)
    ports = [f"  input [{bits - 1}:0] {name}," for name, bits in layout.items()]
    return "\n".join(
        [
            f"module {MODULE}(",
            "  input clk,",
            "  input enable,",
            *ports,
            f"  output reg [{debug_bus_bits(geometry) - 1}:0] debug_bus",
            ");",
            f"  always @(negedge clk) if (enable) debug_bus = {{{', '.join(reversed(layout))}}};",
            "endmodule",
            "",
        ]
    )


def join_debug_bus(
    m: Module, geometry: Geometry, registers: Mapping[str, Signal | Sequence[Signal]], enable: Signal, bus: Signal
) -> None:
    """Puts the module that samples into an element; `registers` are its own by name, pairs by their stem."""
    ports = {}
    for name, bits in debug_bus_layout(geometry).items():
        own = registers.get(name)
        found = own if isinstance(own, Signal) else registers[name[:-1]][int(name[-1])]
        assert len(found) == bits, name
        ports[f"i_{name}"] = found
    m.submodules.debug_bus = Instance(MODULE, i_clk=ClockSignal(), i_enable=enable, **ports, o_debug_bus=bus)
