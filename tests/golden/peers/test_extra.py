import sys

import numpy as np
import pytest

from golden.errors import HelError
from golden.peers import extra


def test_without_jax_one_line_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    assert not extra.installed()
    with pytest.raises(HelError, match=r"cannot be imported here .*; pip install 'hel-fpga\[jax\]', or leave them out"):
        extra.jax()


def test_double_precision_ends_with_its_context():
    assert extra.installed()
    with extra.precision("float64"):
        assert extra.jax().numpy.asarray(np.ones(1)).dtype == "float64"
    assert extra.jax().numpy.asarray(np.ones(1)).dtype == "float32"


@pytest.mark.parametrize("dtype", ["half", 32, None])
def test_other_precisions_are_refused(dtype):
    with pytest.raises(HelError, match="JAX computes in float32 or float64 here, got .*; choose one"):
        extra.precision(dtype)
