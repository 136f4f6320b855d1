"""From Verilog to a bitstream: boards, tools, builds and their reports.

    devices, estimate, choose, calibrate   what an array takes of a device, before any tool runs, and the fit
    boards, pll, top                       a board's pins and clock, and the module around the array
    tools, ecp5, harness                   yosys, nextpnr and ecppack; one module by itself
    floorplan, tiles                       where the elements lie, of one bank and of several
    netlist                                an array after synthesis and after routing, as Verilog to simulate
    build, learning, element               a build job and its report; of a design; of one element

In: a `rtl.design.Design` and a board. Out: a folder with bitstream and report. What each module may import is in
hel/pages/floor_plan.toml: they stand beside each other as rooms of their own.
"""
