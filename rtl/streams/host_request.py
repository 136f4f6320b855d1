"""What a host asks of an array, one word: the payload of the stream from the serial bridge to the array's host port.

The addresses are `rtl.hls.plan.registers`; `rtl.host.transactions` makes the same words in NumPy.
"""

from __future__ import annotations

from amaranth.lib import data

__all__ = ["HostRequest"]

HostRequest = data.StructLayout({"data": 32, "addr": 16, "write": 1})
"""One request: a write never answers, a read always does."""
