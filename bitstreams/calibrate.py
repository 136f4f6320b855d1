"""Synthesises arrays, counts their cells and fits the coefficients of `bitstreams.estimate`.

    python -m bitstreams.calibrate                     # rewrites bitstreams/results/calibration.json

Yosys, then nextpnr's packing (no placement), which counts as its final report does: half a minute an array on one core.
Of most arrays the element alone is synthesised. Those of `HELD_OUT` are measured whole and not fitted: the errors made
on them are the figures of the estimate's worth. What has not changed since the last time comes from a cache.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bitstreams import ecp5, tools
from bitstreams.boards import board
from bitstreams.estimate import CALIBRATION, element_features, estimate, fitted, rest_features
from bitstreams.learning import build_job
from golden.arithmetic.formats import Formats
from golden.errors import ended
from rtl.convert import convert
from rtl.design import Design
from rtl.element.element import Element
from rtl.hls import Geometry, Schedule

__all__ = ["ARRAYS", "ELEMENTS", "HELD_OUT", "Case", "main", "measure", "measure_element"]

BOARD, CLOCK_HZ = "ulx3s_85f", 125e6
TOOLS = ("yosys", "nextpnr-ecp5")
ELEMENT = "hel_element"
PACKED = {"dsp": "MULT18X18D", "bram": "DP16KD", "lut": "TRELLIS_COMB", "ff": "TRELLIS_FF"}
CACHE = Path("build/calibration")
"""Counts by digest of the Verilog and the tools: only what has changed is synthesised again."""


@dataclass(frozen=True)
class Case:
    """One array to synthesise."""

    system: str
    neurons: int
    elements: int
    inputs: int = 8
    formats: Formats = field(default=Formats(log2_inverse_step=2))

    def schedule(self) -> Schedule:
        """The array's schedule, and with it the geometry."""
        return Design(
            self.system, neurons=self.neurons, inputs=self.inputs, elements=self.elements, formats=self.formats
        ).schedule

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "formats": str(self.formats)}


def _formats(fraction: int, operand: int, integer: int, step: int) -> Formats:
    return Formats(fraction_bits=fraction, operand_bits=operand, integer_bits=integer, log2_inverse_step=step)


ELEMENTS = (
    Case("dense", 8, 2, 8, _formats(12, 16, 5, 2)),
    Case("dense", 4, 2, 2, _formats(10, 12, 4, 3)),
    Case("dense", 8, 4, 8, _formats(20, 18, 6, 1)),
    Case("dense", 16, 2, 8, _formats(14, 18, 8, 5)),
    Case("hru", 8, 2),
    Case("hru", 4, 2, 8, _formats(16, 14, 6, 4)),
    Case("hru", 4, 4, 8, _formats(8, 10, 3, 2)),
    Case("linear", 8, 2),
    Case("linear", 4, 2, 4, _formats(18, 16, 4, 3)),
    Case("linear", 4, 2, 4, _formats(12, 18, 6, 3)),
    Case("springs", 8, 2),
    Case("graph", 8, 4),
    Case("banded", 8, 4),
    Case("phi4", 8, 2),
    Case("hopfield", 8, 2),
    Case("stack", 8, 2),
    Case("pendulum", 8, 4),
    Case("gated", 8, 4),
    Case("springs", 8, 2, 3, _formats(14, 14, 6, 2)),
    Case("phi4", 8, 4, 3, _formats(12, 16, 5, 3)),
    Case("gated", 8, 4, 3, _formats(10, 12, 5, 2)),
    Case("hopfield", 12, 3, 3, _formats(18, 17, 6, 4)),
    Case("kuramoto", 8, 2),
    Case("josephson", 8, 4, 3, _formats(14, 18, 6, 3)),
    Case("rotor", 8, 2),
    Case("sine_gordon", 8, 2, 4, _formats(15, 17, 6, 3)),
    Case("toda", 8, 2),
    Case("morse", 8, 2),
    Case("morse", 8, 4, 3, _formats(16, 18, 6, 3)),
    Case("lennard_jones", 8, 2),
    Case("henon_heiles", 8, 2),
    Case("horn", 8, 2),
    Case("horn", 12, 3, 3, _formats(14, 16, 6, 3)),
    Case("random-1001", 8, 2),
    Case("random-1006", 8, 2),
    Case("random-1010", 8, 2),
    Case("random-1034", 8, 2),
    Case("random-1040", 8, 2),
    Case("random-1043", 8, 2),
    Case("random-1046", 8, 2),
)
"""Arrays whose element alone is synthesised."""

ARRAYS = (
    Case("dense", 8, 2),
    Case("dense", 4, 4, 3),
    Case("dense", 8, 8),
    Case("dense", 32, 16),
    Case("linear", 6, 2, 4, _formats(18, 16, 4, 3)),
    Case("hru", 6, 3, 8, _formats(8, 10, 3, 2)),
    Case("fput", 8, 2),
    Case("banded", 10, 5, 3, _formats(14, 16, 6, 2)),
)
"""Arrays that are synthesised whole; element and rest are fitted to them."""

HELD_OUT = (
    Case("dense", 24, 6),
    Case("dense", 12, 3, 5, _formats(13, 16, 6, 3)),
    Case("hru", 12, 4, 8, _formats(16, 18, 6, 4)),
    Case("linear", 10, 5, 3, _formats(11, 12, 5, 2)),
    Case("dense", 32, 8),
    Case("springs", 12, 3, 2, _formats(15, 16, 6, 3)),
    Case("fput", 12, 6, 3),
    Case("stack", 12, 4, 4, _formats(12, 14, 6, 2)),
    Case("gated", 10, 2, 3),
    Case("horn", 12, 4, 4),
    Case("morse", 12, 3, 3, _formats(16, 18, 6, 3)),
    Case("kuramoto", 10, 5, 3),
    Case("random-1056", 8, 4),
)
"""Arrays that are synthesised whole, and that the fit must predict without having seen them."""


def measure_element(case: Case, folder: Path, keep: bool = True) -> dict[str, Any]:
    """case, geometry and `element`: LUTs and flip-flops of one element as yosys counts them; `keep`: see `measure`."""
    geometry = case.schedule().geometry
    text = convert(Element(geometry, technology="ecp5"), ELEMENT)

    def synthesise() -> dict[str, Any]:
        (folder / "element.v").write_text(text, encoding="utf-8")
        cells = ecp5.cell_counts(ecp5.synthesise(["element.v"], ELEMENT, folder), ELEMENT)
        return {"element": _counts(cells)}

    return {"case": case.row(), "geometry": asdict(geometry), **_kept(text, synthesise, keep)}


def measure(case: Case, folder: Path, keep: bool = True) -> dict[str, Any]:
    """Cells of a synthesised and packed array, in `folder`; `keep`: of the same Verilog the cache may answer.

    Returns
    -------
    case; geometry; element, total: LUTs and flip-flops as yosys counts them; packed: dsp, bram, lut, ff as nextpnr
    counts them
    """
    schedule = case.schedule()
    job = build_job(schedule, board=BOARD, seed=1, clock_hz=CLOCK_HZ)

    def synthesise() -> dict[str, Any]:
        (folder / "array.v").write_text(job.array, encoding="utf-8")
        (folder / "top.v").write_text(job.top(), encoding="utf-8")
        netlist = ecp5.synthesise(["array.v", "top.v"], "top", folder, keep=job.keep)
        used = ecp5.packed(netlist, board(BOARD).device)
        packed = {cell: used[kind] for cell, kind in PACKED.items()}
        counts = {
            part: _counts(ecp5.cell_counts(netlist, name)) for part, name in (("element", ELEMENT), ("total", "top"))
        }
        return {**counts, "packed": packed}

    return {"case": case.row(), "geometry": asdict(schedule.geometry), **_kept(job.digest(), synthesise, keep)}


def _counts(cells: Mapping[str, int]) -> dict[str, int]:
    return {"lut": ecp5.luts(cells), "ff": cells["TRELLIS_FF"]}


def _kept(source: str, synthesise: Callable[[], dict[str, Any]], keep: bool) -> dict[str, Any]:
    """What `synthesise` returns, from the cache where the same source went through the same tools."""
    versions = [tools.version(name) for name in TOOLS]
    path = CACHE / f"{hashlib.sha256(json.dumps([source, versions]).encode()).hexdigest()}.json"
    if keep and path.exists():
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    found = synthesise()
    if keep:
        CACHE.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found), encoding="utf-8")
    return found


def fit(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The coefficients of `bitstreams.estimate`."""
    whole = [row for row in rows if "total" in row]
    result: dict[str, Any] = {"element": {}, "rest": {}}
    for cell in ("lut", "ff"):
        elements = [row["element"][cell] for row in rows]
        result["element"][cell] = fitted([element_features(_geometry(row)) for row in rows], elements)
        rest = [row["total"][cell] - _geometry(row).elements * row["element"][cell] for row in whole]
        result["rest"][cell] = fitted([rest_features(_geometry(row)) for row in whole], rest)
    result["packing"] = round(float(np.mean([row["packed"]["lut"] / row["total"]["lut"] for row in whole])), 4)
    return result


def errors(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Predicted and measured cells, and the relative errors, a row an array."""
    result = []
    for row in rows:
        predicted, measured = asdict(estimate(_geometry(row))), row["packed"]
        off = {cell: round(predicted[cell] / measured[cell] - 1, 4) for cell in measured}
        result.append({"case": row["case"], "predicted": predicted, "measured": measured, "error": off})
    return result


def _geometry(row: dict[str, Any]) -> Geometry:
    return Geometry.read(row["geometry"])


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m bitstreams.calibrate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=CALIBRATION, help="JSON file; default: the committed one")
    parser.add_argument("--refit", action="store_true", help="fit to the counts of the file; synthesise nothing")
    options = parser.parse_args(arguments)
    if options.refit:
        result = json.loads(options.output.read_text(encoding="utf-8"))
        fitted_rows, held_out = result["rows"], result["held_out"]
    else:
        rows: list[dict[str, Any]] = []
        jobs = [(measure_element, case) for case in ELEMENTS] + [(measure, case) for case in (*ARRAYS, *HELD_OUT)]
        for work, case in jobs:
            with tempfile.TemporaryDirectory() as folder:
                rows.append(work(case, Path(folder)))
            said = rows[-1].get("packed", rows[-1]["element"])
            print(f"{len(rows)}/{len(jobs)} {case.row()}: {said}", file=sys.stderr, flush=True)
        fitted_rows, held_out = rows[: -len(HELD_OUT)], rows[-len(HELD_OUT) :]
        result = {
            "command": "python -m bitstreams.calibrate",
            "tools": {name: tools.version(name) for name in TOOLS},
        }
    result |= {"fit": fit(fitted_rows), "rows": fitted_rows, "held_out": held_out}
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if options.output == CALIBRATION:
        for row in errors(held_out):
            print(f"{row['case']['system']} P = {row['case']['elements']}: {row['error']}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
