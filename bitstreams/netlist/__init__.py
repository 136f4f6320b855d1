"""The array as the FPGA tools leave it, to be simulated: after synthesis, and after placement and routing.

`make.netlist` makes a netlist of an array of any geometry, or finds it in the cache; `pins.driven` makes plain what
placed cells leave unsaid.

In: a geometry. Out: a `Netlist`, Verilog of `hel_array` with the device's cells, whose models are in testbench/cells.

May import of golden: errors, computer; of rtl: hls, verilog; of bitstreams: tools, ecp5.
"""

from bitstreams.netlist.make import STAGES, Netlist, netlist

__all__ = ["STAGES", "Netlist", "netlist"]
