"""Where parameters lie: every one once, where the ring comes to use it, and back again."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.arithmetic.function_table import builtin
from golden.errors import HelError
from rtl.hls.plan.geometry import PARAMETER_WORDS, TABLE_BASE, WEIGHT_WORDS, Geometry
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.ring_plan import Layout, Stored

LAYOUTS = {"al": Layout.VECTOR, "W": Layout.MATRIX, "B": Layout.COLUMNS, "b": Layout.VECTOR}


def stored(n: int, m: int) -> dict[str, Stored]:
    """The parameters of a dense system."""
    shapes = {Layout.VECTOR: (n,), Layout.MATRIX: (n, n), Layout.COLUMNS: (n, m)}
    return {name: Stored(layout, shapes[layout]) for name, layout in LAYOUTS.items()}


sizes = st.tuples(st.integers(1, 12), st.integers(1, 5), st.integers(0, 6))
"""Elements, fold, inputs."""


def memory_map(elements: int, fold: int, inputs: int, **formats: int) -> MemoryMap:
    neurons = elements * fold
    geometry = Geometry(elements, neurons, inputs, **formats)
    return MemoryMap(geometry, stored(neurons, inputs), tables=(builtin("tanh", geometry.operand_bits),))


def shapes(memory: MemoryMap) -> dict[str, tuple[int, ...]]:
    n, m = memory.geometry.neurons, memory.geometry.inputs
    return {"al": (n,), "W": (n, n), "B": (n, m), "b": (n,)}


@settings(derandomize=True, database=None, deadline=None)
@given(sizes)
def test_every_parameter_is_stored_once(size: tuple[int, int, int]) -> None:
    memory = memory_map(*size)
    for name, shape in shapes(memory).items():
        stored = np.sort(memory.index(name).reshape(-1))
        np.testing.assert_array_equal(stored, np.arange(np.prod(shape)), f"{name} {shape}")


@settings(derandomize=True, database=None, deadline=None)
@given(sizes, st.integers(0, 2**32))
def test_packing_and_unpacking_is_the_identity(size: tuple[int, int, int], seed: int) -> None:
    memory, random = memory_map(*size), np.random.default_rng(seed)
    parameters = {name: random.integers(-(1 << 17), 1 << 17, shape) for name, shape in shapes(memory).items()}
    words = memory.pack(parameters)
    assert words.shape == (size[0], memory.words + 1)
    assert not words[:, 0].any(), "address 0 belongs to the table"
    for name, found in memory.unpack(words, shapes(memory)).items():
        np.testing.assert_array_equal(found, parameters[name], name)


@pytest.mark.parametrize(("elements", "fold", "inputs"), [(1, 3, 2), (4, 1, 1), (3, 2, 4)])
def test_the_skew(elements: int, fold: int, inputs: int) -> None:
    """Address (f, g, t) of element k holds W[k + fP, gP + (k - t) mod P]; (f, c) B[k + fP, c]; f b[k + fP]."""
    memory = memory_map(elements, fold, inputs)
    n, p = elements * fold, elements
    W, B, b = np.arange(n * n).reshape(n, n), np.arange(n * inputs).reshape(n, inputs), np.arange(n)
    words = memory.pack({"al": b, "W": W, "B": B, "b": b})
    for k, f in product(range(p), range(fold)):
        assert words[k, memory.vector("b", f)] == b[k + f * p]
        assert [words[k, memory.column("B", f, c)] for c in range(inputs)] == B[k + f * p].tolist()
        for g, t in product(range(fold), range(p)):
            assert words[k, memory.matrix("W", f, g, t)] == W[k + f * p, g * p + (k - t) % p]


def test_addresses_leave_no_gap_and_spare_the_tables() -> None:
    memory = memory_map(4, 3, 2)
    assert memory.base == {"al": 1, "W": 4, "B": 40, "b": 46}
    assert memory.words == 48
    table = memory.table(*memory.tables)
    assert [address for address, _ in table] == [*range(TABLE_BASE, WEIGHT_WORDS), 0]


@pytest.mark.parametrize("bits", [8, 12, 16, 18])
def test_the_operand_cut_leaves_table_entries_exact(bits: int) -> None:
    memory = memory_map(2, 1, 1, operand_bits=bits, fraction_bits=8)
    (table,) = memory.tables
    words = np.array([word for _, word in memory.table(table)])
    np.testing.assert_array_equal(words >> (18 - bits), table.words)
    assert words.min() >= 0 and words.max() < 1 << 17


def test_the_largest_memory_fits_and_one_word_more_does_not() -> None:
    def of(elements: int, n: int, m: int) -> MemoryMap:
        return MemoryMap(Geometry(elements, n, m), {name: stored(n, m)[name] for name in ("W", "B")})

    assert of(31, 124, 3).words == 4 * 124 + 12 < PARAMETER_WORDS
    assert of(30, 120, 7).words == 508
    with pytest.raises(
        HelError,
        match="^an element holds at most 511 parameter words, N = 120 on P = 30 needs 512; use more elements$",
    ):
        of(30, 120, 8)
    square = stored(255, 4)["W"]
    with pytest.raises(HelError, match="on P = 255 needs .*; each neuron has an element of its own already: use"):
        MemoryMap(Geometry(255, 255, 4), {"W": square, "again": square, "more": square})
