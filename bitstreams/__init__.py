"""From Verilog to a bitstream: boards, tools, builds and their reports."""
