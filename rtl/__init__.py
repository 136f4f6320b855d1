"""The array: from a typed program to control words, from a geometry to Amaranth, and what a host says to it.

Rooms (tests/test_floor_plan.py holds them to what they say they may import):

    hls         program -> ring plan -> checked schedule of control words; the cycle model. No Amaranth
    design      a system on an array, in formats: what commands, benches and builds are given. No Amaranth
    primitives  multiplier and memories, as plain Amaranth and as cells of a device
    element     one element of the ring
    streams     queues, buffers and requests between host port, sequencer and ring
    host        driver, requests, serial bridge

and on top of them, a file each:

    ring        the elements, each talking to its neighbour, and the tree that brings them control words
    sequencer   commands to control words
    array       the top module: host port, sequencer, ring
    verilog     its text, and what a user of it must know

Of hls, whatever is wired knows the plan alone: a schedule is loaded.

In: `golden.program.Program`, `rtl.hls.Geometry`. Out: `rtl.hls.Schedule`, Verilog, requests. Imports golden.
"""
