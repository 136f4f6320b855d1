"""Whether a system can be loaded into an array that exists."""

import json
from dataclasses import asdict, replace

import pytest

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from rtl.hls import Geometry, compile_array
from rtl.hls.plan.bind import bind
from rtl.hls.report.reuse import joined, lacks, missing, read
from rtl.hls.schedule.schedule import schedule
from tests.rtl.hls.cases import program, scheduled

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
        ({"control_words": 4096}, "control_words must be at least 4096, the array has 2048"),
    ],
)
def test_each_missing_need_is_named(change: dict, message: str) -> None:
    (found,) = lacks(DENSE, replace(DENSE, **change))
    assert found.startswith(message)


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
