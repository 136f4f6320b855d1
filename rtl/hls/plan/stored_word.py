"""The control word of an array of any width: what the control store holds, and what of it is broadcast.

One bank has the fields of `rtl.hls.plan.control`, several have those of `rtl.hls.plan.wide_control`. What the sequencer
resolves is last in both.

Example
-------
>>> from rtl.hls.plan.geometry import Geometry
>>> one, four = (Geometry(elements=2, neurons=8, inputs=1, banks=banks) for banks in (1, 4))
>>> "r_src" in word_widths(one), "bank" in word_widths(one), "bank" in word_widths(four)
(True, False, True)
>>> list(word_widths(four))[-3:], "relative" in broadcast_widths(four)
(['imm_src', 'u_index', 'relative'], False)
"""

from __future__ import annotations

from rtl.hls.plan.control import SEQUENCER_FIELDS, widths
from rtl.hls.plan.geometry import HOST_BITS, Geometry
from rtl.hls.plan.wide_control import wide_widths
from rtl.hls.plan.width import Width

__all__ = ["broadcast_widths", "store_parts", "word_widths"]


def word_widths(geometry: Geometry) -> dict[str, int]:
    """Width of every field of a stored word, lowest field first."""
    return widths(geometry) if geometry.banks == 1 else wide_widths(geometry, Width.of(geometry))


def broadcast_widths(geometry: Geometry) -> dict[str, int]:
    """Of those that reach the elements; in elements of several banks, those of the banks come first."""
    return {name: bits for name, bits in word_widths(geometry).items() if name not in SEQUENCER_FIELDS}


def store_parts(geometry: Geometry) -> int:
    """Host words in which a control word is loaded; a power of two, for the address of one has its number below.

    >>> from rtl.hls.plan.geometry import Geometry
    >>> store_parts(Geometry(elements=2, neurons=4, inputs=1))
    4
    """
    return max(4, 1 << (-(-sum(word_widths(geometry).values()) // HOST_BITS) - 1).bit_length())
