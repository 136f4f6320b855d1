"""Drift, kick and operand of both contexts, every register in every cycle: exact sums, wrapped writes, the flags."""

from __future__ import annotations

import random
from typing import Any

import pytest
from amaranth.hdl import Const

from golden.dynamics.integrator import Flags
from golden.program.ops import Rounding
from rtl.element.arithmetic import add
from rtl.element.state import State
from rtl.hls.plan.control import KickSelect, KickSource, StationarySource
from rtl.hls.plan.geometry import MAX_FOLD, Geometry
from rtl.hls.plan.timing import TAKE
from tests.rtl.element.unit import any_word, around, control, in_halves, saturated, simulate, wrapped

SEED = 17
GEOMETRIES = {
    "reference": Geometry(2, 4, 1, integer_bits=6),
    "narrow": Geometry(4, 64, 1, operand_bits=14, fraction_bits=12, log2_inverse_step=2),
    "operand shifted left": Geometry(2, 4, 1, fraction_bits=4, log2_inverse_step=1),
    "kick from the high half": Geometry(2, 4, 1, fraction_bits=8, vector_words=64, lane_store=True),
    "angles": Geometry(2, 4, 1, cut_positions=False, turns=True),
    "angles beside positions": Geometry(2, 4, 1, turns=True, vector_words=64, lane_store=True),
    "narrow angles beside positions": Geometry(4, 8, 1, turns=True, operand_bits=12, fraction_bits=4, integer_bits=9),
    "kick of one rounded bit": Geometry(2, 4, 1, operand_bits=10, fraction_bits=18, integer_bits=4, sum_bits=33),
}
by_geometry = pytest.mark.parametrize("geometry", GEOMETRIES.values(), ids=GEOMETRIES)
OUTPUTS = ("pos_read", "mom_read", "pos_sum", "mom_sum", "kick", "operand", "flags")


def forces(g: Geometry, source: random.Random, count: int) -> list[int]:
    """Force sums: both sides of what rounds up, kicks at the ends of a momentum word, the ends of the sum."""
    limits = [1 << (g.kick_shift - 1), 3 << (g.kick_shift - 1), 1 << (g.momentum_bits - 1 + g.kick_shift)]
    near, bits = [word for limit in limits for word in around(limit, g.accumulator_bits)], g.accumulator_bits
    return [source.choice(near) if source.random() < 0.3 else any_word(source, bits) for _ in range(count)]


def random_rows(g: Geometry, source: random.Random, force: list[list[int]]) -> list[dict[str, Any]]:
    """Any control; only that a kick register is not loaded while the high half of a force sum is still on its way."""
    rows: list[dict[str, Any]] = []
    before = KickSource.HOLD
    for acc in zip(*(in_halves(lane, g.low_bits) for lane in force), strict=True):
        host = source.choice([g.chain_bits, g.position_bits, g.momentum_bits])
        row = {"acc": acc, "io": any_word(source, host)}
        bits = ("q_io", "p_zero", "q_sub", "we_q", "we_p", "x_en", "x_load")
        row |= {
            name: source.getrandbits(1) for name in bits + ("x_store",) * g.lane_store + ("x_turn",) * g.chooses_operand
        }
        row |= {name: source.randrange(max(MAX_FOLD, g.vector_words)) for name in ("s_addr0", "s_addr1")}
        row["w_addr"] = source.choice([source.randrange(MAX_FOLD), 0, MAX_FOLD - 1])
        row |= {"p_sub": source.getrandbits(2), "k_sel": source.choice(list(KickSelect))}
        row |= {"r_src": source.choice([StationarySource.HOLD, StationarySource.X])}
        before = row["k_src"] = KickSource.HOLD if before is KickSource.ACC else source.choice(list(KickSource))
        rows.append(row)
    return rows


def check(g: Geometry, cycles: int = 1200) -> Flags:
    """Returns the flags that were raised."""
    source = random.Random(SEED)
    force = [forces(g, source, cycles) for _ in range(2)]
    rows = random_rows(g, source, force)
    seen = simulate(State(g, control(g)), rows, *OUTPUTS)
    memory = {name: [[0] * MAX_FOLD for _ in range(2)] for name in ("pos", "mom")}
    raised = Flags(0)
    for t, row in enumerate(rows[:-2]):
        now, after = ({name: values[at] for name, values in seen.items()} for at in (t, t + 1))
        for context in range(2):
            q, p = now["pos_read"][context], now["mom_read"][context]
            address = row[f"s_addr{context}"] % MAX_FOLD
            stored_q, stored_p = (memory[name][context][address] for name in ("pos", "mom"))
            assert after["pos_read"][context] == (wrapped(row["io"], g.position_bits) if row["q_io"] else stored_q), t
            assert after["mom_read"][context] == (0 if row["p_zero"] else stored_p), t
            assert after["pos_sum"][context] == (q - p if row["q_sub"] else q + p), t
            lane = context if row["k_sel"] is KickSelect.OWN else row["k_sel"] - KickSelect.LANE0
            kick = Rounding.HALF_UP.apply(now["kick"][lane], 1)
            momentum = after["mom_read"][context]
            total = momentum - kick if row["p_sub"] >> context & 1 else momentum + kick
            assert seen["mom_sum"][t + 2][context] == total, t
            assert after["operand"][context] == operand(g, row, q), t
            check_kick(g, t, context, rows, force[context][t], [kick[context] for kick in seen["kick"][t : t + 3]])
        found = Flags(now["flags"])
        before = max(t - 1, 0)
        assert found == expected_flags(g, row, now, rows[before], seen["pos_read"][before]), t
        raised |= found
        for name, bits, enable in (("pos", g.position_bits, "we_q"), ("mom", g.momentum_bits, "we_p")):
            for context in range(2):
                if row[enable]:
                    memory[name][context][row["w_addr"]] = wrapped(now[f"{name}_sum"][context], bits)
    return raised


def check_kick(g: Geometry, t: int, lane: int, rows: list[dict[str, Any]], force: int, kicks: list[int]) -> None:
    """The kick register now, one cycle later and when a force sum is there whole: K with one bit below it."""
    source, before = rows[t]["k_src"], rows[t - 1]["k_src"] if t else KickSource.HOLD
    if source is KickSource.ACC:
        assert Rounding.HALF_UP.apply(kicks[TAKE], 1) == Rounding.HALF_UP.apply(force, g.kick_shift), (t, lane)
    elif source is KickSource.IO:
        assert kicks[1] == 2 * wrapped(rows[t]["io"], g.momentum_bits), (t, lane)
    elif before is not KickSource.ACC:
        assert kicks[1] == kicks[0], (t, lane)


def in_turns(g: Geometry, row: dict[str, Any]) -> bool:
    return bool(row["x_turn"]) if g.chooses_operand else g.turns


def operand(g: Geometry, row: dict[str, Any], q: int) -> int:
    """What the position read becomes under this word."""
    if in_turns(g, row):
        return wrapped(Rounding.FLOOR.apply(q, g.turn_shift), g.operand_bits)
    return saturated(Rounding.FLOOR.apply(q, g.operand_shift), g.operand_bits)


def expected_flags(
    g: Geometry, row: dict[str, Any], now: dict[str, Any], row_before: dict[str, Any], q_before: tuple[int, int]
) -> Flags:
    """Of the words written or loaded in this cycle: either context, whether or not the other one is used."""

    def lost(words: tuple[int, int], bits: int) -> bool:
        return any(word != wrapped(word, bits) for word in words)

    shifted = [Rounding.FLOOR.apply(q, g.operand_shift) for q in q_before]
    used = row["x_en"] and row["x_load"] and not row.get("x_store", 0) or row["r_src"] is StationarySource.X
    return Flags(
        Flags.Q_OVERFLOW * (g.cut_positions and row["we_q"] and lost(now["pos_sum"], g.position_bits))
        | Flags.P_OVERFLOW * (row["we_p"] and lost(now["mom_sum"], g.momentum_bits))
        | Flags.OPERAND_CLIPPED
        * bool(used and not in_turns(g, row_before) and any(x != saturated(x, g.operand_bits) for x in shifted))
    )


@by_geometry
def test_every_register_in_every_cycle(geometry: Geometry) -> None:
    raised = check(geometry)
    assert Flags.P_OVERFLOW in raised and bool(raised & Flags.Q_OVERFLOW) == geometry.cut_positions
    reach = geometry.position_bits - geometry.operand_shift
    clips = geometry.cut_positions and reach > geometry.operand_bits
    assert bool(raised & Flags.OPERAND_CLIPPED) == clips


def test_the_geometries_take_kicks_of_all_kinds() -> None:
    """From both halves of a sum and from the high half alone; operands by right shifts and by left ones."""
    in_low = [g.low_bits - (g.kick_shift - 1) for g in GEOMETRIES.values()]
    assert min(in_low) <= 0 < max(in_low)
    for shifts in ([g.operand_shift for g in GEOMETRIES.values()], [g.turn_shift for g in GEOMETRIES.values()]):
        assert min(shifts) < 0 < max(shifts)


def test_a_rounding_that_is_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtl.element.state.add", lambda a, b, carry: add(a, b, Const(0, 1)))
    with pytest.raises(AssertionError):
        check(GEOMETRIES["reference"])


def test_a_flag_of_an_angle_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """An angle beyond the operand's range loses nothing: the flag must not come with it."""
    monkeypatch.setattr("tests.rtl.element.test_state.in_turns", lambda g, row: False)
    with pytest.raises(AssertionError):
        check(GEOMETRIES["angles beside positions"])
