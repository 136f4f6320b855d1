"""The two forms of Multiplier and an exact product, `latency` cycles apart, are equal in every cycle."""

import itertools
import random
import re

import pytest

from bitstreams import tools
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


@pytest.mark.pnr
@pytest.mark.skipif(not tools.available("yosys"), reason="yosys is not installed")
def test_yosys_maps_the_behavioural_form_to_the_same_cell(tmp_path):
    """An independent reading of the cell: yosys' own map of products, simulated with our model of the cell."""
    write(tmp_path, Multiplier, stimulus(5000))
    script = ["read_verilog pair.v", "synth_ecp5 -top pair -run begin:map_ram", "write_verilog -noattr pair.v"]
    (tmp_path / "map.ys").write_text("\n".join(script))
    tools.run("yosys", ["-q", "-l", "map.log", "map.ys"], tmp_path, log="map.log")
    text, pins = re.subn(r"\n *\.C\d+\(1'h0\),", "", (tmp_path / "pair.v").read_text())
    assert pins == 18  # those of a third operand, which the model does not have
    assert text.count("  MULT18X18D ") == 2  # one is ours
    (tmp_path / "pair.v").write_text(text)
    assert differences(tmp_path, "icarus") == 0


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
