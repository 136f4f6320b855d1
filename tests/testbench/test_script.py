"""Packing of transactions and decoding of recordings."""

import doctest

import numpy as np
import pytest
from amaranth import Const
from amaranth.hdl import Cat

from testbench import script
from testbench.script import Recording, describe, pack, read, read_recording, read_responses, write, write_script
from tests.testbench.standin import HostRequest


def test_examples():
    assert doctest.testmod(script).failed == 0


def test_words_are_the_layout_of_the_request_port():
    assert [(name, field.offset, field.width) for name, field in HostRequest] == [
        ("data", 0, 32),
        ("addr", 32, 16),
        ("write", 48, 1),
    ]
    word = HostRequest.const({"data": 0x89ABCDEF, "addr": 0x1234, "write": 1})
    value = Const.cast(Cat(word.as_value())).value
    assert [value] == write(0x1234, 0x89ABCDEF).tolist() == pack([(1, 0x1234, 0x89ABCDEF)]).tolist()


def test_signed_data_wrap_to_32_bits():
    assert (write(0, [-1, -(2**31)]) & np.uint64(0xFFFFFFFF)).tolist() == [0xFFFFFFFF, 0x80000000]


def test_packed_scripts_pass_through_and_empty_ones_are_fine():
    packed = read(3, 4)
    assert pack(packed) is packed
    assert pack([]).size == 0


def test_wrong_addresses_are_refused():
    with pytest.raises(ValueError, match="addresses are 0 to 0xffff, got 0xffff to 0x10000"):
        read(0xFFFF, 2)
    with pytest.raises(ValueError, match="an address per data word, got 2 for 3"):
        write([1, 2], [1, 2, 3])


def test_descriptions():
    assert describe(int(write(0x10, 7)[0])) == "write 0x0010 <- 0x00000007"
    assert describe(int(read(0x10)[0])) == "read 0x0010"


def test_files(tmp_path):
    write_script(tmp_path / "s", write(0x0102, 0x0A0B0C0D))
    assert (tmp_path / "s").read_bytes() == bytes.fromhex("0001 0102 0a0b0c0d")
    (tmp_path / "r").write_text("00000001\nfffffffe\n")
    assert read_responses(tmp_path / "r").tolist() == [1, 0xFFFFFFFE]
    (tmp_path / "r").write_text("")
    assert read_responses(tmp_path / "r").size == 0


def lines(words, digits):
    return "".join(f"{100 + row:016x} {word:0{digits}x}\n" for row, word in enumerate(words))


@pytest.mark.parametrize("lsb, width", [(0, 1), (3, 63), (1, 5), (130, 17), (77, 36), (137, 63)])
@pytest.mark.parametrize("signed", [False, True])
def test_fields_of_a_recording(tmp_path, lsb, width, signed):
    random = np.random.default_rng(1)
    words = [int.from_bytes(random.bytes(25)) for _ in range(9)]
    (tmp_path / "t").write_text(lines(words, 50))
    recording = read_recording(tmp_path / "t")
    expected = [word >> lsb & (1 << width) - 1 for word in words]
    if signed:
        expected = [value - (value >> (width - 1) << width) for value in expected]
    assert recording.field(lsb, width, signed=signed).tolist() == expected
    assert recording.cycles.tolist() == list(range(100, 109))
    assert recording.words() == words


def test_unknown_bits_are_refused_only_where_they_are(tmp_path):
    (tmp_path / "t").write_text("0000000000000010 12\n0000000000000011 xX\n")
    recording = read_recording(tmp_path / "t")
    with pytest.raises(ValueError, match="bits 0 to 3 are unknown at cycle 17; reset or load them"):
        recording.field(0, 4)
    assert Recording(recording.cycles[:1], recording.nibbles[:1]).field(4, 4).tolist() == [1]
    with pytest.raises(ValueError, match="unknown bits"):
        recording.words()


def test_fields_lie_inside_the_bus():
    with pytest.raises(ValueError, match="1 to 63 bits inside the 8 of the bus, got 5 from 4"):
        Recording(np.zeros(1, np.int64), np.zeros((1, 2), np.uint8)).field(4, 5)
