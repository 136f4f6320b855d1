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
