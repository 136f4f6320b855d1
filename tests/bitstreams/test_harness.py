"""The harness wraps any module, and its figures are those of the module."""

import json

import pytest

from bitstreams import harness, tools
from bitstreams.harness import Port, measure, read_ports, wrapper
from golden.errors import HelError

ACCUMULATOR = """
module accumulator(input clk, input signed [17:0] a, b, input clear, output reg signed [39:0] sum);
  wire signed [35:0] p;
  wire [35:0] bits;
  assign p = bits;
  always @(posedge clk) sum <= (clear ? 40'd0 : sum) + p;
  MULT18X18D #(.REG_INPUTA_CLK("CLK0"), .REG_INPUTB_CLK("CLK0"), .REG_PIPELINE_CLK("CLK0"), .REG_OUTPUT_CLK("CLK0")) m(
    .CLK0(clk), .CE0(1'b1), .RST0(1'b0), .SIGNEDA(1'b1), .SIGNEDB(1'b1), .SOURCEA(1'b0), .SOURCEB(1'b0),
    ACONNECTIONS);
endmodule
""".replace(
    "ACONNECTIONS",
    ", ".join([f".A{k}(a[{k}]), .B{k}(b[{k}])" for k in range(18)] + [f".P{k}(bits[{k}])" for k in range(36)]),
)


def needs(*names):
    missing = [name for name in names if not tools.available(name)]
    return pytest.mark.skipif(bool(missing), reason=f"{', '.join(missing)} not installed")


@pytest.mark.pnr
@needs("yosys")
def test_ports_are_read_from_the_verilog_text(tmp_path):
    (tmp_path / "m.v").write_text(ACCUMULATOR)
    assert read_ports(["m.v"], "accumulator", tmp_path) == {
        "a": Port("input", 18),
        "b": Port("input", 18),
        "clear": Port("input", 1),
        "clk": Port("input", 1),
        "sum": Port("output", 40),
    }


@pytest.mark.parametrize(
    "ports, message",
    [
        ({"ck": Port("input", 1), "y": Port("output", 1)}, "module m has no clock input 'clk', it has ck, y"),
        ({"clk": Port("input", 1), "a": Port("input", 1)}, "module m has no output"),
        ({"clk": Port("input", 1), "y": Port("inout", 1)}, "the harness drives inputs and outputs, port y is inout"),
    ],
)
def test_modules_that_cannot_be_wrapped_are_refused(ports, message):
    with pytest.raises(HelError, match=message):
        wrapper("m", ports)


@pytest.mark.pnr
@pytest.mark.slow
@needs("yosys", "nextpnr-ecp5")
def test_a_multiply_accumulate_is_measured(tmp_path, capsys):
    """One place and route: figures of the module alone, all registers of the multiplier honoured in the timing."""
    file = tmp_path / "accumulator.v"
    file.write_text(ACCUMULATOR)
    work = tmp_path / "work"
    assert harness.main([str(file), "accumulator", "--seed", "1", "--json", "--folder", str(work)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["dsp"], figures["bram"], figures["ff"]) == (1, 0, 40)
    assert figures["ff_total"] == 40 + 37 + 2 * 40
    assert 150e6 < figures["fmax_hz"] < 300e6  # an unregistered multiplier gives less than 100 MHz
    assert "sum" in figures["path_end"]
    assert figures["nextpnr"] != "unknown" and "Yosys" in figures["yosys"]


def test_user_errors_are_one_line(tmp_path, capsys):
    assert harness.main([str(tmp_path / "none.v"), "m"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(HelError, match="speed grades are 6, 7, 8, got '5'"):
        measure([tmp_path / "none.v"], "m", speed="5")
