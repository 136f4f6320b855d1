"""What is read back from control words is what the plan asks for, and what the hardware has room for."""

import json

import pytest

from golden.compiler import compile_system
from golden.systems import get
from rtl.hls import Schedule, compile_array
from rtl.hls.report.explain import PASSES, UNITS, activity, explain, text
from rtl.hls.report.tables import tables
from rtl.hls.report.tables import text as tables_text
from tests.golden.dynamics.cases import with_tables
from tests.golden.dynamics.turn_cases import both_operands
from tests.rtl.hls.cases import SYSTEMS, scheduled

SIZES = [(4, 2, 1), (8, 4, 3), (6, 3, 2), (12, 4, 3), (3, 1, 2), (5, 5, 1)]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("size", SIZES)
def test_products_found_are_the_products_planned(system: str, size: tuple[int, int, int]) -> None:
    schedule = scheduled(system, *size)
    for name in ("forward", "echo"):
        found = activity(schedule, name)
        assert found.products == schedule.products(name) == sum(row.products for row in found.operations)
        assert found.busy == schedule.busy(name)
        assert found.cycles == len(schedule.segments[name].words)


@pytest.mark.parametrize("system", ["springs", "graph", "banded", "phi4", "fput", "hopfield", "stack", "gated"])
@pytest.mark.parametrize("size", [(8, 4, 3), (6, 3, 1), (10, 2, 2)])
def test_products_of_wired_cut_and_padded_vectors_are_found(system: str, size: tuple[int, int, int]) -> None:
    schedule = scheduled(system, *size)
    for name in ("forward", "echo"):
        assert activity(schedule, name).products == schedule.products(name)


def test_cuts_and_wiring_have_their_names() -> None:
    schedule = scheduled("springs", 8, 4, 2)
    found = rows(schedule, "echo")
    assert found["C @ x"].products == 2 * 2 * 7 and found["kc * d"].products == 2 * 7
    assert "cut" in explain(schedule)["echo"]["units"] and "table" not in explain(schedule)["echo"]["units"]


def test_positions_have_the_names_of_what_they_become() -> None:
    """As x and in turns, on an array that has both, and of angles alone; every product is the planned one."""
    schedule = compile_array(both_operands(4), elements=2)
    for name in ("forward", "echo"):
        assert activity(schedule, name).products == schedule.products(name)
        found = {what: row.products // (2 if name == "echo" else 1) for what, row in rows(schedule, name).items()}
        products = {what: count for what, count in found.items() if count and not what.startswith("G ")}
        assert products == {
            "W @ x": 16, "D @ t": 10, "M @ t": 16, "M.T @ t": 16, "W.T @ x": 16, "a * t": 4, "b * x": 4,
            "x * t": 4, "t * x": 4, "t * t": 4, "d * t": 4, "t * 1": 4,
        }  # fmt: skip
    angles = compile_array(compile_system(get("rotor", n=4, m=2)), elements=2)
    factors = {word for what in rows(angles, "forward") for word in what.split()}
    assert "t" in factors and "x" not in factors


@pytest.mark.parametrize("system", SYSTEMS)
def test_state_is_read_before_it_is_written_and_as_often_as_a_leapfrog_step_says(system: str) -> None:
    schedule = scheduled(system, 12, 4, 3)
    fold = schedule.geometry.fold
    for name in ("forward", "echo"):
        units = activity(schedule, name).units
        written = list(units["state, write"])
        assert (written.count("drift"), written.count("kick")) == (2 * fold, fold)
        for cycle, what in enumerate(written):
            assert not what or units["state, read"][cycle - 2] == what


def test_look_ups_are_one_a_neuron_and_context() -> None:
    schedule = scheduled("dense", 12, 4, 3)
    tables = {name: rows(schedule, name)["table"].slots for name in ("forward", "echo")}
    assert tables == {"forward": 3, "echo": 6}
    assert all(rows(schedule, name)["table"].products == 0 for name in tables)
    assert "table" not in rows(scheduled("linear", 12, 4, 3), "forward")


def test_look_ups_of_several_tables_have_their_names() -> None:
    schedule = compile_array(with_tables(), elements=4)
    found = rows(schedule, "echo")
    assert {what: row.slots for what, row in found.items() if what.startswith("table")} == {
        "table rise": 4, "table bump": 4, "table wave": 4,
    }  # fmt: skip
    units = activity(schedule, "forward").units["table"]
    assert {"look-up rise", "look-up bump", "look-up wave"} <= set(units)
    for name in ("forward", "echo"):
        assert activity(schedule, name).products == schedule.products(name), "pads do not count"
    report = tables(schedule)
    assert report["weight_words"] == 1024 and report["parameter_and_constant_words"] == schedule.memory.weight_words
    assert [row["words"] for row in report["tables"].values()] == [65, 65, 65]
    shown = tables_text(report).splitlines()
    assert shown[0].endswith("words of parameters and constants, 195 of tables, of 1024")
    assert [line.split()[0] for line in shown[1:]] == ["rise", "bump", "wave"]
    assert "plain, steep above, 64 segments from -32; the argument has 17 fraction bits" in shown[1]


def test_the_operations_of_dense() -> None:
    schedule = scheduled("dense", 8, 4, 3)
    forward, echo = rows(schedule, "forward"), rows(schedule, "echo")
    assert {what: row.products for what, row in forward.items() if row.products} == {
        "W @ x": 64, "B @ u": 24, "b * 1": 8, "al * x": 8, "W.T @ s": 64,
    }  # fmt: skip
    assert {what: row.products for what, row in echo.items() if what.startswith("G ")} == {
        "G al": 16, "G W": 128, "G B": 48, "G b": 16,
    }  # fmt: skip
    assert forward["move"].slots == 1 and echo["move"].slots == 2
    words = {name: schedule.memory.size(name) for name in schedule.plan.parameters}
    assert {what: row.slots for what, row in rows(schedule, "update").items()} == {
        f"update {name}": size for name, size in words.items()
    }


def test_gradient_memory_works_in_every_cycle_of_an_update_and_reads_before_it_writes() -> None:
    units = activity(scheduled("dense", 8, 4, 3), "update").units
    assert set(units["gradient, write"]) == {"", "clear"}
    reads = [cycle for cycle, what in enumerate(units["gradient, read"]) if what]
    assert reads == [cycle - 1 for cycle, what in enumerate(units["gradient, write"]) if what]
    echo = activity(scheduled("dense", 8, 4, 3), "echo").units
    assert list(map(bool, echo["gradient, read"][:-4])) == list(map(bool, echo["gradient, write"][4:]))


def test_explanations_are_plain_data_and_readable() -> None:
    report = explain(scheduled("hru", 8, 4, 3))
    assert json.loads(json.dumps(report)) == report and set(report) == set(PASSES)
    for found in report.values():
        assert set(found["units"]) <= set(UNITS) and all(0 < share <= 1 for share in found["units"].values())
    shown = text(report)
    assert "forward: " in shown and "w * s" in shown and "multipliers" in shown
    assert f"{100 * report['echo']['busy']:.1f} % busy" in shown


def rows(schedule: Schedule, name: str) -> dict:
    return {row.what: row for row in activity(schedule, name).operations}
