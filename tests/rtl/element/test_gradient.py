"""Gradient words, which wrap at their 36 bits, and updates by every shift, which saturate: all in every cycle."""

from __future__ import annotations

import random
from typing import Any

import pytest
from amaranth.hdl import Const

from golden.dynamics.integrator import Flags
from golden.program.ops import Rounding
from rtl.element.arithmetic import add as exact
from rtl.element.gradient import Gradient
from rtl.hls.plan.control import MAX_SHIFT
from rtl.hls.plan.geometry import GRADIENT_BITS, PARAMETER_WORDS, Geometry
from rtl.hls.plan.timing import GRAD_READ, GRAD_WRITE, KEEP, UPDATE
from rtl.primitives import WeightMemory
from tests.rtl.element.unit import any_word, around, control, saturated, simulate, wrapped

SEED = 23
Rows = list[dict[str, Any]]
READ = UPDATE["shift"] - UPDATE["gradient"]
"""From a gradient word's address to the word, and to its shift."""
WEIGHT = UPDATE["weight"] + 1 + WeightMemory.latency
"""From that address to the parameter word: its address register, its memory."""
SUMS = {
    "reference": Geometry(2, 4, 1),
    "one bit cut": Geometry(2, 4, 1, g_cut=1),
    "no cut": Geometry(2, 4, 1, g_cut=0),
    "largest cut, aligned": Geometry(2, 4, 1, g_cut=24, alignments=(0, 20), gradient_alignment=20),
    "wide": Geometry(2, 4, 1, operand_bits=14, g_cut=1, alignments=(0, 8), gradient_alignment=8),
}
CLIPS = {f"clip {clip}": Geometry(2, 4, 1, g_cut=0, clip_log2=clip) for clip in (9, 0, 1, 6, 17)}
RANGES = Geometry(2, 4, 1, g_cut=0, ranges=((-(1 << 17), 0), (-300, 5000), (4096, (1 << 17) - 1)))


def run(g: Geometry, rows: Rows) -> dict[str, list[Any]]:
    outputs = ("grad_read", "difference", "grad_sum", "update_sum", "theta", "flags")
    return simulate(Gradient(g, control(g), "behavioural"), rows, *outputs)


def check_sums(g: Geometry, rows: Rows, seen: dict[str, list[Any]]) -> int:
    """The read-modify-write of gradient words; returns how many wrapped."""
    memory, wraps = [0] * PARAMETER_WORDS, 0
    for t, row in enumerate(rows[:-READ]):
        # What is written in a cycle is read by the addresses of the next ones.
        assert seen["grad_read"][t + READ] == memory[row.get("g_raddr", 0)], t
        minus, plus = row.get("product", (0, 0))
        assert seen["difference"][t + 1] == wrapped(plus, g.density_bits) - wrapped(minus, g.density_bits), t
        added = Rounding.HALF_UP.apply(seen["difference"][t - 1], g.g_cut) if t else 0
        total = 0 if row.get("g_clear") else seen["grad_read"][t] + added
        assert seen["grad_sum"][t + 1] == total, t
        kept = wrapped(total, GRADIENT_BITS)
        lost = bool(row.get("g_we")) and kept != total
        assert bool(seen["flags"][t + 1] << 3 & Flags.G_OVERFLOW) == lost, t
        wraps += lost
        if row.get("g_we"):
            memory[row["g_waddr"]] = kept
    return wraps


def check_updates(g: Geometry, rows: Rows, seen: dict[str, list[Any]]) -> int:
    """The new parameter for the word, shift, weight and sign of every cycle; returns how many saturated."""
    limit, saturations = 1 << g.clip_log2, 0
    keep = KEEP if g.ranges else 0
    for t in range(READ, len(rows) - UPDATE["write"] - keep):
        address = t - READ  # the cycle of the gradient word's address
        shift, weight = rows[t].get("shift", 0), rows[address + WEIGHT]["weight"]
        step = min(max(Rounding.HALF_UP.apply(seen["grad_read"][t], shift), -limit), limit)
        total = weight + (step if rows[address + UPDATE["sum"]]["u_add"] else -step)
        write = address + UPDATE["write"] + keep
        assert seen["update_sum"][write - keep] == total, (t, seen["grad_read"][t], shift)
        number = rows[write - keep].get("range", 0)
        low, high = g.ranges[number - 1] if number and step else (-1 << 17, (1 << 17) - 1)
        assert seen["theta"][write] == min(max(total, low), high), t
        written = rows[write]["we_b"] and rows[write]["w_theta"] and not number
        lost = bool(written and total != saturated(total, 18))
        assert bool(seen["flags"][write] << 3 & Flags.THETA_CLIPPED) == lost, t
        saturations += lost
    return saturations


def accumulation(g: Geometry, cycles: int) -> Rows:
    """Any access in any cycle, often of a few words; only that no word is read in the cycle it is written in."""
    source, rows = random.Random(SEED), []
    addresses = [0, 1, 2, PARAMETER_WORDS - 1] * 100 + list(range(PARAMETER_WORDS))
    for t in range(cycles):
        row = {"g_we": source.getrandbits(1), "g_clear": source.random() < 0.05}
        row |= {"g_raddr": source.choice(addresses), "g_waddr": source.choice(addresses)}
        if t >= GRAD_WRITE - GRAD_READ and source.random() < 0.5:  # write back to where the sum was read from
            row["g_waddr"] = rows[t - (GRAD_WRITE - GRAD_READ)]["g_raddr"]
        if row["g_we"] and row["g_raddr"] == row["g_waddr"]:
            row["g_raddr"] = (row["g_waddr"] + 1) % PARAMETER_WORDS
        row["product"] = tuple(any_word(source, source.choice([g.density_bits, g.product_bits])) for _ in range(2))
        rows.append(row)
    return rows


def cases(g: Geometry, source: random.Random) -> list[tuple[int, int]]:
    """(shift, gradient word): every shift with what just rounds up, what just reaches the clip, the ends, and any."""
    found = []
    for shift in range(MAX_SHIFT + 1):
        unit, half, clip = 1 << shift, 1 << shift >> 1, (1 << g.clip_log2) << shift
        limits = [half, unit + half, clip - half, clip, 1 << (GRADIENT_BITS - 1)]
        words = [word for limit in limits for word in around(limit, GRADIENT_BITS)]
        found += [(shift, word) for word in words + [any_word(source, GRADIENT_BITS) for _ in range(10)]]
    source.shuffle(found)
    return found


def updates(g: Geometry) -> Rows:
    """Batches: gradient words are written, then each of them updates some parameter, one in every cycle."""
    source, rows = random.Random(SEED), list[dict[str, Any]]()
    asked = cases(g, source)
    for batch in (asked[at : at + PARAMETER_WORDS - 1] for at in range(0, len(asked), PARAMETER_WORDS - 1)):
        # A word is the sum of address 0, which stays zero, and a product given two cycles before the write's control.
        load = [{} for _ in range(READ + len(batch))]
        update = [{} for _ in range(len(batch) + UPDATE["write"] + 1)]
        for address, (shift, word) in enumerate(batch, 1):
            load[address]["product"] = (0, word)
            load[address + 2] |= {"g_we": 1, "g_waddr": address}
            update[address]["g_raddr"] = address
            update[address + READ]["shift"] = shift
        rows += load + update
    for row in rows:
        row |= {"u_add": source.getrandbits(1), **{name: source.random() < 0.8 for name in ("we_b", "w_theta")}}
        row["weight"] = source.choice([-1 << 17, (1 << 17) - 1, any_word(source, 18), *sum(g.ranges, ())])
        row |= {"range": source.randrange(len(g.ranges) + 1)} if g.ranges else {}
    return rows


@pytest.mark.parametrize("geometry", SUMS.values(), ids=SUMS)
def test_gradient_words_are_exact_and_wrap(geometry: Geometry) -> None:
    rows = accumulation(geometry, 1500)
    wraps = check_sums(geometry, rows, run(geometry, rows))
    assert (wraps > 10) == (geometry.density_bits + 1 - geometry.g_cut >= GRADIENT_BITS)


def test_updates_keep_to_ranges() -> None:
    """Only where the step is not 0: a pad is 0 whatever the range."""
    rows = updates(RANGES)
    assert check_updates(RANGES, rows, run(RANGES, rows)) > 5


@pytest.mark.parametrize("geometry", CLIPS.values(), ids=CLIPS)
def test_updates_by_every_shift(geometry: Geometry) -> None:
    rows = updates(geometry)
    seen = run(geometry, rows)
    check_sums(geometry, rows, seen)
    assert check_updates(geometry, rows, seen) > 50


def test_a_rounding_that_is_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtl.element.gradient.add", lambda a, b, carry: exact(a, b, Const(0, 1)))
    with pytest.raises(AssertionError):
        test_gradient_words_are_exact_and_wrap(SUMS["reference"])
    with pytest.raises(AssertionError):
        test_updates_by_every_shift(CLIPS["clip 9"])
