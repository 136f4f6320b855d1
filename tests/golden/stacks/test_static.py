"""Static maps: value and products against the function itself, by central differences; refusals."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.stacks import GluMixing, StaticMap, TanhMixing


@pytest.mark.parametrize("mixing", [TanhMixing(3, 2, hidden=4), GluMixing(3, 2), GluMixing(3, 2, 5, residual=False)])
def test_value_and_products(mixing):
    rng = np.random.default_rng(0)
    theta = mixing.initial(1)
    inputs = {"q": rng.normal(size=(6, 3)), "u": rng.normal(size=(6, 2))}
    a = rng.normal(size=(6, mixing.k))

    def total(values):
        rows = zip(values["q"], values["u"], a, strict=True)
        return sum(a @ mixing.function(q, u, {name: values[name] for name in theta}) for q, u, a in rows)

    value = mixing.map(inputs, theta)
    plain = np.stack([mixing.function(q, u, theta) for q, u in zip(inputs["q"], inputs["u"], strict=True)])
    assert value == pytest.approx(plain, rel=1e-12)
    values = {**inputs, **theta}
    for name, slope in mixing.map.products(inputs, theta, a).items():
        assert slope.shape == values[name].shape
        for at in np.ndindex(slope.shape):
            move = np.zeros(slope.shape)
            move[at] = 1e-5
            sides = [total({**values, name: values[name] + sign * move}) for sign in (1, -1)]
            assert slope[at] == pytest.approx((sides[0] - sides[1]) / 2e-5, rel=1e-6, abs=1e-8)


def test_the_gate_is_a_logistic_and_gelu_is_gelu():
    """Against the error function's form, to the accuracy of the tanh form."""
    from math import erf

    mixing = GluMixing(1, 1, residual=False)
    theta = {"A": np.eye(1), "a": np.zeros(1), "G": np.zeros((1, 1)), "b": np.array([0.7])}
    for q in (-2.0, -0.3, 0.0, 1.5):
        wanted = q * (1 + erf(q / np.sqrt(2))) / 2 / (1 + np.exp(-0.7))
        assert mixing.map({"q": np.array([q]), "u": np.zeros(1)}, theta)[0] == pytest.approx(wanted, abs=5e-4)


def test_errors():
    with pytest.raises(HelError, match=r"short must return a vector of shape \(3,\), got \(2,\)"):
        StaticMap("short", lambda q, theta: q, {"q": (2,)}, {}, 3)
    with pytest.raises(HelError, match="must return a vector of shape .*, got int"):
        StaticMap("number", lambda q, theta: 1, {"q": (2,)}, {}, 3)
    with pytest.raises(HelError, match="may not be called q"):
        StaticMap("clash", lambda q, theta: q, {"q": (2,)}, {"q": (2,)}, 2)
