"""Whether a system can be loaded into an array that exists."""

import json
from dataclasses import asdict, replace

import pytest

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from golden.program import Program
from rtl.hls import Geometry, compile_array
from rtl.hls.plan.bind import bind
from rtl.hls.plan.padding import padded
from rtl.hls.report.reuse import joined, lacks, missing, read
from rtl.hls.schedule.schedule import schedule
from tests.golden.dynamics.cases import with_tables
from tests.rtl.hls.cases import program, scheduled
from tests.rtl.hls.table_cases import any_tables, looked_up

DENSE = scheduled("dense", 8, 4, 3).geometry


def test_an_array_runs_its_own_system_and_smaller_ones() -> None:
    assert lacks(DENSE, DENSE) == []
    wide = replace(DENSE, sum_bits=48)
    for smaller in (scheduled("dense", 4, 4, 2), scheduled("hru", 8, 4, 3), scheduled("linear", 12, 4, 1)):
        assert lacks(wide, smaller.geometry) == []
        schedule(smaller.plan, replace(wide, neurons=smaller.geometry.neurons, inputs=smaller.geometry.inputs))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"elements": 2}, "elements must be 2, the array has 4"),
        ({"inputs": 4}, "inputs must be at least 4, the array has 3"),
        ({"operand_bits": 16}, "operand_bits must be 16, the array has 18"),
        ({"log2_inverse_step": 2}, "log2_inverse_step must be 2, the array has 3"),
        ({"sum_bits": 60}, "sum_bits must be at least 60, the array has"),
        ({"turns": True}, "turns must be there, the array has none"),
        ({"control_words": 4096}, "control_words must be at least 4096, the array has 2048"),
    ],
)
def test_each_missing_need_is_named(change: dict, message: str) -> None:
    (found,) = lacks(DENSE, replace(DENSE, **change))
    assert found.startswith(message)


def test_an_array_of_angles_alone_runs_no_positions_and_one_of_both_runs_no_angles_alone() -> None:
    both, angles = replace(DENSE, turns=True), replace(DENSE, turns=True, cut_positions=False)
    assert lacks(both, DENSE) == lacks(angles, angles) == []
    assert lacks(both, angles) == ["positions must all be angles, the array has lengths, whose overflow it tells"]
    assert lacks(angles, DENSE) == ["cut_positions must be there, the array has none"]


def test_the_number_of_neurons_is_a_matter_of_the_schedule() -> None:
    assert lacks(DENSE, replace(DENSE, neurons=32)) == []


def array_of(*systems: str, **change: object) -> Geometry:
    plans = [bind(program(system, 8, 3)) for system in systems]
    return replace(joined(plans, Formats(), elements=2, neurons=8), **change)  # type: ignore[arg-type]


def test_a_joined_array_has_the_words_that_its_plans_need_there() -> None:
    systems = ("fput", "random-1", "banded")
    array = array_of(*systems)
    own = {system: scheduled(system, 8, 2, 3).geometry.vector_words for system in systems}
    assert own == {"fput": 16, "random-1": 32, "banded": 16} and array.vector_words == 32
    for system in systems:
        assert missing(bind(program(system, 8, 3)), Formats(), array, elements=2, neurons=8) == []
        assert compile_array(program(system, 8, 3), elements=2, array=array).geometry == array


def test_a_joined_array_has_the_tables_of_its_plans_where_words_leave_room() -> None:
    """tanh and sin are loaded into the same words, of the shape with a flag; a program's own tables lie behind."""
    sine = Program.parse(str(program("hru", 8, 3)).replace("table tanh", "table sin")).verify()
    plans = [bind(program("dense", 8, 3)), bind(sine), bind(program("linear", 8, 3))]
    array = joined(plans, Formats(), elements=2, neurons=8)
    assert [(s.base, s.steep) for s in array.tables] == [(512, (False, True))]
    assert array.weight_words == 1024 and array.clamps_by_bits
    assert all(missing(plan, Formats(), array, elements=2, neurons=8) == [] for plan in plans)
    plain = joined(plans[::2], Formats(), elements=2, neurons=8)
    (lacking,) = missing(plans[1], Formats(), plain, elements=2, neurons=8)
    assert lacking.startswith("tables must include odd, steep above, 512 segments at 512, the array has odd, 512 seg")
    several = padded(bind(with_tables(n=8)), Formats(), elements=2)
    array = joined([*plans, several], Formats(), elements=2, neurons=8)
    first = array.tables[0].base
    assert [s.base for s in array.tables] == [first, first, first + 65, first + 130]
    assert compile_array(with_tables(n=8), elements=2, array=array).memory.numbers == {"rise": 1, "bump": 2, "wave": 3}
    assert compile_array(sine, elements=2, array=array).memory.numbers == {"sin": 0}


def test_angles_and_lengths_share_no_array() -> None:
    with pytest.raises(HelError, match="^positions of one array .* rotor has angles and linear lengths; build"):
        array_of("linear", "rotor")


def test_a_table_that_an_array_lacks_is_named() -> None:
    plan = padded(bind(with_tables(n=8)), Formats(), elements=4)
    array = joined([plan], Formats(), elements=4, neurons=8)
    assert missing(plan, Formats(), array, elements=4, neurons=8) == []
    less = replace(array, tables=array.tables[:2])
    (found,) = missing(plan, Formats(), less, elements=4, neurons=8)
    assert found.startswith("tables must include ") and "odd, over a turn, 64 segments at" in found
    with pytest.raises(HelError, match="^tables does not run on this array: tables must include"):
        compile_array(with_tables(n=8), elements=4, array=less)
    deep = padded(bind(looked_up(any_tables(10, 18, 3, 1500), n=8, m=2)), Formats(), elements=4)
    lacking = missing(deep, Formats(), array, elements=4, neurons=8)
    assert any(line.startswith("weight_words must be at least 2048, the array has 1024") for line in lacking)


def test_stores_that_are_not_deep_enough() -> None:
    """How deep they must be is known by scheduling on that array."""
    own = program("random-1", 8, 3)
    for change, names, message in (
        ({"vector_words": 16}, "vector_words must be at least 32, the array has 16", "at most 16 words of inter"),
        ({"vector_words": 0}, "vector_words must be at least 16, the array has 0", "vector_words must be at least 16"),
    ):
        array = array_of("random-1", **change)
        assert missing(bind(own), Formats(), array, elements=2, neurons=8) == [names]
        with pytest.raises(HelError, match=f"{message}.*; build"):
            compile_array(own, elements=2, array=array)


def test_an_array_is_read_from_its_memory_map(tmp_path) -> None:
    path = tmp_path / "array.v.json"
    path.write_text(json.dumps({"geometry": asdict(DENSE), "other": 1}))
    assert read(path) == DENSE


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory; check the path"),
        ("{", "is a JSON file, .* is not; name FILE.v.json or report.json"),
        ("[1]", "has none of this version; write it again"),
        ('{"geometry": {"elements": 4}}', "has none of this version"),
        ('{"geometry": {"elements": 4, "neurons": 8, "inputs": 3, "colour": 1}}', "has none of this version"),
        ('{"geometry": {"elements": 4, "neurons": 9, "inputs": 3}}', "folds N neurons evenly"),
        (
            '{"geometry": {"elements": 4, "neurons": 8, "inputs": 3, "tables": [{"low": 1}]}}',
            "has none of this version",
        ),
        ('{"geometry": {"elements": 4, "neurons": 8, "inputs": 3, "tables": 7}}', "has none of this version"),
    ],
)
def test_files_that_describe_no_array(tmp_path, content, message) -> None:
    path = tmp_path / "array.v.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(HelError, match=message):
        read(path)


def test_geometry_of_the_memory_map_comes_back(tmp_path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"geometry": asdict(Geometry(elements=2, neurons=4, inputs=1))}))
    assert read(path).elements == 2
