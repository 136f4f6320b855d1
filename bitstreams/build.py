"""A build: a job, run through the tools, to a folder with bitstream, logs and a JSON report.

The same job with the same tools gives the same bitstream; the report names both. A build fails rather than hand out a
bitstream whose clock is not met, or whose netlist has lost multipliers or block RAMs.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any

from bitstreams import ecp5, floorplan, tools
from bitstreams.boards import board
from bitstreams.pll import Pll, pll
from bitstreams.tiles import tiles
from bitstreams.top import top_verilog
from golden.errors import HelError
from rtl.host.uart import divisor

__all__ = ["BuildFailed", "BuildJob", "run"]

STEPS = 3
TOOLS = ("yosys", "nextpnr-ecp5", "ecppack")


class BuildFailed(HelError):
    """The tools did their work, and the result breaks a rule of this module."""


@dataclass(frozen=True)
class BuildJob:
    """All that decides a bitstream, besides the tools' versions.

    name : folder of the products, below the output folder
    array : Verilog text with module `hel_array` (ports: see bitstreams.top)
    dsp, bram : multipliers and block RAMs that `array` must keep
    clock_hz : asked for; the PLL makes the highest that does not exceed it, `bitstreams.pll.SHORT_OF` below it at most
    target_hz : what the placer aims at, the PLL's frequency if None
    keep : modules synthesised once and not flattened (the element of the ring)
    elements, banks : of the ring, laid out by bitstreams.floorplan, those of several banks by bitstreams.tiles; without
        elements all is left to the placer
    """

    name: str
    array: str
    dsp: int
    bram: int
    board: str = "ulx3s_85f"
    clock_hz: float = 150e6
    target_hz: float | None = None
    baud: int = 1_000_000
    seed: int = 1
    placer: str = "heap"
    keep: tuple[str, ...] = field(default=("hel_element",))
    elements: int = 0
    banks: int = 1

    def pll(self) -> Pll:
        """The PLL's setting."""
        return pll(board(self.board).clock_hz, self.clock_hz)

    def top(self) -> str:
        """Verilog text of the board's top module."""
        setting = self.pll()
        return top_verilog(board(self.board), setting, divisor(setting.output_hz, self.baud))

    def places(self) -> list[dict[str, str]]:
        """Fixed places of the elements' multipliers and block RAMs; none where the device has no floor plan."""
        size = board(self.board).device.size
        if not self.elements:
            return []
        return floorplan.places(self.elements, size) if self.banks == 1 else tiles(self.elements, self.banks, size)

    def digest(self) -> str:
        """SHA-256 over every field but the name, the top module, the board's constraints and the floor plan, which has
        the banks."""
        content = {item.name: getattr(self, item.name) for item in fields(self) if item.name not in ("name", "banks")}
        content |= {"top": self.top(), "constraints": board(self.board).constraints()}
        content["places"] = self.places()
        content["device"] = asdict(board(self.board).device)
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def check(self) -> None:
        """Raises HelError for a job that no run of the tools could fulfil."""
        device, clock_hz = board(self.board).device, self.pll().output_hz
        divisor(clock_hz, self.baud)
        if not self.name or Path(self.name).name != self.name:
            raise HelError(f"the name of a build is a folder's name without '/', got {self.name!r}")
        if self.bram and clock_hz > device.ram_ceiling_hz:
            raise BuildFailed(
                f"the block RAMs of speed grade {device.speed} take at most {device.ram_ceiling_hz / 1e6:.0f} MHz, "
                f"got a clock of {clock_hz / 1e6:g} MHz; ask for a slower one"
            )


def run(
    job: BuildJob, output: Path, figures: Mapping[str, Any] | None = None, progress: tools.Progress = tools.quiet
) -> dict[str, Any]:
    """Runs a job; returns the report, which is also OUTPUT/NAME/report.json.

    Parameters
    ----------
    output : folder, made if need be. OUTPUT/NAME is replaced when the build has succeeded, and not touched before.
    figures : merged into the report. From `cycles_per_step` and `macs_per_step` follow `steps_per_s`, `mac_per_s` and
        `multiplier_use`, the fraction of one product per placed multiplier and clock cycle.

    Returns
    -------
    bitstream, fmax_hz (the lower of nextpnr's figure and the block RAMs' limit), clock_asked_hz, clock_hz (made), dsp,
    dsp_available, bram, bram_available, lut, lut_available, ff, ff_available, critical path, digest, seed, board,
    tools and `figures`.

    Raises
    ------
    HelError : a tool is missing, or the job cannot be fulfilled.
    ToolFailed, BuildFailed : the folder OUTPUT/NAME.failed keeps the logs. When interrupted, nothing is left.
    """
    job.check()
    versions = {name: tools.version(name) for name in TOOLS}
    output.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{job.name}.", dir=output))
    work.chmod(0o755)
    final = output / job.name
    try:
        placed = _products(job, work, progress)
        report = _report(job, placed, versions, final, figures or {})
        (work / "report.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        _replace(final, work)
        shutil.rmtree(output / f"{job.name}.failed", ignore_errors=True)
        progress(STEPS, STEPS, "done")
        return report
    except HelError as error:
        failed = output / f"{job.name}.failed"
        _replace(failed, work)
        raise type(error)(f"{error} (logs: {failed})") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _products(job: BuildJob, work: Path, progress: tools.Progress) -> ecp5.Placed:
    """Netlist, configuration and bitstream in `work`."""
    target = board(job.board)
    clock_hz = job.pll().output_hz
    (work / "array.v").write_text(job.array, encoding="utf-8")
    (work / "top.v").write_text(job.top(), encoding="utf-8")
    (work / "top.lpf").write_text(target.constraints(), encoding="utf-8")
    progress(0, STEPS, "yosys")
    netlist = ecp5.synthesise(["array.v", "top.v"], "top", work, keep=job.keep, say=partial(progress, 0, STEPS))
    synthesised = ecp5.cell_counts(netlist, "top")
    _check_cells(job, synthesised["MULT18X18D"], synthesised["DP16KD"], "synthesised")
    floorplan.pin(netlist, job.places())
    progress(1, STEPS, "nextpnr")
    placed = ecp5.place_and_route(
        netlist,
        target.device,
        seed=job.seed,
        target_hz=job.target_hz or clock_hz,
        placer=job.placer,
        constraints="top.lpf",
        say=partial(progress, 1, STEPS),
    )
    _check_cells(job, placed.dsp, placed.bram, "placed")
    _check_clock(job, placed, clock_hz)
    progress(2, STEPS, "ecppack")
    ecp5.pack(work / "design.config")
    return placed


def _check_cells(job: BuildJob, dsp: int, bram: int, what: str) -> None:
    if dsp < job.dsp or bram < job.bram:
        raise BuildFailed(
            f"the {what} netlist must keep the {job.dsp} multipliers and {job.bram} block RAMs of its array, "
            f"got {dsp} and {bram}; connect what the tools removed"
        )


def _check_clock(job: BuildJob, placed: ecp5.Placed, clock_hz: float) -> None:
    if placed.fmax_hz < clock_hz:
        met = pll(board(job.board).clock_hz, placed.fmax_hz, short_of=1.0).output_hz
        raise BuildFailed(
            f"the clock of {clock_hz / 1e6:g} MHz must be met, nextpnr reached {placed.fmax_hz / 1e6:.1f} MHz with "
            f"seed {job.seed} ({placed.path_start} -> {placed.path_end}); ask for {met / 1e6:.6g} MHz, which this seed "
            f"meets, or try another seed"
        )


def _report(
    job: BuildJob, placed: ecp5.Placed, versions: Mapping[str, str], final: Path, figures: Mapping[str, Any]
) -> dict[str, Any]:
    device, clock_hz = board(job.board).device, job.pll().output_hz
    report: dict[str, Any] = {
        "bitstream": str(final / "design.bit"),
        "fmax_hz": min(placed.fmax_hz, device.ram_ceiling_hz) if placed.bram else placed.fmax_hz,
        "fmax_routed_hz": placed.fmax_hz,
        "clock_asked_hz": job.clock_hz,
        "clock_hz": clock_hz,
        "dsp": placed.dsp,
        "dsp_available": placed.available["MULT18X18D"],
        "bram": placed.bram,
        "bram_available": placed.available["DP16KD"],
        "lut": placed.lut,
        "lut_available": placed.available["TRELLIS_COMB"],
        "ff": placed.ff,
        "ff_available": placed.available["TRELLIS_FF"],
        "critical_path": {
            "start": placed.path_start,
            "end": placed.path_end,
            "ns": placed.path_ns,
            "routing_ns": placed.path_routing_ns,
        },
        "board": job.board,
        "speed": device.speed,
        "seed": job.seed,
        "placer": job.placer,
        "floorplan": bool(job.places()),
        "baud": job.baud,
        "digest": job.digest(),
        "tools": dict(versions),
    }
    report |= figures
    if cycles := figures.get("cycles_per_step"):
        report["steps_per_s"] = clock_hz / cycles
        if macs := figures.get("macs_per_step"):
            report["mac_per_s"] = report["steps_per_s"] * macs
            report["multiplier_use"] = macs / (cycles * placed.dsp)
    return report


def _replace(final: Path, work: Path) -> None:
    """Puts `work` in the place of `final`: at no time is there half a folder under that name."""
    if final.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{final.name}.old.", dir=final.parent))
        os.replace(final, old / "old")
        os.replace(work, final)
        shutil.rmtree(old)
    else:
        os.replace(work, final)
