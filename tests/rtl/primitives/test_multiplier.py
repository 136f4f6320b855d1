"""The two forms of Multiplier and an exact product, `latency` cycles apart, are equal in every cycle."""

import itertools
import random

import pytest

from rtl.primitives import Multiplier
from tests.rtl.primitives.pair import differences, write

pytestmark = pytest.mark.cosim
SEED = 20
EXTREMES = (-(2**17), -(2**17) + 1, -1, 0, 1, 2**17 - 1)


def stimulus(cycles):
    random.seed(SEED)
    pairs = list(itertools.product(EXTREMES, repeat=2))
    while len(pairs) < cycles:
        pairs.append(
            tuple(random.choice((random.choice(EXTREMES), random.randrange(-(2**17), 2**17))) for _ in range(2))
        )
    products = [0] * Multiplier.latency + [a * b for a, b in pairs]
    return [(pair, (product,)) for pair, product in zip(pairs, products, strict=False)]


@pytest.mark.parametrize("simulator", ["icarus", "verilator"])
def test_forms_are_equal(tmp_path, simulator):
    write(tmp_path, Multiplier, stimulus(20_000))
    assert differences(tmp_path, simulator) == 0


@pytest.mark.parametrize("stage", ["REG_INPUTA_CLK", "REG_INPUTB_CLK", "REG_PIPELINE_CLK", "REG_OUTPUT_CLK"])
def test_a_missing_register_is_seen(tmp_path, stage):
    def off(text):
        assert text.count(f'.{stage}("CLK0")') == 1
        return text.replace(f'.{stage}("CLK0")', f'.{stage}("NONE")')

    write(tmp_path, Multiplier, stimulus(200), mutate=off)
    assert differences(tmp_path, "icarus") > 100


@pytest.mark.parametrize(
    "edit", [('.RESETMODE("SYNC")', '.RESETMODE("ASYNC")'), ('.REG_OUTPUT_CLK("CLK0")', '.REG_OUTPUT_CLK("CLK1")')]
)
def test_a_parameter_that_is_not_modelled_stops_elaboration(tmp_path, edit):
    write(tmp_path, Multiplier, stimulus(50), mutate=lambda text: text.replace(*edit))
    with pytest.raises(AssertionError, match="MULT18X18D_parameter_not_modelled"):
        differences(tmp_path, "icarus")
