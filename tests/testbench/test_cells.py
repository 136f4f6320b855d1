"""Our models of the device's cells beside those of yosys: equal for all inputs, in the parameters that netlists have.

The models in testbench/cells are written from the data sheets. Yosys' own, by which its mapping is tested, are read
when the test runs, and proved equal; cells with state from power-up on, over as many clocks as a word takes to be
written and read again. DP16KD and MULT18X18D are black boxes there: what yosys maps memories and products to is played
in tests/rtl/primitives.
"""

import pytest

from bitstreams import tools
from testbench.netlist import CELLS

pytestmark = [pytest.mark.formal, pytest.mark.skipif(not tools.available("yosys"), reason="yosys is not installed")]

OWN = "own_"
CLOCKS = 6
LUTS = [0x0000, 0xFFFF, 0x96AA, 0x8000, 0x5A3C, 0xF3C0, 0x000A]
NETLIST_FFS = [
    f'.GSR("DISABLED"), .CEMUX("{enable}"), .REGSET("{value}"), .SRMODE("LSR_OVER_CE")'
    for enable in ("1", "CE", "INV")
    for value in ("SET", "RESET")
]


def renamed(text):
    """A model, and the models in it, by names of their own."""
    for path in CELLS.rglob("*.v"):
        text = text.replace(f"module {path.stem} ", f"module {OWN}{path.stem} ")
        text = text.replace(f" {path.stem} #(", f" {OWN}{path.stem} #(")
    return text


def equal(folder, ports, ours, theirs, *, change=lambda text: text, clocked=False):
    """Whether two circuits of the same ports ("input a, output [3:0] b") are proved equal; `change` edits models."""
    names = ["LUT4", "PFUMX", "L6MUX21", "CCU2C", "TRELLIS_FF", "TRELLIS_DPR16X4"]
    names += ["placed/TRELLIS_COMB", "placed/TRELLIS_RAMW"]
    models = "".join(renamed((CELLS / f"{name}.v").read_text()) for name in names)
    both = "".join(
        f"module {name}({ports});\n{body}\nendmodule\n" for name, body in (("ours", ours), ("theirs", theirs))
    )
    (folder / "own.v").write_text(change(models))
    (folder / "pair.v").write_text(both)
    sat = f"sat -seq {CLOCKS}" if clocked else "sat"
    script = ["read_verilog -overwrite +/ecp5/cells_sim.v", "read_verilog -sv own.v pair.v", "hierarchy", "proc"]
    script += [
        "flatten ours theirs",
        "memory ours theirs",
        "opt_clean",
        "miter -equiv -flatten ours theirs both",
        "hierarchy -top both",
    ]
    script += [f"{sat} -verify -show-inputs -prove trigger 0 both"]
    (folder / "prove.ys").write_text("\n".join(script) + "\n")
    try:
        tools.run("yosys", ["-q", "-l", "prove.log", "prove.ys"], folder, log="prove.log")
    except tools.ToolFailed as error:
        assert "proof did fail" in str(error), error
        return False
    return "no model found: SUCCESS!" in (folder / "prove.log").read_text()


def wires(ports):
    """Connections of ports by their names, of a declaration."""
    return ", ".join(f".{name}({name})" for name in (port.split()[-1] for port in ports.split(",")))


def same_cell(folder, cell, ports, parameters="", *, clocked=False, change=lambda text: text):
    """Our model of a cell beside yosys'."""
    own, theirs = (f"{prefix}{cell} #({parameters}) dut({wires(ports)});" for prefix in (OWN, ""))
    return equal(folder, ports, own, theirs, clocked=clocked, change=change)


LUT = "input A, input B, input C, input D, output Z"
CARRY = (
    ", ".join(f"input {pin}{bit}" for bit in "01" for pin in "ABCD") + ", input CIN, output S0, output S1, output COUT"
)
FF = "input CLK, input LSR, input CE, input DI, input M, output Q"
RAM = "input [3:0] DI, input [3:0] WAD, input [3:0] RAD, input WCK, input WRE, output [3:0] DO"
CHAIN = '.INIT0(16\'h96aa), .INIT1(16\'h96aa), .INJECT1_0("NO"), .INJECT1_1("NO")'
COMB = "input A, input B, input C, input D, input M, input F1, input FXA, input FXB, output F, output OFX"


@pytest.mark.parametrize("init", LUTS, ids=hex)
def test_look_up_tables(tmp_path, init):
    assert same_cell(tmp_path, "LUT4", LUT, f".INIT(16'd{init})")


def test_multiplexers(tmp_path):
    assert same_cell(tmp_path, "PFUMX", "input ALUT, input BLUT, input C0, output Z")
    assert same_cell(tmp_path, "L6MUX21", "input D0, input D1, input SD, output Z")


@pytest.mark.parametrize("inject", ["NO", "YES"])
def test_carry_cells(tmp_path, inject):
    for first, second in ((0x96AA, 0x96AA), (0x5A3C, 0x000A)):
        parameters = f'.INIT0(16\'d{first}), .INIT1(16\'d{second}), .INJECT1_0("NO"), .INJECT1_1("{inject}")'
        assert same_cell(tmp_path, "CCU2C", CARRY, parameters)


@pytest.mark.parametrize("parameters", NETLIST_FFS, ids=range(len(NETLIST_FFS)))
def test_flip_flops(tmp_path, parameters):
    assert same_cell(tmp_path, "TRELLIS_FF", FF, parameters, clocked=True)


def test_distributed_memory(tmp_path):
    assert same_cell(tmp_path, "TRELLIS_DPR16X4", RAM, ".INITVAL(64'h0123456789abcdef)", clocked=True)


@pytest.mark.parametrize("upper", [0, 1])
def test_placed_look_up_tables(tmp_path, upper):
    assert same_cell(tmp_path, "TRELLIS_COMB", COMB, f".MODE(\"LOGIC\"), .INITVAL(16'hf3c0), .IS_Z1(1'd{upper})")


@pytest.mark.parametrize("inject", ["NO", "YES"])
def test_two_placed_halves_are_a_carry_cell(tmp_path, inject):
    halves = "".join(
        f'{OWN}TRELLIS_COMB #(.MODE("CCU2"), .INITVAL(16\'h{init}), .CCU2_INJECT1("{inject}")) half{k}'
        f"(.A(A{k}), .B(B{k}), .C(C{k}), .D(D{k}), .FCI({carry_in}), .F(S{k}), .FCO({carry_out}));\n"
        for k, (init, carry_in, carry_out) in enumerate((("96aa", "CIN", "between"), ("5a3c", "between", "COUT")))
    )
    inits = f'.INIT0(16\'h96aa), .INIT1(16\'h5a3c), .INJECT1_0("{inject}"), .INJECT1_1("{inject}")'
    assert equal(tmp_path, CARRY, f"wire between;\n{halves}", f"CCU2C #({inits}) dut({wires(CARRY)});")


def placed_memory(order="DBCA"):
    """A write port and four bits, wired as nextpnr packs a memory; `order`: pins of the bits of the read address."""
    inputs = ["D0", "B0", "C0", "A0"], ["C1", "A1", "D1", "B1"]
    port = [f".{pin}(WAD[{k}]), .WADO{k}(to[{k}])" for k, pin in enumerate(inputs[0])]
    port += [f".{pin}(DI[{k}]), .WDO{k}(word[{k}])" for k, pin in enumerate(inputs[1])]
    text = f"wire [3:0] to, word;\n{OWN}TRELLIS_RAMW #() port({', '.join(port)});\n"
    pins = ", ".join(f".{pin}(RAD[{k}]), .WAD{k}(to[{k}])" for k, pin in enumerate(order))
    for k in range(4):
        pin = f"{pins}, .WD(word[{k}]), .WRE(WRE), .WCK(WCK), .F(DO[{k}])"
        text += f'{OWN}TRELLIS_COMB #(.MODE("DPRAM")) bit{k}({pin});\n'
    return text


def test_a_placed_write_port_and_four_bits_are_a_memory(tmp_path):
    theirs = f"TRELLIS_DPR16X4 #() dut({wires(RAM)});"
    assert equal(tmp_path, RAM, placed_memory(), theirs, clocked=True)
    assert not equal(tmp_path, RAM, placed_memory("DBAC"), theirs, clocked=True)


@pytest.mark.parametrize(
    ("cell", "ports", "parameters", "error"),
    [
        ("LUT4", LUT, ".INIT(16'h96aa)", ("B ? four[3:2] : four[1:0]", "B ? four[1:0] : four[3:2]")),
        ("CCU2C", CARRY, CHAIN, ("passes0 ? CIN : made0", "passes0 ? made0 : CIN")),
        ("TRELLIS_FF", FF, NETLIST_FFS[4], ('CEMUX == "INV" ? !CE : CE', "CE")),
        ("TRELLIS_FF", FF, NETLIST_FFS[2], ("initial Q = VALUE", "initial Q = !VALUE")),
        ("TRELLIS_DPR16X4", RAM, "", ("if (WRE) words[WAD]", "words[WAD]")),
    ],
    ids=["rows of a table", "way of a carry", "inverted enable", "state at power-up", "enable of a write"],
)  # fmt: skip
def test_an_error_in_a_model_is_seen(tmp_path, cell, ports, parameters, error):
    def change(text):
        assert text.count(error[0]) >= 1
        return text.replace(*error)

    clocked = cell.startswith("TRELLIS")
    assert not same_cell(tmp_path, cell, ports, parameters, clocked=clocked, change=change)
