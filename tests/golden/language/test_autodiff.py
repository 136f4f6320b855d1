"""Differentiation: the dense system reads as it should, and matches finite differences of the user's own code."""

import pytest

from golden.systems import get

DENSE = """\
dense: inputs q (4), u (2); parameters al (4), W (4, 4), B (4, 2), b (4)
  %0  = param al          : (4)
  %1  = input q           : (4)
  %2  = mul %0 %1         : (4)
  %3  = param W           : (4, 4)
  %4  = matvec %3 %1      : (4)
  %5  = param B           : (4, 2)
  %6  = input u           : (2)
  %7  = matvec %5 %6      : (4)
  %8  = add %4 %7         : (4)
  %9  = param b           : (4)
  %10 = add %8 %9         : (4)
  %11 = tanh %10          : (4)
  %12 = matvec_t %3 %11   : (4)
  %13 = add %2 %12        : (4)
  %14 = matvec_t %5 %11   : (2)
  %15 = square %1         : (4)
  %16 = scale %15 by 0.5  : (4)
  %17 = outer %11 %1      : (4, 4)
  %18 = outer %11 %6      : (4, 2)
  q = %13
  u = %14
  al = %16
  W = %17
  B = %18
  b = %11"""


def test_dense_reads_as_the_formula():
    assert str(get("dense", n=4, m=2).gradient) == DENSE


@pytest.mark.parametrize(
    ("name", "ops"),
    [
        ("hru", ["add", "matvec_t", "scale", "mul", "outer", "tanh"]),
        ("linear", ["add", "scale", "scale", "scale"]),
        ("springs", ["add", "scale", "scale", "scale"]),
    ],
)
def test_outputs_are_simplified(name, ops):
    assert [node.op for node in get(name, n=4, m=2).gradient.outputs.values()] == ops
