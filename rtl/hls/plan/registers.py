"""The host port's address map, in words. Python drivers, the RTL and docs/architecture.md use these names.

| address | write | read |
|---|---|---|
| IDENTITY | | "HEL" and the version |
| STATUS | | bit 0: busy |
| CYCLES | any value clears both counters | cycles in which the sequencer was at work |
| STALLS | | those of them it waited for a stream |
| IDLE | | as CYCLES, but answers only when the array is idle |
| SHAPE | | `shape_word`: elements, fold << 8, inputs << 16, log2 of the banks << 24 |
| SEGMENT | start, length << 16 | |
| REPEAT | iterations, base << 16 | |
| COMMIT | shift (7 bits, signed), streams << 8: queues the command | |
| INPUT | next input word (waits while the buffer is full) | |
| WORD | next word of the load stream | next word of the read stream (waits until there is one) |
| STORE + parts i + part | 32 bits of control word i, which has 4 or 8 parts; the last one commits it | |
"""

from __future__ import annotations

from enum import IntEnum, IntFlag

from rtl.hls.plan.geometry import Geometry

__all__ = ["IDENTITY_WORD", "Address", "Streams", "shape_word"]

IDENTITY_WORD = 0x48454C01


class Address(IntEnum):
    """Word addresses; a request's address has 16 bits."""

    IDENTITY = 0x00
    STATUS = 0x01
    CYCLES = 0x02
    STALLS = 0x03
    IDLE = 0x04
    SHAPE = 0x05
    SEGMENT = 0x10
    REPEAT = 0x11
    COMMIT = 0x12
    INPUT = 0x20
    WORD = 0x22
    STORE = 0x8000


class Streams(IntFlag):
    """Streams of the host that an iteration of a command waits for."""

    INPUTS = 1
    LOADS = 2
    SENDS = 4


def shape_word(geometry: Geometry) -> int:
    """What SHAPE answers.

    >>> [hex(shape_word(Geometry(elements=2, neurons=8, inputs=3, banks=banks))) for banks in (1, 4)]
    ['0x30402', '0x2030402']
    """
    g = geometry
    return g.elements | g.fold << 8 | g.inputs << 16 | (g.banks.bit_length() - 1) << 24
