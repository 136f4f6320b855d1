"""A design is checked once, makes the rest when it is asked, and its command line makes it again."""

import importlib
import shlex
from dataclasses import FrozenInstanceError, replace

import pytest

from golden import systems
from golden.arithmetic.formats import Formats
from golden.errors import HelError
from hel import options
from hel.__main__ import parsed
from rtl.design import ELEMENTS, FORMATS, INPUTS, NEURONS, Design


def test_what_follows_is_made_once():
    design = Design("hru", neurons=8, inputs=2, elements=2)
    assert design.program is design.program and design.schedule is design.schedule and design.subject is design.subject
    assert (design.program.n, design.program.m, design.geometry.elements, design.geometry.fold) == (8, 2, 2, 4)
    assert design.cut_formats["cuts"] == "default"


def test_it_is_a_value():
    one, two = (Design("hru", neurons=8, inputs=2) for _ in range(2))
    assert one == two and hash(one) == hash(two) and one != replace(one, elements=2)
    assert replace(one, elements=8).geometry.elements == 8
    with pytest.raises(FrozenInstanceError):
        one.elements = 2  # type: ignore[misc]


def test_a_system_brings_its_own_size():
    design = Design(systems.get("dense", n=6, m=3), elements=3)
    assert (design.neurons, design.inputs, design.name) == (6, 3, "dense")
    assert design.program == Design("dense", neurons=6, inputs=3).program
    with pytest.raises(HelError, match=r"Dense\(n=6, m=3\) has 6 neurons, got neurons = 8; leave it out"):
        Design(systems.get("dense", n=6, m=3), neurons=8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"elements": 3}, "elements share the neurons evenly, got 3 elements for 16; choose from 1, 2, 4, 8, 16"),
        ({"elements": 0}, "got 0 elements for 16"),
        ({"elements": "auto"}, "got 'auto' elements for 16"),
        ({"neurons": 0}, "the number of neurons n must be a whole number >= 1, got 0"),
        ({"inputs": 2.5}, "the number of inputs m must be a whole number >= 1, got 2.5"),
        ({"cuts": "exact"}, "cuts are default, calibrated or calibrated-SEED, got 'exact'"),
        ({"formats": "SQ(6, 16)"}, r"formats are a golden.arithmetic.formats.Formats, got 'SQ\(6, 16\)'"),
    ],
)
def test_what_cannot_be_is_said_at_once(options, message):
    with pytest.raises(HelError, match=message):
        Design("dense", **options)


def test_an_unknown_system_is_said_at_once():
    with pytest.raises(HelError, match="there is no built-in system 'dens'"):
        Design("dens")


DESIGNS = [
    Design("dense"),
    Design("random-3", neurons=12, inputs=2, elements=3),
    Design("phi4", neurons=8, formats=Formats(fraction_bits=12, operand_bits=14, log2_inverse_step=2)),
    Design("springs", neurons=4, elements=2, cuts="calibrated-7"),
]


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
@pytest.mark.parametrize("command", ["verify", "rtl", "build"])
def test_its_command_line_makes_it_again(command, design):
    module = importlib.import_module(f"hel.commands.{command}")
    again, _ = options.design(parsed(command, module, shlex.split(design.command)))
    assert again == design and again.command == design.command


@pytest.mark.parametrize("command", ["verify", "rtl", "build"])
def test_commands_without_options_handle_the_same_array(command):
    module = importlib.import_module(f"hel.commands.{command}")
    found, reason = options.design(parsed(command, module, ["hru"]))
    assert found == Design("hru") and reason == ""
    assert (found.neurons, found.inputs, found.elements, found.formats) == (NEURONS, INPUTS, ELEMENTS, FORMATS)


@pytest.mark.parametrize("command", ["gradcheck", "systems"])
def test_commands_without_an_array_handle_the_same_system(command):
    module = importlib.import_module(f"hel.commands.{command}")
    args = parsed(command, module, ["hru"])
    assert (args.neurons, args.inputs) == (NEURONS, INPUTS)
