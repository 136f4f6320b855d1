"""Pins of placed cells that no net drives get what the device gives them."""

import pytest

from bitstreams.netlist.pins import driven
from golden.errors import HelError


def cell(kind, inputs, outputs=(), parameters=None, bel="X1/Y1/SLICEA.K0"):
    """A cell as nextpnr writes it: pins by name with their net, None where there is none."""
    pins = {pin: [] if net is None else [net] for pin, net in {**inputs, **dict(outputs)}.items()}
    ways = dict.fromkeys(inputs, "input") | dict.fromkeys(dict(outputs), "output")
    return {
        "type": kind,
        "parameters": parameters or {},
        "attributes": {"NEXTPNR_BEL": bel, "ROUTING": "long"},
        "port_directions": ways,
        "connections": pins,
    }


def test_open_pins_are_high_and_an_open_reset_is_off():
    found = driven("ff", cell("TRELLIS_FF", {"LSR": None, "CE": None, "M": 4}, {"Q": 5}))
    assert found["connections"] == {"LSR": ["0"], "CE": ["1"], "M": [4], "Q": [5]}
    assert found["attributes"] == {}
    found = driven("lut", cell("TRELLIS_COMB", {"A": None, "B": 3}, {"F": 5, "OFX": None}))
    assert found["connections"] == {"A": ["1"], "B": [3], "F": [5]}
    assert found["port_directions"] == {"A": "input", "B": "input", "F": "output"}


@pytest.mark.parametrize(("half", "upper"), [("K0", "0"), ("K1", "1")])
def test_a_half_of_a_slice_knows_which_it_is(half, upper):
    assert driven("lut", cell("TRELLIS_COMB", {"A": 3}, bel=f"X1/Y1/SLICEB.{half}"))["parameters"]["IS_Z1"] == upper


@pytest.mark.parametrize(("way", "carried"), [("1 ", "1"), ("0 ", "0"), ("INV", "0"), ("CSA0", "1")])
def test_multiplexers_of_a_memory_with_an_open_pin(way, carried):
    found = driven("ram", cell("DP16KD", {"CSA0": None}, parameters={"CSA0MUX": way, "CLKAMUX": "CLKA"}))
    assert found["connections"] == {"CSA0": [carried]}
    assert found["parameters"] == {"CLKAMUX": "CLKA"}


def test_multiplexers_of_a_memory_with_a_net():
    memory = cell("DP16KD", {"WEA": 7, "WEB": 8}, parameters={"WEAMUX": "WEA", "WEBMUX": "0 "})
    assert driven("ram", memory)["connections"] == {"WEA": [7], "WEB": ["0"]}
    with pytest.raises(HelError, match="pin WEA of ram is behind INV, which is not modelled; report it"):
        driven("ram", cell("DP16KD", {"WEA": 7}, parameters={"WEAMUX": "INV"}))


def test_open_pins_of_a_multiplier_belong_to_other_modes():
    assert driven("dsp", cell("MULT18X18D", {"A0": 3, "C0": None}, {"P0": 5}))["connections"] == {"A0": [3], "P0": [5]}


def pin(direction, **pins):
    """A pin of the device, B among its nets."""
    found = cell("TRELLIS_IO", pins, parameters={"DIR": direction, "DATAMUX_ODDR": "PADDO"})
    found["port_directions"] |= {"B": "inout", "O": "output"}
    return found


def test_pins_of_the_device_have_a_direction_each():
    found = driven("clk", pin("INPUT", B=2, O=3, I=None, T=None))
    assert found["type"] == "TRELLIS_IO_INPUT" and found["parameters"] == {}
    assert found["connections"] == {"B": [2], "O": [3]}
    assert found["port_directions"] == {"B": "input", "O": "output"}
    assert driven("o", pin("OUTPUT", B=2, I=3))["port_directions"] == {"I": "input", "B": "output"}
    with pytest.raises(
        HelError, match="a pin of a netlist is a plain input or output, got BIDIR on sda; give the array"
    ):
        driven("sda", pin("BIDIR", B=2, I=3, O=4, T=5))
