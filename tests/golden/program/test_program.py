import doctest
import re
from pathlib import Path

import pytest

from golden import systems
from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.errors import HelError
from golden.program import Program
from tests.golden.dynamics.cases import NAMES, build

DENSE = """
program dense n=16 m=8
formats fraction_bits=16 operand_bits=18 integer_bits=6 log2_inverse_step=3 g_bits=36 g_cut=6 clip_log2=9
parameter al [16] from 4096 to 131071
parameter W [16, 16]
parameter B [16, 8]
parameter b [16]
x = cut q SQ(5, 13)            # the only cut of a state word
al_x = mul al x
W_x = matvec W x               : SQ(11, 29) [16]
B_u = matvec B u
b_one = mul b one
z = sum + W_x + B_u + b_one
zt = round floor z 11
s = table tanh zt              : SQ(1, 17) [16]
Wt_s = matvec_t W s
F = sum + al_x << 4 + Wt_s
K = round half_up F 20         : SQ(7, 13) [16]
Bt_s = matvec_t B s
kick K
gradient al = mul x x scale +2**-1
gradient W = outer s x
gradient B = outer s u
gradient b = mul s one
input Bt_s
nudge half_up 4
"""


def test_the_dense_program_by_hand():
    assert Program.parse(DENSE).verify() == compile_system(systems.get("dense", n=16, m=8))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("formats", [Formats(), Formats(12, 16, 5, 2), Formats(8, 10, 4, 4), Formats(20, 22)])
def test_text_round_trip(name, formats):
    program = build(name, formats=formats)[0]
    assert Program.parse(str(program)) == program
    assert Program.parse(str(program)).digest == program.digest


def test_accumulator_bits_by_interval():
    """Extremes of dense, n = 128, m = 8: 128 + 8 products of 2**34 and b * one; and al x << 4 with 128 products."""
    program = compile_system(systems.get("dense", n=128, m=8))
    assert program.accumulator_bits == 43
    z = program.types["z"]
    assert z.high == 136 * 2**34 + (2**17 - 1) * 2**13 and z.bits == 43
    assert program.types["F"].high == 2**38 + 128 * 2**17 * (2**17 - 1)


def test_update_offsets_and_scales():
    """al: x x has fraction 2w - 10 and scale 1/2: offset -4 + 1."""
    program = build("dense")[0]
    assert [program.update_offset(name) for name in ("al", "W", "B", "b")] == [-3, 0, 0, 0]
    assert program.gradient_log2("W") == (1, -24) and program.gradient_log2("al") == (1, -21)
    linear = build("linear")[0]
    assert linear.gradient_log2("B") == (-1, -20) and linear.update_offset("B") == -4


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("x = cut", "x = clip", "line 8: an operation is one of cut, turn, matvec"),
        ("W_x = matvec W x", "W_x = matvec W", "line 10: not a line of a program"),
        ("W_x = matvec W x", "W_x = matvec W y", 'a value is defined before its use, got "y"'),
        ("W_x = matvec W x", "W_x = mul al p", 'a value is defined before its use, got "p"'),
        ("W_x = matvec W x", "W_x = matvec B x", r"shapes must be \(n, m\) and \(m,\), got \(16, 8\) and \(16,\)"),
        (
            "W_x = matvec W x",
            "W_x = matvec W q",
            "a multiplier operand has at most 18 bits, got q with 26; cut it first",
        ),
        ("b_one = mul b one", "b_one = mul b u", r"operands must have one shape, got \(16,\) and \(8,\)"),
        ("zt = round", "x = round", 'a value is defined once, got a second "x"'),
        ("floor z 11", "floor z 10", "a table's argument has fraction 18, got 19; round it by floor first"),
        ("floor z 11", "truncate z 11", "line 14: not a line of a program"),
        ("table tanh", "table erf", "there are tables for tanh, sin, cos, logistic, got erf"),
        ("al_x << 4", "al_x << 3", "a term of fraction 29 in a sum of fraction 33 is shifted by 4, got 3 for al_x"),
        ("half_up F 20", "floor F 20", "the kick is one half_up rounding of the force, got K = round floor F 20"),
        (": SQ(7, 13) [16]", ": SQ(8, 13) [16]", r"the type is SQ\(7, 13\) \[16\], got SQ\(8, 13\) \[16\]"),
        ("SQ(5, 13)  ", "SQ(6, 13)  ", r"an operand has at most 18 bits, got SQ\(6, 13\)"),
        ("gradient b = mul s one\n", "", r"one gradient, in order \(al, W, B, b\), got al, W, B; add or move"),
        ("outer s x", "outer s u", r"the product has the parameter's shape \(16, 16\), got \(16,\) and \(8,\)"),
        ("outer s x", "outer s q", "a multiplier operand has at most 18 bits, got q with 26"),
        ("input Bt_s", "input s", r"dV/du has shape \(8,\), got \(16,\)"),
        ("input Bt_s", "input v", 'input v: a value is defined before its use, got "v"'),
        ("nudge half_up 4", "nudge half_up 5", "shifted by k \\+ 1 = 4, got 5"),
        ("g_cut=6", "g_cut=99", "line 3: g_cut .* must be an integer from 0 to 24, got 99"),
        ("parameter b", "parameter q", 'a parameter\'s name must be its own, got "q"'),
        ("program dense n=16 m=8\n", "", "a program starts with"),
        ("parameter b [16]", "parameter b [16] symmetric", r"a symmetric parameter is a square matrix, got b \[16\]"),
        ("parameter b [16]", "parameter b [16]\nconstant b [2] [0:2]=3", 'a constant\'s name must be its own, got "b"'),
        ("parameter b [16]", "parameter b [16]\nconstant c [2] [0:3]=3", r"a run lies inside \[2\], got \[0:3\]=3|\+0"),
        ("W_x = matvec W x", "W_x = matvec W one", "shapes must be"),
        ("b_one = mul b one", "b_one = mul x b", "the second factor is an operand or one, got b; cut it"),
        ("b_one = mul b one", "b_one = mul b q", "a multiplier operand has at most 18 bits, got q with 26"),
        ("sum + al_x << 4 + Wt_s", "sum + al_x << 4 + Wt_s + K0", 'got "K0"'),
        ("zt = round floor z", "y = sum + z\nzt = round floor y", "a term is a product, got z; multiply it by one"),
        ("table tanh zt", "table tanh z18", 'got "z18"'),
        ("mul s one", "mul b one", "a factor is a cut or a table's output, got b; cut it first"),
    ],
)
def test_errors_name_the_rule_the_value_and_the_way_out(old, new, message):
    text = DENSE if ":" in old else re.sub(" +: SQ.*", "", DENSE)
    assert old in text
    with pytest.raises(HelError, match=message):
        Program.parse(text.replace(old, new)).verify()


def test_a_kick_of_the_wrong_fraction():
    text = DENSE.replace("F 20         : SQ(7, 13) [16]", "F 19")
    with pytest.raises(HelError, match=r"fraction 13 \(h times the force in p's format\), got \(16,\) and 14; change"):
        Program.parse(text).verify()


def test_exactness_of_products_is_checked():
    system = systems.get("dense", n=64, m=1)
    with pytest.raises(
        HelError, match="2 \\* operand_bits \\+ log2\\(terms\\) <= 53 bits to be exact, got 54 for 64 terms"
    ):
        compile_system(system, Formats(operand_bits=24))


def test_needed_is_the_kick_alone():
    program = build("dense")[0]
    assert [op.name for op in program.needed(["K"])] == "x al_x W_x B_u b_one z zt s Wt_s F K".split()


def test_unknown_parameter():
    with pytest.raises(HelError, match='dense has the parameters al, W, B, b, got "C"; choose one of them'):
        build("dense")[0].gradient("C")


def test_the_example_of_the_document_runs():
    page = Path(__file__).parents[3] / "docs/program.md"
    result = doctest.testfile(str(page), module_relative=False)
    assert result.attempted and not result.failed


def test_a_range_comes_back_and_goes_up():
    ranged, plain = Program.parse(DENSE).verify(), Program.parse(DENSE.replace(" from 4096 to 131071", ""))
    assert str(ranged.range_of("al")) == "from 4096 to 131071" and ranged.range_of("W") is None
    assert Program.parse(str(ranged)) == ranged != plain and plain.range_of("al") is None
    for ends in ("from 5 to 5", "from -131073 to 0", "from 0 to 131072"):
        rule = f"the range of a parameter goes up, from -131072 to 131071 at the most, got al {ends}; give it another"
        with pytest.raises(HelError, match=f"^{rule}$"):
            Program.parse(DENSE.replace("from 4096 to 131071", ends)).verify()
