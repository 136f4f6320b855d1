"""What an array will take of a device, before any tool runs: multipliers, block RAMs, look-up tables, flip-flops.

Multipliers and block RAMs are counted. Look-up tables and flip-flops are linear in the widths and options of a
geometry, once for every element and once for the rest (sequencer, queues, host port, serial line, tree of registers):

    LUT = packing (P e . f + r . g)        FF = P e' . f + r' . g

with the features f and g below and coefficients that `python -m bitstreams.calibrate` fits to synthesised arrays; the
committed fit is bitstreams/results/calibration.json, with the errors it makes on arrays that it has not seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bitstreams.devices import DEVICES, DeviceSize
from golden.errors import HelError
from rtl.hls import Geometry, Schedule
from rtl.hls.plan.control import widths
from rtl.hls.plan.geometry import WEIGHT_WORDS
from rtl.ring import tree_levels
from rtl.sequencer import chain_depth, store_memories

__all__ = ["CALIBRATION", "Estimate", "counted", "element_features", "estimate", "missing", "predict", "rest_features"]

CALIBRATION = Path(__file__).with_name("results") / "calibration.json"


@dataclass(frozen=True)
class Estimate:
    """Cells of a device that an array takes, the board's top module included."""

    dsp: int
    bram: int
    lut: int
    ff: int


def element_features(g: Geometry) -> dict[str, float]:
    """What one element's size is linear in."""
    return {
        "one": 1,
        "accumulator_bits": g.accumulator_bits,
        "position_bits": g.position_bits,
        "momentum_bits": g.momentum_bits,
        "kick_bits": g.kick_bits,
        "alignments": (len(g.alignments) - 1) * g.product_bits,
        "table": bool(g.tables),
        "table_sums": bool(g.tables) and not g.clamps_by_bits,
        "more_tables": max(len(g.tables) - 1, 0),
        "weights": g.weight_words / WEIGHT_WORDS,
        "ranges": len(g.ranges),
        "vectors": g.vector_words / 16,
        "cut": bool(g.cut_shifts),
        "more_cuts": max(len(g.cut_shifts) - 1, 0),
        "lane_store": g.lane_store,
    }


def rest_features(g: Geometry) -> dict[str, float]:
    """What the size of everything but the elements is linear in."""
    return {
        "one": 1,
        "queues": chain_depth(g) / 16 * g.chain_bits,
        "tree": sum(tree_levels(g.elements)) * (sum(widths(g).values()) + g.chain_bits),
        "elements": g.elements,
        "stores": store_memories(g),
    }


def estimate(geometry: Geometry) -> Estimate:
    """The estimate for an array of this geometry.

    >>> estimate(Geometry(elements=4, neurons=16, inputs=8)).dsp
    8

    Raises HelError for elements of several banks.
    """
    if geometry.banks > 1:
        raise HelError(f"sizes are predicted of elements with one bank, got B = {geometry.banks}; use B = 1")
    fit = _fit()
    e, r, p = element_features(geometry), rest_features(geometry), geometry.elements
    lut = fit["packing"] * (p * _dot(fit["element"]["lut"], e) + _dot(fit["rest"]["lut"], r))
    ff = p * _dot(fit["element"]["ff"], e) + _dot(fit["rest"]["ff"], r)
    return Estimate(**counted(geometry), lut=round(lut), ff=round(ff))


def counted(geometry: Geometry) -> dict[str, int]:
    """Multipliers and block RAMs, of any width; names as in `Estimate`.

    >>> counted(Geometry(elements=4, neurons=32, inputs=8, banks=4))
    {'dsp': 32, 'bram': 46}
    """
    p = geometry.elements
    return {"dsp": 2 * p * geometry.banks, "bram": p * geometry.block_rams + store_memories(geometry)}


def missing(needs: Estimate, device: DeviceSize) -> list[str]:
    """What a device has too little of, in words; empty where the array fits.

    Placement and routing need room: LUTs count as full at 90 %.
    """
    limits = (
        ("multipliers", needs.dsp, device.dsp),
        ("block RAMs", needs.bram, device.bram),
        ("LUTs", needs.lut, int(device.full * device.lut)),
        ("flip-flops", needs.ff, int(device.full * device.ff)),
    )
    return [f"{what}: {need} of {have}" for what, need, have in limits if need > have]


def predict(schedule: Schedule, clock_hz: float) -> dict[str, Any]:
    """All that is known before synthesis, as plain data.

    Returns
    -------
    dsp, bram; lut, ff of elements with one bank; cycles_per_step, clock_hz, steps_per_s; devices: name -> "" or what
    is missing there
    """
    g = schedule.geometry
    # What is not known of elements with several banks lacks nothing.
    needs = estimate(g) if g.banks == 1 else Estimate(**counted(g), lut=0, ff=0)
    known = asdict(needs) if g.banks == 1 else counted(g)
    cycles = 1 + len(schedule.segments["forward"].words)
    return {
        **known,
        "cycles_per_step": cycles,
        "clock_hz": clock_hz,
        "steps_per_s": clock_hz / cycles,
        "devices": {name: ", ".join(missing(needs, device)) for name, device in DEVICES.items()},
    }


@cache
def _fit() -> dict[str, Any]:
    try:
        content = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    except OSError:
        raise HelError(
            f"estimates need {CALIBRATION.name}, which is not there; run `python -m bitstreams.calibrate`"
        ) from None
    return dict(content["fit"])


def _dot(coefficients: Mapping[str, float], features: Mapping[str, float]) -> float:
    return float(sum(coefficients.get(name, 0.0) * value for name, value in features.items()))


def fitted(rows: Sequence[Mapping[str, float]], values: Sequence[float]) -> dict[str, float]:
    """Coefficients of least squared relative error; a feature that never changes has none beside `one`.

    >>> fitted([{"one": 1, "a": 1}, {"one": 1, "a": 2}, {"one": 1, "a": 3}], [3.0, 5.0, 7.0])
    {'one': 1.0, 'a': 2.0}
    """
    names = [name for name in rows[0] if name == "one" or len({row[name] for row in rows}) > 1]
    weight = 1 / np.asarray(values)
    matrix = np.array([[row[name] for name in names] for row in rows])
    found, *_ = np.linalg.lstsq(matrix * weight[:, None], np.ones(len(rows)), rcond=1e-9)
    return {name: round(float(value), 4) for name, value in zip(names, found, strict=True)}
