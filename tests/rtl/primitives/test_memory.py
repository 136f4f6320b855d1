"""The two forms of each memory and a naive model are equal in every cycle, whatever the contract allows."""

import random
import re
from functools import partial

import pytest

from bitstreams import tools
from rtl.primitives import GradientMemory, WeightMemory
from rtl.primitives.technology import check_technology
from tests.rtl.primitives.pair import differences, write

pytestmark = pytest.mark.cosim
SEED = 21


def word(bits):
    return random.choice((0, 1, 2**bits - 1, 2 ** (bits - 1), random.getrandbits(bits)))


def addresses_of(depth, cycle):
    """A thousand cycles among the outermost addresses, where accesses follow each other closely, then any, in turn."""
    return range(depth) if cycle // 1000 % 2 else [0, 1, 2, depth - 2, depth - 1]


class TwoBanks(WeightMemory):
    """2048 words."""

    def __init__(self, technology="behavioural"):
        super().__init__(technology, 2048)


class FourBanks(WeightMemory):
    """4096 words."""

    def __init__(self, technology="behavioural"):
        super().__init__(technology, 4096)


class SlicedWeights(WeightMemory):
    """2048 words, half a word a cell."""

    def __init__(self, technology="behavioural"):
        super().__init__(technology, 2048, sliced=True)


class TwoSlices(GradientMemory):
    """1024 words."""

    def __init__(self, technology="behavioural"):
        super().__init__(technology, 1024)


class FourSlices(GradientMemory):
    """2048 words."""

    def __init__(self, technology="behavioural"):
        super().__init__(technology, 2048)


def weight_stimulus(cycles, depth=1024):
    """(inputs, outputs) a cycle; A never reads what B writes in that cycle."""
    random.seed(SEED)
    words, rows = [0] * depth, []
    array_a = array_b = a_data = b_data = 0
    for cycle in range(cycles):
        addresses = addresses_of(depth, cycle)
        b_we, a, b, data = random.getrandbits(1), random.choice(addresses), random.choice(addresses), word(18)
        while b_we and a == b:
            a = random.choice(addresses)
        rows.append(((a, b, b_we, data), (a_data, b_data)))
        a_data, b_data, array_a = array_a, array_b, words[a]
        if b_we:
            words[b] = data
        else:
            array_b = words[b]
    return rows


def gradient_stimulus(cycles, depth=512):
    """(inputs, outputs) a cycle; never a read of what is written in that cycle."""
    random.seed(SEED)
    words, rows = [0] * depth, []
    array = r_data = 0
    for cycle in range(cycles):
        addresses = addresses_of(depth, cycle)
        w_en, r, w, data = random.getrandbits(1), random.choice(addresses), random.choice(addresses), word(36)
        while w_en and r == w:
            r = random.choice(addresses)
        rows.append(((r, w, data, w_en), (r_data,)))
        r_data, array = array, words[r]
        if w_en:
            words[w] = data
    return rows


MEMORIES = {WeightMemory: weight_stimulus, GradientMemory: gradient_stimulus}
BANKS = {TwoBanks: partial(weight_stimulus, depth=2048), FourBanks: partial(weight_stimulus, depth=4096)}
SLICES = {
    SlicedWeights: partial(weight_stimulus, depth=2048),
    TwoSlices: partial(gradient_stimulus, depth=1024),
    FourSlices: partial(gradient_stimulus, depth=2048),
}
by_memory = pytest.mark.parametrize("memory", MEMORIES, ids=lambda memory: memory.__name__)


@by_memory
@pytest.mark.parametrize("simulator", ["icarus", "verilator"])
def test_forms_are_equal(tmp_path, memory, simulator):
    write(tmp_path, memory, MEMORIES[memory](30_000))
    assert differences(tmp_path, simulator) == 0


@pytest.mark.parametrize("memory", BANKS, ids=lambda memory: memory.__name__)
def test_banks_are_one_memory(tmp_path, memory):
    """Reads of one bank go on while another is written, and the port that writes holds its word, whichever it is of."""
    write(tmp_path, memory, BANKS[memory](30_000))
    assert differences(tmp_path, "icarus") == 0
    assert (tmp_path / "pair.v").read_text().count("DP16KD #(") == {TwoBanks: 2, FourBanks: 4}[memory]


@pytest.mark.parametrize("memory", SLICES, ids=lambda memory: memory.__name__)
def test_slices_are_one_memory(tmp_path, memory):
    write(tmp_path, memory, SLICES[memory](30_000))
    assert differences(tmp_path, "icarus") == 0
    assert (tmp_path / "pair.v").read_text().count("DP16KD #(") == {FourSlices: 4}.get(memory, 2)


@pytest.mark.parametrize("memory", SLICES, ids=lambda memory: memory.__name__)
def test_an_address_a_bit_too_low_is_seen(tmp_path, memory):
    first = 4 if memory is TwoSlices else 3

    def lower(text):
        return text.replace(f".ADB{first}(", ".ADBX(").replace(".ADB2(", f".ADB{first}(").replace(".ADBX(", ".ADB2(")

    write(tmp_path, memory, SLICES[memory](3000), mutate=lower)
    assert differences(tmp_path, "icarus") > 100


def test_a_bank_that_is_read_while_another_is_written_is_seen(tmp_path):
    """Without the enable of the banks that are not written."""

    def enabled(text):
        changed, count = re.subn(r"\.CEB\([^()]*\)", ".CEB(1'b1)", text)
        assert count == 2
        return changed

    write(tmp_path, TwoBanks, BANKS[TwoBanks](3000), mutate=enabled)
    assert differences(tmp_path, "icarus") > 100


@pytest.mark.pnr
@pytest.mark.skipif(not tools.available("yosys"), reason="yosys is not installed")
@pytest.mark.parametrize("memory", MEMORIES | SLICES, ids=lambda memory: memory.__name__)
def test_yosys_maps_the_behavioural_form_to_the_same_pins(tmp_path, memory):
    """An independent reading of the cell: yosys' own map of memories, simulated with our model of the cell."""
    write(tmp_path, memory, (MEMORIES | SLICES)[memory](5000))
    # what does not matter here (no reset, contents 0, nobody reads the port that writes) as the model knows it
    modes = {
        "GSR": "DISABLED",
        "RESETMODE": "SYNC",
        "ASYNC_RESET_RELEASE": "SYNC",
        "WRITEMODE_A": "NORMAL",
        "WRITEMODE_B": "NORMAL",
    }
    parameters = [f'-set {name} "{mode}"' for name, mode in modes.items()]
    parameters += [f"-unset INITVAL_{slice_:02X}" for slice_ in range(64)]
    (tmp_path / "map.ys").write_text(
        "\n".join(
            [
                "read_verilog pair.v",
                "synth_ecp5 -top pair -run begin:map_ffram",
                f"setparam {' '.join(parameters)} t:DP16KD",
                "write_verilog -noattr pair.v",
            ]
        )
    )
    tools.run("yosys", ["-q", "-l", "map.log", "map.ys"], tmp_path, log="map.log")
    # one cell is ours; yosys takes two for the two read ports of WeightMemory
    cells = {WeightMemory: 3, GradientMemory: 2, SlicedWeights: 6, TwoSlices: 4, FourSlices: 8}
    assert (tmp_path / "pair.v").read_text().count("DP16KD #(") == cells[memory]
    assert differences(tmp_path, "icarus") == 0


@by_memory
@pytest.mark.parametrize("port", ["A", "B"])
def test_a_missing_register_is_seen(tmp_path, memory, port):
    def off(text):
        assert text.count(f'.REGMODE_{port}("OUTREG")') == 1
        return text.replace(f'.REGMODE_{port}("OUTREG")', f'.REGMODE_{port}("NOREG")')

    write(tmp_path, memory, MEMORIES[memory](1000), mutate=off)
    if memory is GradientMemory:  # the halves of its word share one register
        with pytest.raises(AssertionError, match="DP16KD_parameter_not_modelled"):
            differences(tmp_path, "icarus")
        write(tmp_path, memory, MEMORIES[memory](1000), mutate=lambda text: text.replace('"OUTREG"', '"NOREG"'))
    assert differences(tmp_path, "icarus") > 100


@by_memory
def test_swapped_halves_are_seen(tmp_path, memory):
    def swap(text):
        return text.replace(".DOA", ".DOX").replace(".DOB", ".DOA").replace(".DOX", ".DOB")

    write(tmp_path, memory, MEMORIES[memory](1000), mutate=swap)
    assert differences(tmp_path, "icarus") > 100


@by_memory
def test_a_forbidden_collision_poisons_the_read(tmp_path, memory):
    """The cell model gives X for a read and a write of one address: a schedule that does it cannot pass on Icarus."""
    if memory is WeightMemory:
        rows = [((5, 5, 1, 3), (0, 0))] + [((0, 0, 0, 0), (0, 0))] * 4
    else:
        rows = [((5, 5, 3, 1), (0,))] + [((0, 0, 0, 0), (0,))] * 4
    write(tmp_path, memory, rows)
    assert differences(tmp_path, "icarus") == 1


def test_widths_that_are_not_modelled_stop_elaboration(tmp_path):
    def narrow(text):
        return text.replace("WIDTH_B(32'd18)", "WIDTH_B(32'd4)")

    write(tmp_path, WeightMemory, weight_stimulus(10), mutate=narrow)
    with pytest.raises(AssertionError, match="DP16KD_parameter_not_modelled"):
        differences(tmp_path, "icarus")


def test_an_unknown_technology_is_refused():
    with pytest.raises(ValueError, match="technology must be one of behavioural, ecp5, got 'asic'"):
        check_technology("asic")
