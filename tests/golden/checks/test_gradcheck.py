import json
from pathlib import Path

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.checks.gradcheck import gradcheck
from golden.cost_functions import FinalCost, SummedCost
from golden.errors import HelError
from golden.systems import Dense, Hru, Linear, System


def test_keys_of_the_command():
    result = gradcheck("hru", steps=30, neurons=4, eps=0.03125, seed=3, formats=Formats(14, 16))
    keys = {"cosine_float", "relative_error_float", "cosine_fixed", "relative_error_fixed", "return_error_lsb"}
    assert keys <= set(result)
    assert result["return_error_lsb"] == 0 and result["flags"] == [] == result["argument_clamped"]
    assert result["executor"] == "numpy"  # so short a run
    assert result["cosine_float"] > 0.9999 and result["cosine_fixed"] > 0.999
    assert (result["eps"], result["seed"], result["fraction_bits"], result["operand_bits"]) == (0.03125, 3, 14, 16)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"eps": 0.3}, "eps must be a power of two, got 0.3; use 0.25 or 0.5"),
        ({"steps": 0}, "the number of steps must be a whole number >= 1, got 0; use for example 1"),
        ({"cost": "mean"}, "the cost is one of final, summed, averaged, or path/to/file.py:function, got mean; give"),
        ({"neurons": 0}, "neurons n must be a whole number >= 1, got 0"),
        ({"system": "quartic"}, "there is no built-in system 'quartic'; choose from"),
        ({"steps": 2.5}, "the number of steps must be a whole number >= 1, got 2.5; use for example 1"),
        ({"steps": "5"}, "the number of steps must be a whole number >= 1, got '5'"),
        ({"seed": -1}, "the seed must be a whole number >= 0, got -1; use for example 0"),
        ({"seed": "a"}, "the seed must be a whole number >= 0, got 'a'"),
        ({"seed": None}, "the seed must be a whole number >= 0, got None"),
        ({"eps": "x"}, "eps must be a positive power of two, got 'x'; use for instance 0.0625"),
        ({"eps": None}, "eps must be a positive power of two, got None"),
        ({"formats": 3}, r"formats are a hel.Formats, got 3; use for example Formats"),
        ({"cuts": None}, "cuts are default, calibrated or calibrated-SEED, got None; choose one"),
        ({"cost": ["final"]}, r"the cost is one of final, summed, averaged, .*, got \['final'\]; give one of these"),
        ({"targets": 3}, r"targets of FinalCost\(half_squared_error\) have the shape of q .* say --targets 16"),
        ({"system": None}, 'a system is a name or a System object, got None; name one, for instance "dense"'),
        ({"system": Path("ring.py")}, "a system is a name or a System object, got PosixPath"),
        ({"system": Dense}, r"a system is an object, got the class Dense; write Dense\(n, m\)"),
        ({"system": Hru(4, 2), "neurons": 5}, r"Hru\(n=4, m=2\) has 4 neurons, got neurons = 5; leave it out"),
        ({"system": Hru(4, 2), "inputs": 1}, r"Hru\(n=4, m=2\) has 2 inputs, got inputs = 1; leave it out"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(HelError, match=message):
        gradcheck(**{"system": "dense", **arguments})


@pytest.mark.parametrize("cost", ["final", "summed", "averaged"])
@pytest.mark.parametrize("name", ["dense", "springs", "pendulum"])
def test_auto_is_near_the_best_for_every_cost(name, cost):
    """No figure that a better eps would put to shame, at any length."""
    for steps in (20, 200):
        sizes = {"steps": steps, "neurons": 6, "cost": cost, "seed": 1}
        found = gradcheck(name, **sizes)
        assert found["eps"] == found["best_eps"] and not found["flags"] and found["return_error_lsb"] == 0
        assert found["relative_error_fixed"] == found["best_relative_error_fixed"] < 0.02
        for factor in (0.25, 4.0):
            other = gradcheck(name, **sizes, eps=factor * found["eps"])
            assert other["flags"] or other["relative_error_fixed"] >= found["relative_error_fixed"]
            assert other["best_eps"] == found["eps"]


def test_springs_at_a_weak_nudge_are_round_off_alone():
    found = gradcheck("springs", eps=2.0**-10, steps=1000)
    assert found["cosine_fixed"] < 0.99 and found["relative_error_float"] < 1e-9
    assert found["round_off"] == pytest.approx(found["relative_error_fixed"], rel=1e-6)
    assert found["relative_error_fixed"] > 50 * found["best_relative_error_fixed"]


def test_a_cost_of_ones_own(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n\n\ndef last(q, y):\n    return np.sum(np.log(np.cosh(q[-2:] - y)))\n"
    )
    name = f"{tmp_path / 'mine.py'}:last"
    found = gradcheck("dense", neurons=6, cost=name, targets=2, steps=60)
    assert (found["cost_kind"], found["targets"]) == (name, 2) and found["cosine_fixed"] > 0.9999
    summed = SummedCost(lambda q, y: np.sum(np.log(np.cosh(q - y))))
    found = gradcheck("dense", neurons=6, cost=summed, steps=60)
    assert found["cost_kind"] == "SummedCost(<lambda>)" and found["cosine_fixed"] > 0.9999
    given = FinalCost(lambda q, y: ((q - y) ** 4).sum(axis=-1) / 4, gradient=lambda q, y: (q - y) ** 3)
    assert gradcheck("dense", neurons=6, cost=given, steps=60)["cosine_fixed"] > 0.9999


RUNAWAY = """
from golden.systems import System


class Bare(System):
    parameters = {}

    def potential(self, q, u, theta):
        return q @ q


class Runaway(System):
    parameters = {"k": (1,)}

    def potential(self, q, u, theta):
        return 500 * q @ q + theta["k"] @ q[:1]
"""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Bare", "gradients of parameters are compared, .*mine.py:Bare has none; declare one"),
        ("Runaway", "a trajectory must stay finite, that of .* grows without bound in 200 steps; take a smaller"),
    ],
)
def test_systems_without_a_comparison(tmp_path, name, message):
    (tmp_path / "mine.py").write_text(RUNAWAY)
    with pytest.raises(HelError, match=message):
        gradcheck(f"{tmp_path / 'mine.py'}:{name}", neurons=2, steps=200)


def test_a_system_is_as_good_as_its_name():
    sizes = {"steps": 20, "eps": 2.0**-5}
    assert gradcheck(Hru(4, 2), **sizes) == gradcheck("hru", neurons=4, inputs=2, **sizes)
    assert gradcheck(Linear(4, 2), neurons=4, inputs=2, **sizes)["system"] == "linear"


def test_sizes_of_numpy_come_out_as_numbers_of_json():
    result = gradcheck("linear", steps=np.int64(20), neurons=np.int64(4), eps=np.float32(1.0), seed=np.int64(1))
    json.dumps(result)
    assert result == gradcheck("linear", steps=20, neurons=4, eps=1.0, seed=1)


def test_a_system_that_changes_has_a_new_reference():
    class Spring(System):
        parameters = {"k": (1,)}
        strength = 1.0

        def potential(self, q, u, theta):
            return self.strength * theta["k"][0] * (q @ q) / 2

    costs = []
    for strength in (1.0, 0.25):
        spring = Spring(2)
        spring.strength = strength
        costs.append(gradcheck(spring, steps=20, eps=1.0))
    assert costs[0]["cost"] != costs[1]["cost"] and all(one["cosine_fixed"] > 0.999 for one in costs)
