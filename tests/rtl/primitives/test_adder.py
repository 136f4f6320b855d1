"""Both forms of Adder and the sum in integers are equal, for both choices, behind a register."""

import random
from functools import partial

import pytest
from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import Out

from rtl.primitives.adder import Adder
from tests.rtl.primitives.pair import differences, write

pytestmark = pytest.mark.cosim
SEED = 21
TABLES = {"select": "16'h656a", "invert": "16'h96aa"}
"""A ^ (B if C else D), and A ^ B ^ C if D else A: inputs A to D from the lowest bit of the index on."""

INPUTS = {"select": ("a", "b", "choice", "carry", "d"), "invert": ("a", "b", "choice", "carry")}


class Clocked(wiring.Component):
    """An adder and a register, for a bench that counts cycles."""

    def __init__(self, bits, kind, technology="behavioural"):
        self.adder = Adder(bits, kind, technology)
        super().__init__(dict(self.adder.signature.members.items()))

    def elaborate(self, platform):
        m = Module()
        m.submodules.adder = self.adder
        for name, member in self.signature.members.items():
            if member.flow == Out:
                m.d.sync += getattr(self, name).eq(getattr(self.adder, name))
            else:
                m.d.comb += getattr(self.adder, name).eq(getattr(self, name))
        return m


def stimulus(kind, bits, cycles=2000):
    source = random.Random(SEED)
    ends = (0, 1, (1 << bits) - 1, 1 << (bits - 1))
    rows, total = [], 0
    for _ in range(cycles):
        words = {n: source.choice(ends) if source.random() < 0.3 else source.getrandbits(bits) for n in "abd"}
        words |= {"choice": source.getrandbits(1), "carry": source.getrandbits(1)}
        if kind == "select":
            other = words["b"] if words["choice"] else words["d"]
        else:
            other = words["b"] ^ -words["choice"] & (1 << bits) - 1
        rows.append((tuple(words[name] for name in INPUTS[kind]), (total,)))
        total = words["a"] + other + words["carry"]
    return rows


@pytest.mark.parametrize("bits", [1, 2, 21, 22])
@pytest.mark.parametrize("kind", TABLES)
def test_forms_are_equal(tmp_path, kind, bits):
    write(tmp_path, partial(Clocked, bits, kind), stimulus(kind, bits))
    assert differences(tmp_path, "icarus") == 0


@pytest.mark.parametrize("kind", TABLES)
def test_a_wrong_table_is_seen(tmp_path, kind):
    other = next(table for name, table in TABLES.items() if name != kind)

    def wrong(text):
        assert TABLES[kind] in text and other not in text
        return text.replace(TABLES[kind], other)

    write(tmp_path, partial(Clocked, 7, kind), stimulus(kind, 7), mutate=wrong)
    assert differences(tmp_path, "icarus") > 100


def test_a_carry_that_stays_out_of_its_sum_is_seen(tmp_path):
    write(
        tmp_path,
        partial(Clocked, 3, "select"),
        stimulus("select", 3, 50),
        mutate=lambda text: text.replace('.INJECT1_0("NO")', '.INJECT1_0("YES")'),
    )
    assert differences(tmp_path, "icarus") > 0
