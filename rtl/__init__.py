"""The array: from a typed program to control words, from a geometry to Amaranth, and what a host says to it.

Rooms, each of which imports those before it (tests/rtl/test_rooms.py holds them to it):

    hls             program -> ring plan -> checked schedule of control words; the cycle model. No Amaranth
    primitives      multiplier and memories, behavioural and as cells of a device
    element         one element of the ring
    streams         queues, buffers and requests between host port, sequencer and ring
    host            driver, requests, serial bridge
    ring, sequencer, array, verilog     the elements together, what gives them control words, the top module, its text

In: `golden.program.Program`, `rtl.hls.Geometry`. Out: `rtl.hls.Schedule`, Verilog, requests. Imports golden.
"""
