"""Densities: text, signs relative to the first term, alignment to the finest."""

import numpy as np
import pytest

from golden.dynamics.integrator import Integrator, twin
from golden.program import Program
from golden.program.densities import Density, Gradient
from tests.golden.program.naive import Naive

TEXT = """
program two n=2 m=1
formats fraction_bits=16 operand_bits=18 integer_bits=6 log2_inverse_step=3 g_bits=36 g_cut=6 clip_log2=9
parameter k [2]
parameter W [2, 2]
x = cut q SQ(5, 13)
k_x = mul k x
d = cut k_x SQ(3, 15)
W_x = matvec W x
e = cut W_x SQ(4, 14)
F = sum + k_x + W_x
K = round half_up F 16
kick K
gradient k = mul x x scale -2**-1, mul d one scale +2**-3, mul d e scale -2**+2
gradient W = outer x e, outer d x scale -2**-2
"""


def test_text():
    for text in ("mul x x", "outer x u scale -2**-0", "mul a b scale +2**-3", "outer a b scale -2**+2"):
        assert str(Density.parse(text)) == text
    for text in ("mul x", "inner x y", "mul x y scale 2**1", "mul x y scale +2**1"):
        with pytest.raises(ValueError, match=text.split()[0]):
            Density.parse(text)
    assert Gradient.parse("gradient k = mul x x, outer a b").operands == ("x", "x", "a", "b")


def test_alignment_and_signs():
    """Fractions of the values: 26 + 1, 28 + 3, 29 - 2; 27, 28 + 2."""
    program = Program.parse(TEXT).verify()
    k, w = program.gradients
    assert program.aligns(k) == (4, 0, 4) and (k.sign, k.signs) == (-1, (1, -1, 1))
    assert program.aligns(w) == (3, 0) and (w.sign, w.signs) == (1, (1, -1))
    assert program.gradient_log2("k") == (-1, -31 + 6) and program.update_offset("k") == 31 - 30
    assert Program.parse(str(program)) == program


@pytest.mark.parametrize("g_bits", [36, 12])
def test_words_and_flags_equal_the_naive_interpreter(g_bits):
    """Each term is cut, added and wrapped by itself, in order."""
    program = Program.parse(TEXT.replace("g_bits=36", f"g_bits={g_bits}")).verify()
    rng = np.random.default_rng(0)
    word = program.formats.theta
    theta = {name: rng.integers(word.low // 2, word.high // 2, shape) for name, shape in program.parameters}
    integrator, naive = Integrator(program, theta), Naive(program, theta)
    q, p = rng.integers(-(1 << 22), 1 << 22, 2), rng.integers(-(1 << 16), 1 << 16, 2)
    grads = integrator.zero_gradients()
    expected = {name: words.tolist() for name, words in grads.items()}
    plain = {name: words.copy() for name, words in grads.items()}
    (a, b), contexts = twin(q, p), [(q.tolist(), p.tolist())] * 2
    c, d = a, b
    for _ in range(6):
        a, b = integrator.echo(a, b, np.zeros(1, np.int64), grads, np.array([900, -77]))
        c, d = integrator.echo(c, d, np.zeros(1, np.int64), plain, np.array([900, -77]))
        contexts = naive.echo(contexts, [0], expected, [900, -77])
        assert {name: words.tolist() for name, words in grads.items()} == expected
        assert {name: words.tolist() for name, words in plain.items()} == expected
    assert {flag.name for flag in integrator.flags} == naive.flags and ("G_OVERFLOW" in naive.flags) == (g_bits == 12)
