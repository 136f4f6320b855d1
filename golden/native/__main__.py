"""Prints the C of a system's program: python -m golden.native SYSTEM [-n N] [-m M] [--formats "operand_bits=16 ..."]"""

from __future__ import annotations

import argparse

from golden.arithmetic.formats import Formats
from golden.compiler.compile import compile_system
from golden.native.source import Source
from golden.systems import sized

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m golden.native", description=__doc__)
    parser.add_argument("system", help="a built-in system, or path/to/file.py:Class")
    parser.add_argument("-n", "--neurons", type=int, default=None)
    parser.add_argument("-m", "--inputs", type=int, default=None)
    parser.add_argument("--formats", default="", help='for example "operand_bits=16 log2_inverse_step=2"')
    given = parser.parse_args()
    made = sized(given.system, neurons=given.neurons, inputs=given.inputs, usual_neurons=16, usual_inputs=4)
    print(Source(compile_system(made, Formats.parse(given.formats))), end="")
