"""Construction: interning, and each simplification."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.language.builder import Builder


@pytest.fixture
def b():
    return Builder()


def leaves(b):
    return (
        b.leaf("input", "q", (3,)),
        b.leaf("input", "r", (3,)),
        b.leaf("param", "W", (3, 3)),
        b.leaf("param", "c", ()),
    )


def test_equal_expressions_are_interned(b):
    q, r, w, _ = leaves(b)
    assert b.add(q, r) is b.add(r, q) and b.mul(q, r) is b.mul(r, q)
    assert b.matvec(w, q) is b.matvec(w, q) is not b.matvec_t(w, q)
    assert b.const([1.0, 2.0]) is b.const([1, 2])
    assert b.scale(q, 2) is b.scale(q, 2.0)
    assert b.leaf("input", "q", (3,)) is q


def test_sums(b):
    q, r, *_ = leaves(b)
    zero = b.full(0.0, (3,))
    assert b.add(q, zero) is q and b.add(zero, q) is q
    assert b.subtract(q, q) is zero
    assert b.add(b.scale(q, 2), b.scale(q, -1)) is q
    assert b.add(b.const([1.0, 2, 3]), b.const([1.0, 0, -1])) is b.full(2.0, (3,))


def test_products(b):
    q, r, *_ = leaves(b)
    assert b.mul(q, q).op == "square" and b.mul(b.scale(q, 2), b.scale(q, 3)).factor == 6
    assert b.mul(q, b.full(1.0, (3,))) is q and b.mul(b.full(0.0, (3,)), q) is b.full(0.0, (3,))
    assert b.power(q, 0) is b.full(1.0, (3,)) and b.power(q, 1) is q
    assert b.power(q, 5) is b.mul(q, b.square(b.square(q)))


def test_factors_float_out(b):
    q, r, w, c = leaves(b)
    q2, w2 = b.scale(q, 2), b.scale(w, 3)
    assert b.sum(q2) is b.scale(b.sum(q), 2)
    assert b.matvec(w2, q2) is b.scale(b.matvec(w, q), 6)
    assert b.matvec_t(w2, q2) is b.scale(b.matvec_t(w, q), 6)
    assert b.outer(q2, b.scale(r, 0.5)) is b.outer(q, r)
    assert b.slice(q2, 1, 1) is b.scale(b.slice(q, 1, 1), 2)
    assert b.pad(q2, 1, 5) is b.scale(b.pad(q, 1, 5), 2)
    assert b.fill(b.scale(c, 2), (3,)) is b.scale(b.fill(c, (3,)), 2)
    assert b.transpose(w2) is b.scale(b.transpose(w), 3)


def test_shapes(b):
    q, r, w, c = leaves(b)
    one = b.slice(q, 1, 1)
    assert b.sum(b.fill(c, (3,))) is b.scale(c, 3) and b.sum(c) is c
    assert b.sum(b.pad(q, 0, 9)) is b.sum(q)
    assert b.fill(b.sum(one), (1,)) is one
    assert b.slice(q, 0, 3) is q and b.pad(q, 0, 3) is q
    assert b.slice(b.slice(q, 1, 2), 1, 1) is b.slice(q, 2, 1)
    assert b.pad(b.full(0.0, (2,)), 1, 5) is b.full(0.0, (5,))
    assert b.sum(b.slice(q, 1, 0)) is b.const(0.0)


def test_transposes(b):
    q, r, w, _ = leaves(b)
    assert b.transpose(b.transpose(w)) is w and b.transpose(q) is q
    assert b.matvec(b.transpose(w), q) is b.matvec_t(w, q)
    assert b.matvec_t(b.transpose(w), q) is b.matvec(w, q)
    assert b.transpose(b.outer(q, r)) is b.outer(r, q)
    assert np.array_equal(b.transpose(b.const([[1.0, 2], [3, 4]])).data, [[1, 3], [2, 4]])


def test_constants_are_refused(b):
    with pytest.raises(HelError, match="a constant in a potential must be finite"):
        b.const(np.nan)
    with pytest.raises(HelError, match=r"a constant has at most 2 axes, got shape \(2, 2, 2\)"):
        b.const(np.ones((2, 2, 2)))
    with pytest.raises(HelError, match="a factor in a potential must be finite, got inf"):
        b.scale(b.scale(b.leaf("input", "q", (2,)), 1e300), 1e300)
