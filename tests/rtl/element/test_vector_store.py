"""The vector store: two memories of their own, a word read in one cycle, written words seen from the next cycle on."""

from __future__ import annotations

import random

import pytest

from rtl.element.vector_store import VectorStore
from rtl.hls.plan.geometry import Geometry
from tests.rtl.element.unit import any_word, control, simulate

SEED = 11
GEOMETRIES = {
    "table": Geometry(2, 4, 1, vector_words=16),
    "table and cuts": Geometry(2, 4, 1, vector_words=64, cut_shifts=(13, 20)),
    "cuts": Geometry(2, 4, 1, operand_bits=14, vector_words=32, tables=(), cut_shifts=(13,)),
}
by_geometry = pytest.mark.parametrize("geometry", GEOMETRIES.values(), ids=GEOMETRIES)


def check(g: Geometry, cycles: int = 1500) -> None:
    source, depth = random.Random(SEED), g.vector_words
    addresses = [0, 1, depth // 2, depth - 2, depth - 1, *range(depth)]
    rows = []
    for _ in range(cycles):
        row = {name: source.choice(addresses) for name in ("s_addr0", "s_addr1", "s_waddr")}
        row |= {"s_we": source.getrandbits(2), "cut_lost": source.getrandbits(1)}
        row |= {name: any_word(source, 18) for name in ("table_word", "cut_word")}
        rows.append(row | ({"s_cut": source.getrandbits(1)} if bool(g.tables) and g.cut_shifts else {}))
    seen = simulate(VectorStore(g, control(g)), rows, "s_read", "clipped")
    memories, read, at_once = [[0] * depth for _ in range(2)], [0, 0], 0
    for t, row in enumerate(rows):
        cut = row.get("s_cut", not bool(g.tables))
        assert seen["s_read"][t] == tuple(read), t
        assert seen["clipped"][t] == bool(row["s_we"] and cut and row["cut_lost"]), t
        for context, memory in enumerate(memories):
            address, written = row[f"s_addr{context}"], row["s_we"] >> context & 1
            read[context] = memory[address]  # before the write: in the cycle of a write the old word is read
            at_once += written and address == row["s_waddr"]
            if written:
                memory[row["s_waddr"]] = row["cut_word" if cut else "table_word"]
    assert at_once > 20


@by_geometry
def test_words_are_kept_apart_and_read_one_cycle_later(geometry: Geometry) -> None:
    check(geometry)


def test_a_store_that_ignores_the_choice_of_its_word_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtl.element.vector_store.Mux", lambda condition, cut_word, table_word: table_word)
    with pytest.raises(AssertionError):
        check(GEOMETRIES["table and cuts"])
