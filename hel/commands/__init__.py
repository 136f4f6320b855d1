"""One command, one module: `arguments(parser)`, `run(args) -> result` and `text(result)`; its docstring is its help.

The summaries stand here so that `hel --help` imports no command.

May import of golden: errors, arithmetic, language, tasks, systems, compiler.passes, compiler, rules.glep, training,
checks, studies, peers; of rtl: hls.plan, hls.report, design, verilog, exported; of testbench: itself; of bitstreams:
netlist, boards, devices, estimate, learning; of hel: arguments, output, options, figures, optimiser, doctor, report,
explore, bench.
"""

SUMMARIES = {
    "new": "write a Hamiltonian of your own to start from",
    "systems": "list the built-in systems",
    "tasks": "list the tasks: data sets, sizes, sources, licences",
    "gradcheck": "echo learning against backpropagation, float and fixed point",
    "glep": "every boundary condition of the learning rule, side by side",
    "train": "train a system on a task with echo learning",
    "verify": "co-simulate the RTL against the golden model",
    "rtl": "write the array as Verilog with its memory map",
    "build": "bitstream and report for a board",
    "explore": "run a command over a sweep, on all processors or a cluster",
    "bench": "speed and memory of learning, side by side with JAX",
    "report": "one HTML page that shows runs",
    "doctor": "what this machine has and lacks, and how to get it",
}
