"""A design is checked once, makes the rest when it is asked, and its command line makes it again."""

import copy
import importlib
import json
import pickle
import shlex
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from bitstreams.choose import choose_elements
from bitstreams.learning import build
from golden import systems
from golden.arithmetic.formats import Formats
from golden.errors import HelError
from hel import options
from hel.__main__ import parsed
from rtl.design import ELEMENTS, FORMATS, INPUTS, NEURONS, Design
from rtl.verilog import report
from testbench.train_rtl import train_rtl
from testbench.verify import verify


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


def test_banks_make_the_array_wider():
    """Rows are padded to whole banks; sums that no chain has a form for are the last bank's."""
    one, four = (Design("dense", neurons=9, inputs=2, elements=2, banks=banks) for banks in (1, 4))
    assert (one.banks, one.geometry.banks, one.described["banks"]) == (1, 1, 1) and "--banks" not in one.command
    assert (four.geometry.banks, four.geometry.neurons, four.described["banks"]) == (4, 16, 4)
    assert " --banks 4 " in four.command and replace(four, banks=1) == one != four
    springs = Design("springs", neurons=8, elements=2, banks=2).geometry
    assert springs.alone and springs.banks == 2 and not four.geometry.alone


def test_a_system_brings_its_own_size():
    design = Design(systems.get("dense", n=6, m=3), elements=3)
    assert (design.neurons, design.inputs, design.name) == (6, 3, "dense")
    assert design.program == Design("dense", neurons=6, inputs=3).program
    with pytest.raises(HelError, match=r"Dense\(n=6, m=3\) has 6 neurons, got neurons = 8; leave it out"):
        Design(systems.get("dense", n=6, m=3), neurons=8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"elements": 17}, "elements share the neurons, 1 to 16 of them, got 17 elements; choose within"),
        ({"elements": 0}, "1 to 16 of them, got 0 elements; choose within"),
        ({"elements": "auto"}, "1 to 16 of them, got 'auto' elements"),
        ({"banks": 3}, "an element has 1, 2, 4, 8 banks, got 3; choose among these"),
        ({"banks": True}, "an element has 1, 2, 4, 8 banks, got True"),
        ({"banks": "4"}, "an element has 1, 2, 4, 8 banks, got '4'"),
        ({"neurons": 0}, "the number of neurons n must be a whole number >= 1, got 0"),
        ({"inputs": 2.5}, "the number of inputs m must be a whole number >= 1, got 2.5"),
        ({"cuts": "exact"}, "cuts are default, calibrated or calibrated-SEED, got 'exact'"),
        ({"formats": "SQ(6, 16)"}, r"formats are a hel.Formats, got 'SQ\(6, 16\)'"),
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
    Design("dense", neurons=9, inputs=2, elements=2, banks=4),
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


class Twice(systems.System):
    """A system with a number of its own, which no command line can give."""

    def __init__(self, n, m=1, strength=1.0):
        super().__init__(n, m)
        self.strength = strength

    @property
    def parameters(self):
        return {"k": (self.n,)}

    def potential(self, q, u, theta):
        return self.strength * (theta["k"] @ q**2) - u[0] * q[0]


class Forgetful(Twice):
    def __init__(self, n, m=1):
        pass


class Listed(Twice):
    @property
    def parameters(self):
        return ["k"]


class Misspelt(Twice):
    def potential(self, q, u, theta):
        return quadratic(q)  # noqa: F821


@pytest.mark.parametrize(
    ("system", "message"),
    [
        (Twice, r"a system is an object, got the class Twice; write Twice\(n, m\), for example Twice\(8, 2\)"),
        (None, "a system is a name or a System object, got None; name one"),
        (3, "got 3; name one"),
        (
            Forgetful(4),
            r"test_design.py: Forgetful.__init__ must call super\(\).__init__\(n, m\), and does not; add it",
        ),
        (Listed(4), r"test_design.py: Listed.parameters must map names to shapes such as .*, got \['k'\]"),
        (Misspelt(4), r"test_design.py:\d+: `return quadratic\(q\).*`: Misspelt.potential raised NameError"),
    ],
)
def test_an_object_is_examined_as_a_file_is(system, message):
    with pytest.raises(HelError, match=message):
        Design(system)


def test_no_command_line_makes_what_it_cannot_say():
    """A report then has no command, instead of one for another array."""
    assert Design(Twice(4, strength=3.0)).command == ""
    assert Design("dense", formats=Formats(integer_bits=5)).command == ""
    assert Design("dense", formats=Formats(log2_inverse_step=0)).command == ""


@pytest.mark.parametrize("subject", ["hru", Twice(4, strength=0.5)], ids=["name", "object"])
def test_copies_and_pickles_are_the_same_design(subject):
    design = Design(subject, elements=2)
    words = design.schedule.words
    for again in (copy.deepcopy(design), pickle.loads(pickle.dumps(design))):
        assert again.schedule.words == words and again.program == design.program
        assert (again == design) == isinstance(subject, str)  # objects are compared by identity


def test_sizes_are_plain_numbers():
    design = Design("dense", neurons=np.int64(4), inputs=np.int64(2), elements=np.int64(2))
    assert json.loads(json.dumps([design.neurons, design.inputs, design.elements])) == [4, 2, 2]
    with pytest.raises(HelError, match="must be a whole number >= 1, got True"):
        Design("dense", neurons=True)


def test_a_system_stays_what_was_traced():
    """Rules that trace it once would go on with the old potential."""
    system = Twice(4)
    system.strength = 2.0
    _ = system.graph
    with pytest.raises(HelError, match="does not change once its potential has been traced, got a new strength"):
        system.strength = 3.0
    copied = copy.copy(system)
    copied.strength = 3.0
    assert copied.strength == 3.0 and system.strength == 2.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: verify("dense"), "verify takes a hel.Design, got 'dense'; write hel.Design"),
        (lambda: verify(Design("hru"), steps=0), "the number of steps must be a whole number >= 1, got 0"),
        (lambda: verify(Design("hru"), seed=-1), "the seed must be a whole number >= 0, got -1"),
        (lambda: verify(Design("hru"), stalls=256), "must be a whole number from 0 to 255, got 256"),
        (lambda: verify(Design("hru"), simulator="vcs"), "a simulator is one of verilator, icarus, got 'vcs'"),
        (lambda: report("dense"), "a report takes a hel.Design, got 'dense'"),
        (lambda: build("dense"), "build takes a hel.Design, got 'dense'"),
        (lambda: build(Design("hru"), seed=-1), "the seed must be a whole number from 0 to .*, got -1"),
        (lambda: build(Design("hru"), clock_hz="fast"), "the clock in Hz must be a positive number, got 'fast'"),
        (lambda: build(Design("hru"), board="none"), "none"),
        (lambda: choose_elements("dense", "ulx3s_85f"), "choose_elements takes a hel.Design, got 'dense'"),
        (lambda: train_rtl("digits", systems.get("dense", n=4, m=8)), "train_rtl takes a system's name"),
        (lambda: train_rtl("digits", epoch=1), "train_rtl has no option epoch; it knows neurons, epochs, "),
        (lambda: train_rtl("digits", elements="2"), "the number of elements must be a whole number >= 1, got '2'"),
    ],
)
def test_what_takes_a_design_refuses_the_rest_at_once(call, message):
    with pytest.raises(HelError, match=message):
        call()
