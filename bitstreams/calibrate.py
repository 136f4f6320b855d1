"""Synthesises arrays, counts their cells and fits the coefficients of `bitstreams.estimate`.

    python -m bitstreams.calibrate                     # rewrites bitstreams/results/calibration.json

Half a minute an array on one core: yosys, then nextpnr's packing (no placement), which counts as its final report does.
Arrays of `HELD_OUT` are measured and not fitted: the errors made on them are the figures of the estimate's worth.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bitstreams import ecp5, tools
from bitstreams.boards import board
from bitstreams.estimate import CALIBRATION, element_features, estimate, fitted, rest_features
from bitstreams.learning import FORMATS, learning_plan
from golden import systems
from golden.formats import Formats
from golden.lower import compile_system
from rtl.hls import Geometry, Schedule, compile_array

__all__ = ["CASES", "HELD_OUT", "Case", "main", "measure"]

BOARD, CLOCK_HZ = "ulx3s_85f", 125e6
TOOLS = ("yosys", "nextpnr-ecp5")
CACHE = Path("build/calibration")
"""Counts by digest of the Verilog and the tools: only what has changed is synthesised again."""


@dataclass(frozen=True)
class Case:
    """One array to synthesise."""

    system: str
    neurons: int
    elements: int
    inputs: int = 8
    formats: Formats = field(default=FORMATS)

    def schedule(self) -> Schedule:
        """The array's schedule, and with it the geometry."""
        system = systems.get(self.system, n=self.neurons, m=self.inputs)
        return compile_array(compile_system(system, self.formats), elements=self.elements)

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "formats": str(self.formats)}


def _formats(fraction: int, operand: int, integer: int, step: int) -> Formats:
    return Formats(fraction_bits=fraction, operand_bits=operand, integer_bits=integer, log2_inverse_step=step)


CASES = (
    Case("dense", 8, 2),
    Case("dense", 4, 4, 3),
    Case("dense", 8, 8),
    Case("dense", 32, 16),
    Case("dense", 8, 2, 8, _formats(12, 16, 5, 2)),
    Case("dense", 4, 2, 2, _formats(10, 12, 4, 3)),
    Case("dense", 8, 4, 8, _formats(20, 18, 6, 1)),
    Case("dense", 16, 2, 8, _formats(14, 18, 8, 5)),
    Case("hru", 8, 2),
    Case("hru", 4, 2, 8, _formats(16, 14, 6, 4)),
    Case("linear", 8, 2),
    Case("linear", 4, 2, 4, _formats(18, 16, 4, 3)),
    Case("hru", 4, 4, 8, _formats(8, 10, 3, 2)),
)
"""Arrays that the coefficients are fitted to."""

HELD_OUT = (
    Case("dense", 24, 6),
    Case("dense", 12, 3, 5, _formats(13, 16, 6, 3)),
    Case("hru", 12, 4, 8, _formats(16, 18, 6, 4)),
    Case("linear", 10, 5, 3, _formats(11, 12, 5, 2)),
    Case("dense", 32, 8),
)
"""Arrays that it must predict."""


def measure(case: Case, folder: Path, keep: bool = True) -> dict[str, Any]:
    """Cells of a synthesised and packed array, in `folder`; `keep`: of the same Verilog the cache may answer.

    Returns
    -------
    case; geometry; element, branch, total: LUTs and flip-flops as yosys counts them; packed: dsp, bram, lut, ff as
    nextpnr counts them
    """
    schedule = case.schedule()
    versions = {name: tools.version(name) for name in TOOLS}
    plan = learning_plan(schedule, board=BOARD, seed=1, clock_hz=CLOCK_HZ)
    kept = CACHE / f"{hashlib.sha256(json.dumps([plan.digest(), versions]).encode()).hexdigest()}.json"
    if keep and kept.exists():
        return {"case": case.row(), **json.loads(kept.read_text())}
    (folder / "array.v").write_text(plan.array)
    (folder / "top.v").write_text(plan.top())
    netlist = ecp5.synthesise(["array.v", "top.v"], "top", folder, keep=plan.keep)
    modules = json.loads(netlist.read_text())["modules"]
    counts = {
        part: ecp5.cell_counts(netlist, module)
        for part, module in (("element", "hel_element"), ("branch", "hel_branch"), ("total", "top"))
        if module in modules
    }
    used = ecp5.packed(netlist, board(BOARD).device)
    row = {
        "geometry": asdict(schedule.geometry),
        **{part: {"lut": ecp5.luts(cells), "ff": cells["TRELLIS_FF"]} for part, cells in counts.items()},
        "packed": {
            "dsp": used["MULT18X18D"],
            "bram": used["DP16KD"],
            "lut": used["TRELLIS_COMB"],
            "ff": used["TRELLIS_FF"],
        },
    }
    if keep:
        CACHE.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(row))
    return {"case": case.row(), **row}


def fit(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The coefficients of `bitstreams.estimate`."""
    geometries = [_geometry(row) for row in rows]
    result: dict[str, Any] = {"element": {}, "rest": {}}
    for cell in ("lut", "ff"):
        elements = [row["element"][cell] for row in rows]
        rest = [row["total"][cell] - g.elements * e for row, g, e in zip(rows, geometries, elements, strict=True)]
        result["element"][cell] = fitted([element_features(g) for g in geometries], elements)
        result["rest"][cell] = fitted([rest_features(g) for g in geometries], rest)
    result["packing"] = round(float(np.mean([row["packed"]["lut"] / row["total"]["lut"] for row in rows])), 4)
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
    fields: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in row["geometry"].items()}
    return Geometry(**fields)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m bitstreams.calibrate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=CALIBRATION, help="JSON file; default: the committed one")
    parser.add_argument("--refit", action="store_true", help="fit to the counts of the file; synthesise nothing")
    options = parser.parse_args(arguments)
    if options.refit:
        result = json.loads(options.output.read_text())
        fitted_rows, held_out = result["rows"], result["held_out"]
    else:
        rows = []
        for case in (*CASES, *HELD_OUT):
            with tempfile.TemporaryDirectory() as folder:
                rows.append(measure(case, Path(folder)))
            done = f"{len(rows)}/{len(CASES) + len(HELD_OUT)}"
            print(f"{done} {case.row()}: {rows[-1]['packed']}", file=sys.stderr, flush=True)
        fitted_rows, held_out = rows[: len(CASES)], rows[len(CASES) :]
        result = {
            "command": "python -m bitstreams.calibrate",
            "tools": {name: tools.version(name) for name in TOOLS},
        }
    result |= {"fit": fit(fitted_rows), "rows": fitted_rows, "held_out": held_out}
    options.output.write_text(json.dumps(result, indent=1) + "\n")
    if options.output == CALIBRATION:
        for row in errors(held_out):
            print(f"{row['case']['system']} P = {row['case']['elements']}: {row['error']}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
