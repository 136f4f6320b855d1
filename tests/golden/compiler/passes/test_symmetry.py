import numpy as np

from golden.compiler.passes.symmetry import symmetry
from golden.dynamics.integrator import Integrator, twin
from golden.program import Program
from tests.golden.compiler.passes.cases import words
from tests.golden.compiler.passes.text import HEAD, after, block

BEFORE = """
    parameter W [3, 3] symmetric
    parameter V [3, 3]
    constant C [3, 3] -1[1:3]=7 +0[0:3]=3 +1[0:2]=7
    constant D [3, 3] +0[0:3]=3 +1[0:2]=7
    x = cut q SQ(5, 13)
    a = matvec_t W x
    b = matvec_t V x
    c = matvec_t C x
    d = matvec_t D x
    F = sum + a + b + c + d
    y = cut b SQ(5, 13)
    K = round half_up F 16
    kick K
    gradient W = outer x y scale -2**-1
    gradient V = outer x y
    """


def test_text():
    found = block(
        """
        parameter W [3, 3] symmetric
        parameter V [3, 3]
        constant C [3, 3] -1[1:3]=7 +0[0:3]=3 +1[0:2]=7
        constant D [3, 3] +0[0:3]=3 +1[0:2]=7
        x = cut q SQ(5, 13)
        a = matvec W x
        b = matvec_t V x
        c = matvec C x
        d = matvec_t D x
        F = sum + a + b + c + d
        y = cut b SQ(5, 13)
        K = round half_up F 16
        kick K
        gradient W = outer x y scale -2**-2, outer y x scale -2**-2
        gradient V = outer x y
        """
    )
    assert after(symmetry, BEFORE) == found


def test_a_term_with_its_transpose_among_the_terms_is_left_alone():
    """Whatever stands beside it; signs and powers of two are part of a term."""
    lines = BEFORE.replace(
        "outer x y scale -2**-1", "outer x x, outer x y scale -2**-1, outer y x scale -2**-1, outer y x"
    )
    assert after(symmetry, lines).splitlines()[-2] == (
        "gradient W = outer x x, outer x y scale -2**-1, outer y x scale -2**-1,"
        " outer y x scale +2**-1, outer x y scale +2**-1"
    )


def test_the_gradient_is_symmetric_to_the_bit():
    program = symmetry(Program.parse(HEAD + BEFORE)).verify()
    theta, _, u = words(program, 0, (30,))
    integrator = Integrator(program, theta)
    q, p = np.array([1 << 18, -(1 << 17), 1 << 16]), np.zeros(3, np.int64)
    grads = integrator.zero_gradients()
    integrator.echo_many(*twin(q, p), u, grads, lambda t, q: np.array([300, -7, 1]))
    assert grads["W"].any() and (grads["W"] == grads["W"].T).all() and (grads["V"] != grads["V"].T).any()
