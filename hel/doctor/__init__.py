"""What `hel doctor` looks at: each thing that a command may need, found or not, and what to do about it.

    check       one finding, and the rule that looking for it never fails
    python      the interpreter, its shared library, its environment, its packages by extra
    programs    compilers, simulators, FPGA tools: those of PATH and those of the Python index
    machine     the cache, temporary files, the locale, serial ports

Remedies are those that the commands themselves give (`testbench.tools`, `bitstreams.tools`). Only Python's own library
is imported: this room works where nothing else does.

May import of golden: errors, computer; of testbench: itself; of bitstreams: tools.
"""
