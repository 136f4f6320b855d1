"""The estimate predicts arrays that it was not fitted to."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from bitstreams import build, ecp5, tools
from bitstreams.calibrate import ARRAYS, ELEMENTS, HELD_OUT, Case, errors, fit, measure
from bitstreams.devices import DEVICES, DeviceSize
from bitstreams.estimate import CALIBRATION, Estimate, estimate, fitted, missing, predict
from golden.arithmetic.formats import Formats
from rtl.hls import Geometry
from rtl.hls.plan.table_shape import TableShape
from rtl.sequencer import store_memories
from tests.rtl.hls.cases import scheduled

needs_tools = pytest.mark.skipif(not all(map(tools.available, build.TOOLS)), reason="FPGA tools not installed")
BOUNDS = {"dsp": 0.0, "bram": 0.0, "ff": 0.05, "lut": 0.05}
RESULTS = Path(__file__).parents[2] / "bitstreams/results"
BUILDS = [*RESULTS.glob("*_n*_p*.json"), *(RESULTS / "systems").glob("*.json")]
COMMITTED = json.loads(CALIBRATION.read_text())


def test_the_committed_fit_is_that_of_the_committed_rows():
    assert COMMITTED["fit"] == fit(COMMITTED["rows"])
    assert [row["case"] for row in COMMITTED["rows"]] == [case.row() for case in (*ELEMENTS, *ARRAYS)]
    assert [row["case"] for row in COMMITTED["held_out"]] == [case.row() for case in HELD_OUT]


def test_arrays_that_were_held_out_are_predicted():
    names = {json.dumps(row["case"]) for row in COMMITTED["rows"]}
    assert len(COMMITTED["held_out"]) >= 5
    for row in errors(COMMITTED["held_out"]):
        assert json.dumps(row["case"]) not in names
        for cell, bound in BOUNDS.items():
            assert abs(row["error"][cell]) <= bound, row


def test_every_committed_build_is_predicted():
    """With one table or several, clamped by bits or by comparison, with ranges and without, whatever is cut."""
    geometries = []
    for path in sorted(BUILDS):
        report = json.loads(path.read_text())
        geometries.append(Geometry.read(report["geometry"]))
        for cell, said in asdict(estimate(geometries[-1])).items():
            assert abs(said / report[cell] - 1) <= BOUNDS[cell], f"{path.name}: {cell} {said}, placed {report[cell]}"
    assert len(geometries) > 20 and {len(g.tables) for g in geometries} == {0, 1, 2}
    assert {len(g.ranges) for g in geometries} == {0, 1, 2} and {g.clamps_by_bits for g in geometries} == {True, False}


def test_more_tables_ranges_and_memory_take_more():
    plain = Geometry(elements=4, neurons=16, inputs=4)
    steep = replace(plain, tables=(TableShape("", low=-100, high=300, steep=(False, True), base=400),))
    two = replace(steep, tables=(*steep.tables, TableShape("even", high=150, base=801)))
    deep, ranged = replace(two, weight_words=2048), replace(two, weight_words=2048, ranges=((4096, 131071),))
    sizes = [estimate(g).lut for g in (plain, steep, two, deep, ranged)]
    assert sizes == sorted(set(sizes))


@pytest.mark.pnr
@pytest.mark.slow
@needs_tools
def test_an_array_of_today_is_predicted(tmp_path):
    """The RTL as it is now: when this fails, `python -m bitstreams.calibrate` is due."""
    case = Case("dense", 6, 3, 4, Formats(fraction_bits=15, operand_bits=17, log2_inverse_step=2))
    assert case not in (*ELEMENTS, *ARRAYS, *HELD_OUT)
    row = measure(case, tmp_path, keep=False)
    (found,) = errors([row])
    for cell, bound in BOUNDS.items():
        assert abs(found["error"][cell]) <= bound, found


def test_multipliers_and_memories_are_counted():
    for geometry in (Geometry(elements=3, neurons=6, inputs=2), Geometry(elements=16, neurons=64, inputs=8)):
        found = estimate(geometry)
        assert (found.dsp, found.bram) == (2 * geometry.elements, 2 * geometry.elements + store_memories(geometry))
        deep = replace(geometry, weight_words=4096)
        assert estimate(deep).bram == 5 * geometry.elements + store_memories(deep)


def test_more_elements_and_wider_words_take_more():
    sizes = [estimate(Geometry(elements=p, neurons=64, inputs=8)) for p in (4, 8, 16, 32)]
    assert [size.lut for size in sizes] == sorted({size.lut for size in sizes})
    assert [size.ff for size in sizes] == sorted({size.ff for size in sizes})
    narrow = estimate(Geometry(elements=8, neurons=64, inputs=8, operand_bits=12, fraction_bits=10))
    assert narrow.lut < sizes[1].lut and narrow.ff < sizes[1].ff


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        (Estimate(10, 20, 890, 890), []),
        (Estimate(11, 20, 890, 890), ["multipliers: 11 of 10"]),
        (Estimate(10, 21, 890, 890), ["block RAMs: 21 of 20"]),
        (Estimate(10, 20, 901, 901), ["LUTs: 901 of 900", "flip-flops: 901 of 900"]),
    ],
)
def test_what_is_missing_is_named(needs, found):
    assert missing(needs, DeviceSize("small", "ecp5", lut=1000, ff=1000, dsp=10, bram=20)) == found


def test_predictions_are_plain_data():
    schedule = scheduled("dense", 8, 4, 3)
    found = predict(schedule, 100e6)
    assert json.loads(json.dumps(found)) == found
    assert found["cycles_per_step"] == 1 + len(schedule.segments["forward"].words)
    assert found["steps_per_s"] == 100e6 / found["cycles_per_step"]
    assert set(found["devices"]) == set(DEVICES) and found["devices"]["lfe5u_85f"] == ""


def test_fits_have_the_least_relative_error():
    rows = [{"one": 1.0, "a": float(a), "same": 5.0} for a in range(1, 6)]
    found = fitted(rows, [10.0 + 3 * a for a in range(1, 6)])
    assert found == {"one": 10.0, "a": 3.0}


def test_luts_of_a_netlist():
    assert ecp5.luts({"LUT4": 3, "CCU2C": 2, "TRELLIS_DPR16X4": 1, "TRELLIS_FF": 9}) == 13
