"""The text: readable, the same for the same program, and safe from the names that a user may choose."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.native.headers import taken
from golden.native.layout import identifiers
from golden.native.source import Source
from golden.program import Program
from golden.program.constants import Constant
from golden.systems import System, get
from tests.golden.native.cases import equal, words


class Names(System):
    """Parameters with the names of C, of macros and of the generated code."""

    parameters = {"double": (3,), "NEURONS": (3, 3), "m": (3, 2), "lost": (3,), "α": (3,), "LANES_": (3,)}

    def potential(self, q, u, theta):
        z = theta["NEURONS"] @ q + theta["m"] @ u + theta["lost"]
        return np.sum(np.log(np.cosh(z))) + np.sum((theta["double"] + theta["α"] + theta["LANES_"]) * q**2) / 2

    def initial(self, seed):
        rng = np.random.default_rng(seed)
        return {name: rng.normal(0, 0.3, shape) for name, shape in self.parameters.items()}


def test_a_name_of_c_is_a_name_like_any_other():
    system = Names(3, 2)
    program = compile_system(system)
    equal(program, words(program, system, 0), seed=1)


def test_identifiers_are_distinct_and_free():
    names = ["x", "double", "double_", "EACH", "EACH_", "é", "ue9", "_", "q", "G_W", "W_panels", "learn"]
    found = identifiers(names)
    assert len(set(found.values())) == len(names) and not any(map(taken, found.values())) and found["x"] == "x"


def test_every_statement_stands_above_its_c():
    program = compile_system(get("dense", n=4, m=2))
    source = str(Source(program))
    assert str(Source(compile_system(get("dense", n=4, m=2)))) == source
    for op in program.ops:
        assert f"/* {op} : {program.types[op.name]}    {program.line(op.name).removesuffix(': ')} */" in source
    for gradient in program.gradients:
        assert f"/* {gradient} */" in source


def test_the_architecture_quotes_it():
    page = (Path(__file__).parents[3] / "docs" / "architecture.md").read_text()
    quoted = page.partition("## The program as compiled code")[2].partition("```text\n")[2].partition("```")[0]
    source = str(Source(compile_system(get("dense", n=32, m=8))))
    assert len(quoted.splitlines()) == 4 and all(f"    {line}\n" in source for line in quoted.splitlines())


@pytest.mark.parametrize(("bits", "kind"), [(18, "int32_t"), (19, "int32_t"), (20, "double"), (24, "double")])
def test_a_table_is_interpolated_in_what_holds_its_product(bits, kind):
    """Words that jump from end to end: at 20 bits the product of a jump leaves int32, though every look-up fits."""
    top = 1 << (bits - 1)
    jumps = " ".join(str(top - 1 if k % 2 else -top) for k in range(17))
    program = Program.parse(f"""program jumps n=3 m=1
    formats operand_bits={bits}
    parameter k [3]
    table jump fraction 12 from -8 steep both = {jumps}
    x = cut q SQ(5, {bits - 5})
    x_one = mul x one
    z = round floor x_one {2 * bits - 10 - 12}
    s = table jump z SQ(3, {bits - 3})
    F = mul k s
    K = round half_up F {2 * bits - 5 - 13}
    kick K
    gradient k = mul s one""").verify()
    assert f"static const {kind} jump_slope[]" in str(Source(program))
    equal(program, {"k": np.array([(1 << 17) - 1, 1 << 16, -(1 << 17)])}, seed=bits, steps=40, scale=4.0)


def _looked_up(declared: str) -> Program:
    """The kick k s, s looked up at k x, of 35 bits, 28 of them fraction."""
    return Program.parse(f"""program looked_up n=3 m=1
    parameter k [3]
    table f {declared}
    x = cut q SQ(5, 13)
    k_x = mul k x
    z = round floor k_x 1
    s = table f z SQ(3, 15)
    F = mul k s
    K = round half_up F 18
    kick K
    gradient k = mul s one""").verify()


_K = {"k": np.array([(1 << 17) - 1, 300, -(1 << 17)])}
_WORDS = " ".join(str(40 * k * k - 3000) for k in range(17))


@pytest.mark.parametrize(
    "shape", ["%s from -8 steep both", "%s steep above", "odd %s", "even %s", "turn %s from -8", "even turn %s"]
)
def test_an_argument_beyond_int32_ends_or_turns_where_the_table_does(shape):
    """A table of 16 segments ends at 2^16: what is wider is clipped, or taken modulo its turn."""
    program = _looked_up(f"{shape % 'fraction 28'} = {_WORDS}")
    assert program.types["z"].bits > 32
    for scale in (1e-4, 1e-2, 8.0):
        equal(program, _K, seed=3, steps=40, scale=scale)


@pytest.mark.parametrize(("slope", "packed"), [(8191, True), (8192, False), (-8192, True), (-8193, False)])
def test_a_word_and_its_slope_share_32_bits_where_they_fit(slope, packed):
    """18 bits of a word leave 14 for the steepest slope and its sign."""
    end = (1 << 17) - 1 if slope > 0 else -(1 << 17)
    program = _looked_up(f"fraction 28 from -1 = {end - slope} {end} {end - slope // 2} {end - slope}")
    assert ("static const int32_t f_words[]" in str(Source(program))) == packed
    for scale in (1e-4, 1e-2):
        equal(program, _K, seed=3, steps=40, scale=scale)


@pytest.mark.parametrize(("largest", "halves"), [(1 << 21, True), ((1 << 21) + 1, False)])
def test_two_columns_share_doubles_of_which_they_need_the_upper_halves(largest, halves):
    """An odd number of columns, of which one is left alone, and of rows; words of 21 significant bits, or more."""
    rng = np.random.default_rng(7)
    words = [*(sign * ((1 << k) - 1) for k in range(1, 22) for sign in (-1, 1)), -largest, largest]
    D = rng.choice(words, (7, 3))
    D[0], D[-1] = -largest, largest - 2
    program = Program.parse(f"""program full n=3 m=1
    formats operand_bits=24
    parameter k [3]
    {Constant.of("D", D)}
    x = cut q SQ(5, 19)
    D_x = matvec D x
    y = cut D_x SQ(5, 19)
    Dt_y = matvec_t D y
    k_x = mul k x
    F = sum + Dt_y + k_x
    K = round half_up F 28
    kick K
    gradient k = mul x x""").verify()
    assert ("D_t_panels" in str(Source(program))) == halves
    equal(program, {"k": np.array([(1 << 17) - 1, 300, -(1 << 17)])}, seed=1, steps=40, scale=0.5)


def test_a_sum_whose_parts_are_no_doubles_is_made_in_int64():
    """A table that is never near 0 cancels by its interval: the sum has 46 bits, and its parts have 55."""
    word = (1 << 23) - 1
    program = Program.parse(f"""program cancelled n=2 m=1
    formats fraction_bits=16 operand_bits=24
    parameter k [2]
    table high fraction 18 from -1 = {word} {word} {word}
    x = cut q SQ(5, 19)
    x_one = mul x one
    z = round floor x_one 20
    s = table high z SQ(2, 22)
    s_one = mul s one
    k_x = mul k x
    small = scale k_x -12
    F = sum + s_one << 12 - s_one << 12 + small
    G = sum + k_x
    K = round half_up F 40
    kick K
    gradient k = mul x one""").verify()
    source = str(Source(program))
    assert "F[c][i] = (int64_t)s_one[c][i] * (INT64_C(1) << 12) - (int64_t)" in source
    assert "x_one[c][i] = x[c][i] * 524288.0;" in source
    equal(program, {"k": np.array([(1 << 17) - 1, -(1 << 17)])}, seed=1, scale=8.0)


@pytest.mark.parametrize("arguments", [["dense", "-n", "3", "-m", "1"], ["toda", "--formats", "operand_bits=16"]])
def test_the_command_prints_it(arguments):
    command = [sys.executable, "-m", "golden.native", *arguments]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    program = compile_system(
        get(arguments[0], n=3, m=1) if "-n" in arguments else get("toda", n=16, m=4),
        Formats(operand_bits=16) if "--formats" in arguments else Formats(),
    )
    assert said == str(Source(program))
