"""The architectural registers of an element, as the trace bus carries them: names and widths, lowest first."""

from __future__ import annotations

from rtl.hls.geometry import Geometry

__all__ = ["trace_bits", "trace_layout"]


def trace_layout(geometry: Geometry) -> dict[str, int]:
    """Width in bits of each traced register, in the order of the bus (lowest bits first)."""
    g = geometry
    pair = {
        "x": 18, "r": 18, "acc": g.accumulator_bits, "product": 40, "pos_read": g.position_bits,
        "mom_read": g.momentum_bits, "pos_sum": g.position_bits + 1, "mom_sum": g.kick_bits + 2,
        "kick": g.kick_bits + 1, "operand": 18,
    }  # fmt: skip
    single = {
        "z_low": g.low_bits, "z_high": g.accumulator_bits - g.low_bits, "index": 9, "fraction": 12,
        "interpolated": 31, "s_word": 18, "difference": 37, "grad_sum": 37, "update_sum": 19,
        "addr_a": 10, "addr_b": 10, "we_b": 1, "wdata": 18,
        "io": g.chain_bits, "flags": 5,
    }  # fmt: skip
    return {f"{name}{lane}": bits for name, bits in pair.items() for lane in range(2)} | single


def trace_bits(geometry: Geometry) -> int:
    """Width of one element's trace."""
    return sum(trace_layout(geometry).values())
