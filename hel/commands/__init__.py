"""One command, one module: `arguments(parser)`, `run(args) -> result` and `text(result)`; its docstring is its help.

The summaries stand here so that `hel --help` imports no command.
"""

SUMMARIES = {
    "systems": "list the built-in systems",
    "gradcheck": "echo learning against backpropagation, float and fixed point",
    "glep": "every boundary condition of the learning rule, side by side",
    "train": "train a system on a task with echo learning",
    "verify": "co-simulate the RTL against the golden model",
    "rtl": "write the array as Verilog with its memory map",
    "build": "bitstream and report for a board",
}
