"""Arrays of several banks through the real sequencer: golden word for word and the cycle model at every clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import testbench.verify
from golden.arithmetic.formats import Formats
from golden.errors import HelError
from rtl.design import Design
from rtl.hls import Geometry
from rtl.ring import Ring
from testbench import tools
from testbench.array import build_array
from testbench.verify import verify

pytestmark = pytest.mark.cosim

W16 = Formats(fraction_bits=12, operand_bits=16, integer_bits=5, log2_inverse_step=2)
SMALL = Formats(fraction_bits=10, operand_bits=12, integer_bits=3, log2_inverse_step=1, g_cut=0, clip_log2=6)
WRAPPING_SEED = 11
"""Its first states fill their words."""
WRAPPED = {"q_overflow", "p_overflow", "operand_clipped"}


def design(neurons: int, banks: int, *, elements: int = 2, inputs: int = 2, formats: Formats | None = None) -> Design:
    return Design("dense", neurons=neurons, elements=elements, banks=banks, inputs=inputs, formats=formats or Formats())


def run(asked: Design, simulator: str, **options: Any) -> dict[str, Any]:
    """`verify` with a report that must be all right: forward, echo with nudges, update, and every bit back without."""
    try:
        tools.find(simulator)
    except HelError as error:
        pytest.skip(str(error))
    found = verify(asked, simulator=simulator, **options)
    assert found["mismatches"] == 0 and found["compared_words"] > 0 and found["banks"] == asked.banks
    assert found["cycles"] == found["cycles_predicted"] + found["stall_cycles"]
    return found


@pytest.mark.parametrize("banks", [pytest.param(2, marks=pytest.mark.slow), 4])
def test_icarus(banks: int) -> None:
    """Words that wrap, stalls on every stream; the echo without a nudge returns every one of them."""
    found = run(design(8, banks), "icarus", steps=1, seed=WRAPPING_SEED)
    assert found["compared_cycles"] > 500 and set(found["flags"]) >= WRAPPED - {"q_overflow"} and found["stall_cycles"]


@pytest.mark.parametrize(
    ("neurons", "banks", "seed", "stalls"),
    [(16, 4, WRAPPING_SEED, 64), pytest.param(9, 2, 1, 0, marks=pytest.mark.slow)],
    ids=["16-4", "9-2"],
)
def test_verilator(neurons: int, banks: int, seed: int, stalls: int) -> None:
    """Full rate forward; pads."""
    found = run(design(neurons, banks, inputs=3), "verilator", steps=2, seed=seed, stalls=stalls)
    assert found["compared_cycles"] > 1000
    assert (set(found["flags"]) >= WRAPPED) == (seed == WRAPPING_SEED)


@pytest.mark.parametrize(
    ("mutant", "register", "operation"),
    [
        ("sum0", "bank0_acc0", "W.T @ s"),
        pytest.param("lane1", "x1", "W @ x", marks=pytest.mark.slow),
        pytest.param("input", "bank0_v0", "B @ u", marks=pytest.mark.slow),
    ],
)
def test_a_mutant_is_found_where_it_is(mutant: str, register: str, operation: str) -> None:
    found = verify(design(4, 2), simulator="icarus", steps=1, mutant=mutant)
    first = found["first_mismatch"]
    assert found["mismatches"] > 0 and first["element"] == 1 and first["expected"] ^ first["found"] == 1
    assert (first["register"], first["operation"]) == (register, operation) and " --banks 2 " in first["command"]


# The check can fail: the RTL alone is changed.


def test_golden_alone_sees_another_shift(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(simulator: str, geometry: Geometry, **options: Any) -> Any:
        return build_array(simulator, replace(geometry, g_cut=5), **options)

    monkeypatch.setattr(testbench.verify, "build_array", build)
    found = verify(design(4, 2), simulator="icarus", steps=1, recorded=False)
    assert found["mismatches"] > 0 and {"gradient"} == {found["first_mismatch"]["kind"]}


@pytest.mark.slow
def test_the_cycle_model_sees_a_cycle_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    latency = vars(Ring)["latency"].fget
    monkeypatch.setattr(Ring, "latency", property(lambda ring: latency(ring) + 1))
    assert verify(design(4, 2), simulator="icarus", steps=1, stalls=0)["mismatches"] > 0


# Larger sweeps.


def drawn(seed: int) -> Design:
    """Random sizes and formats."""
    source = np.random.default_rng(seed)
    banks, elements = int(source.choice([2, 4, 8])), int(source.integers(2, 6))
    neurons = int(source.integers(elements, min(16 * elements, 48) // banks * banks + 1))
    formats = (Formats(), W16, SMALL)[int(source.integers(3))]
    return design(neurons, banks, elements=elements, inputs=int(source.integers(1, 7)), formats=formats)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_random_sizes(seed: int) -> None:
    run(drawn(seed), "verilator", steps=3, seed=seed, stalls=32 * seed)


@pytest.mark.slow
@pytest.mark.parametrize("banks", [2, 4])
@pytest.mark.parametrize("simulator", ["icarus", "verilator"])
def test_several_steps_that_wrap(simulator: str, banks: int) -> None:
    found = run(design(8, banks, inputs=3), simulator, steps=6, seed=WRAPPING_SEED, stalls=200)
    assert set(found["flags"]) >= WRAPPED


@pytest.mark.slow
@pytest.mark.parametrize(("neurons", "elements", "banks"), [(64, 8, 4), (96, 6, 8), (64, 16, 2)])
def test_large_arrays_for_hundreds_of_steps(neurons: int, elements: int, banks: int) -> None:
    """Golden after every step, and every bit back."""
    found = run(design(neurons, banks, elements=elements, inputs=8), "verilator", steps=200, stalls=16, seed=1)
    assert found["compared_cycles"] == 0
