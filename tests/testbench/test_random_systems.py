"""Random systems of the whole language: a slice of the batches by default, all of them slow."""

from __future__ import annotations

import pytest

from golden.errors import HelError
from rtl.design import Design
from testbench import random_systems, tools
from testbench.random_systems import BATCHES, Batch, run
from testbench.reuse import together
from tests.testbench.test_reuse import run as run_on_one_array

pytestmark = pytest.mark.cosim

LENGTHS = (1000, 1001, 1002, 1006, 1010, 1012, 1013, 1017, 1022, 1023, 1024, 1026)
ANGLES = (1004, 1005, 1007, 1009, 1011, 1018, 1021)


def test_batches_have_seeds_of_their_own() -> None:
    seeds = [(b.simulator, seed) for b in BATCHES for seed in range(b.first, b.first + b.count)]
    assert len(set(seeds)) == len(seeds)


def test_designs_share_as_few_arrays_as_run_them() -> None:
    names = ("linear", "rotor", "springs", "dense")
    groups = together([Design(name, neurons=4, elements=2, inputs=1) for name in names])
    assert [[design.name for design in group] for group in groups] == [
        ["linear", "springs", "dense"],
        ["rotor"],
    ]


def test_what_no_array_runs_is_said_and_the_others_go_on(monkeypatch) -> None:
    def alone(designs: list[Design]) -> None:
        if any(design.name == "random-7" for design in designs):
            raise HelError("an element holds at most 511 parameter words")

    def verified(designs: list[Design], **options: object) -> dict:
        assert options["recorded"] == len(designs)
        keys = ("mismatches", "compared_words", "compared_cycles", "cycles")
        return {d.name: dict.fromkeys(keys, int(d.name[-1])) | {"first_mismatch": d.name} for d in designs}

    monkeypatch.setattr(random_systems, "array_for", alone)
    monkeypatch.setattr(random_systems, "verify_reuse", verified)
    found = run(Batch("icarus", 6, 3, 3, 1, 1))
    assert found["refused"] == {"random-7": "an element holds at most 511 parameter words"}
    assert (found["systems"], found["arrays"], found["mismatches"]) == (2, 2, 14)
    assert found["first_mismatch"] == ["random-6", "random-6"]


@pytest.mark.parametrize(("seeds", "elements"), [(LENGTHS, 2), (ANGLES, 3)], ids=["lengths", "angles"])
def test_the_whole_language(seeds: tuple[int, ...], elements: int) -> None:
    """Every clock of the first two; three elements have pads at four neurons."""
    run_on_one_array([f"random-{seed}" for seed in seeds], "verilator", sizes=(4, elements, 2), recorded=2, steps=1)


@pytest.mark.slow
@pytest.mark.parametrize("batch", BATCHES, ids=[batch.name for batch in BATCHES])
def test_batches(batch: Batch) -> None:
    try:
        tools.find(batch.simulator)
    except HelError as error:
        pytest.skip(str(error))
    found = run(batch)
    print(found)
    assert found["mismatches"] == 0
    assert found["systems"] == batch.count and not found["refused"]
