"""Shapes of a stack: names, the order of the state, and what is refused between layers."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.stacks import GluMixing, Stack, TanhMixing
from golden.systems import get


def layer(n, m, k=None, mixing=TanhMixing):
    return get("hru", n=n, m=m), mixing(n, m, k, residual=k is None)


def test_parameters_have_the_names_of_their_parts():
    stack = Stack([layer(3, 2), layer(4, 2, mixing=GluMixing)], 1, 5)
    assert [name for name in stack.parameters if name.startswith(("encoder", "mixing2", "readout"))] == [
        "encoder.E", "encoder.e", "mixing2.A", "mixing2.a", "mixing2.G", "mixing2.b", "readout.R", "readout.r",
    ]  # fmt: skip
    assert stack.parameters["encoder.E"] == (2, 1) and stack.parameters["layer2.B"] == (4, 2)


def test_initial_is_seeded_and_differs_between_equal_layers():
    stack = Stack([layer(3, 2)] * 11, 1, 5)
    theta = stack.initial(7)
    assert {name: value.shape for name, value in theta.items()} == stack.parameters
    assert all(np.array_equal(value, stack.initial(7)[name]) for name, value in theta.items())
    assert not np.array_equal(theta["layer1.w"], theta["layer11.w"])
    assert not np.array_equal(theta["layer1.w"], stack.initial(8)["layer1.w"])


def test_widths_may_change_without_a_residual_connection():
    stack = Stack([layer(3, 2, 6), layer(4, 6)], 1, 5)
    assert stack.readout({"x": np.zeros(6)}, stack.check(stack.initial(0))["readout"]).shape == (5,)


@pytest.mark.parametrize(
    ("layers", "channels", "outputs", "message"),
    [
        ([], 1, 1, r"a stack has at least one layer, got none; give \(system, mixing\) pairs"),
        ([layer(3, 2), layer(4, 3)], 1, 1, "layer 1 gives 2 numbers, but layer 2 takes m = 3; make them equal"),
        ([(get("hru", n=3, m=2), TanhMixing(4, 2))], 1, 1, "mixing of layer 1 must have n = 3 and m = 2 of Hru"),
        ([(get("hru", n=3, m=2), TanhMixing(3, 1))], 1, 1, r"got TanhMixing\(n=3, m=1, k=1\)"),
        ([get("hru", n=3, m=2)], 1, 1, r"layer 1 of a stack must be a pair \(System, Mixing\), got Hru"),
        (None, 1, 1, r"layers are a list of pairs \(System, Mixing\), got None"),
        ([layer(3, 2)], 0, 1, "the number of channels of a stack must be a whole number >= 1, got 0"),
        ([layer(3, 2)], 1, 2.5, "the number of outputs of a stack must be a whole number >= 1, got 2.5"),
    ],
)
def test_errors(layers, channels, outputs, message):
    with pytest.raises(HelError, match=message):
        Stack(layers, channels, outputs)


def test_errors_of_a_mixing():
    with pytest.raises(HelError, match="adds the 2 inputs to as many outputs, got k = 3; leave k out"):
        TanhMixing(4, 2, 3)
    with pytest.raises(HelError, match="the number of neurons n of a mixing must be a whole number >= 1, got 0"):
        GluMixing(0, 2)
    with pytest.raises(HelError, match="the number of hidden units of a mixing must be a whole number >= 1, got 0"):
        TanhMixing(4, 2, hidden=0)


def test_a_parameters_name_may_have_a_dot():
    class Offset(TanhMixing):
        parameters = {"a.b": (2,)}

        def function(self, q, u, theta):
            return u + theta["a.b"]

    stack = Stack([(get("hru", n=3, m=2), Offset(3, 2))], 1, 1)
    assert stack.check(stack.initial(0))["mixing1"]["a.b"].shape == (2,)
