from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden.arithmetic.formats import Formats
from golden.dynamics.integrator import Flags
from golden.errors import HelError
from golden.program.parameter_range import ParameterRange
from golden.training import update
from tests.golden.dynamics.cases import build
from tests.golden.program.naive import half_up, saturate


@given(st.integers(-(2**35), 2**35 - 1), st.integers(-(2**17), 2**17 - 1), st.integers(-10, 50))
def test_one_word_equals_the_rule(g, word, base):
    program = replace(build("linear", n=1, m=1)[0], ranges=(ParameterRange("a", 2048, 131071),))
    theta = {"a": np.array([word]), "B": np.array([[word]])}
    fresh, flags = update.apply(program, theta, {"a": np.array([g]), "B": np.array([[g]])}, base)
    clipped = False
    for name, sign, offset in (("a", 1, -3), ("B", -1, -4)):
        n = min(max(base + offset, 0), 35)
        step = max(-512, min(512, half_up(g, n)))
        exact = word - sign * step
        if name == "a":
            assert fresh[name].item() == (min(max(exact, 2048), 131071) if step else word)
            continue
        assert fresh[name].item() == saturate(exact, 18)
        clipped |= exact != saturate(exact, 18)
    assert flags == (Flags.THETA_CLIPPED if clipped else Flags(0))


@pytest.mark.parametrize("name", ["dense", "hru", "linear", "springs"])
@pytest.mark.parametrize("formats", [Formats(), Formats(12, 16, g_cut=2), Formats(log2_inverse_step=2, g_cut=0)])
def test_n_base_makes_the_step_rate_times_gradient(name, formats):
    """theta changes by rate * dC/dtheta to half an LSB, whatever the density's fraction, sign and power of two."""
    program, theta, _ = build(name, formats=formats)
    program = replace(program, ranges=())
    rng = np.random.default_rng(0)
    rate, eps = -6, -3
    theta = {k: np.zeros_like(v) for k, v in theta.items()}
    base = update.n_base(program, rate, eps)
    for parameter, words in theta.items():
        sign, log2 = program.gradient_log2(parameter)
        scale = sign * formats.step / 2 * 2.0 ** (log2 - eps)  # dC/dtheta = scale * G
        g = rng.integers(-300, 300, words.shape) * 2 ** update.shift(program, parameter, base) // 5
        grads = {k: (g if k == parameter else np.zeros_like(v)) for k, v in theta.items()}
        fresh, _ = update.apply(program, theta, grads, base)
        assert np.abs(fresh[parameter] / 2**16 + 2.0**rate * scale * g).max() <= 2**-17


def test_arguments_are_left_alone_and_seeds_broadcast():
    program, theta, _ = build("dense", seeds=(3,))
    grads = {k: np.full_like(v, 1 << 20) for k, v in theta.items()}
    before = {k: v.copy() for k, v in theta.items()}
    fresh, _ = update.apply(program, theta, grads, 12)
    assert all((theta[k] == before[k]).all() for k in theta)
    assert all((fresh[k] < theta[k]).all() for k in theta)


def test_gradients_of_a_batch_are_refused():
    program, theta, integrator = build("dense")
    with pytest.raises(
        HelError, match=r"needs gradients of the parameters' shapes, got \(2, 6\) for al \(6,\); sum or loop"
    ):
        update.apply(program, theta, integrator.zero_gradients((2,)), 10)


def test_ranges_keep_what_moves_and_raise_no_flag():
    """A word that does not move may lie outside: an array's pads do."""
    ranges = ParameterRange("k", 4096, 131071), ParameterRange("kc", 0, 131071)
    program = replace(build("springs", n=3)[0], ranges=ranges)
    base = update.n_base(program, -6, -3)
    far = 1 << 35
    theta = {"k": np.array([4500, 0, 131000]), "kc": np.array([100, -7])}
    fresh, flags = update.apply(program, theta, {"k": np.array([far, 0, -far]), "kc": np.array([far, 0])}, base)
    assert fresh["k"].tolist() == [4096, 0, 131071] and fresh["kc"].tolist() == [0, -7]
    assert flags == Flags(0)
    fresh, _ = update.apply(program, theta, {"k": np.array([0, -far, 0]), "kc": np.array([0, far])}, base)
    assert fresh["k"].tolist() == [4500, 4096, 131000] and fresh["kc"].tolist() == [100, 0]
