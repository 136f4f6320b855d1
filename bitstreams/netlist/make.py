"""The array as the FPGA tools leave it: the netlist after synthesis, and after placement and routing, as Verilog.

    synthesis   LUT4, CCU2C, TRELLIS_FF, ... as yosys maps `hel_array`, elements and branches as modules of their own
    route       TRELLIS_COMB, TRELLIS_RAMW, DCCA, TRELLIS_IO, ... as nextpnr packs, places and routes that, flat

Both are read and written by yosys, which knows nothing of what the cells do: models of them stand in testbench/cells.
The array is its own top here, its ports on pins wherever they fit. What nextpnr writes are the cells and nets that it
routes, not the bits of the bitstream: the switches of the routing, and the order in which a look-up table's inputs are
used, are not in it.

What is made is kept in the cache, under a digest of Verilog, tools and seed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bitstreams import ecp5, tools
from bitstreams.netlist.pins import driven
from golden.computer import cache, processes
from golden.errors import HelError
from rtl.hls import Geometry
from rtl.verilog import KEPT_MODULES, array_verilog

__all__ = ["STAGES", "Netlist", "netlist"]

STAGES = {"synthesis": ("yosys",), "route": ("yosys", "nextpnr-ecp5")}
"""Netlist -> the programs that make it."""
TOP = "hel_array"
DEVICE = ecp5.Device(size="85k", package="CABGA381", speed="6")
SEED = 1
TARGET_HZ = 125e6
"""What the placer aims at; a netlist that misses it is the same circuit."""


@dataclass(frozen=True)
class Netlist:
    """A netlist of an array.

    stage: one of STAGES; verilog: module `hel_array` and what is below it; cells: by type; tools: program -> version;
    fmax_hz: as routed, None after synthesis; seconds: spent on making it just now, 0.0 where the cache had it
    """

    stage: str
    verilog: str
    cells: dict[str, int]
    tools: dict[str, str]
    fmax_hz: float | None
    seconds: float

    @property
    def described(self) -> dict[str, Any]:
        """All but the text, as JSON; device and seed where they matter."""
        found = {name: value for name, value in asdict(self).items() if name != "verilog"}
        placed = {"device": f"LFE5U-{DEVICE.size[:-1].upper()}F", "seed": SEED} if self.stage == "route" else {}
        return found | placed


def netlist(geometry: Geometry, stage: str, *, say: tools.Say = tools.silent) -> Netlist:
    """The netlist of an array of any geometry, made or found in the cache.

    Raises HelError where the stage is unknown, a program is missing, the device is too small, or nothing can be kept.
    """
    if stage not in STAGES:
        raise HelError(f"a netlist is one of {', '.join(STAGES)}, got {stage!r}")
    for name in STAGES[stage]:
        tools.command(name)
    array = array_verilog(geometry, technology="ecp5")
    began = time.monotonic()
    folder, made = _kept(array, "synthesis", say)
    if stage == "route":
        folder, routed = _kept(array, "route", say)
        made |= routed
    found = json.loads((folder / "netlist.info").read_text(encoding="utf-8"))
    text = (folder / "netlist.v").read_text(encoding="utf-8")
    return Netlist(stage, text, **found, seconds=time.monotonic() - began if made else 0.0)


def _kept(array: str, stage: str, say: tools.Say) -> tuple[Path, bool]:
    """The folder of a netlist in the cache; and whether it was made now."""
    versions = {name: tools.version(name) for name in STAGES[stage]}
    folder = _folder(array, stage)
    if folder.is_dir():
        return folder, False
    root, work = folder.parent, None
    try:
        with processes.undisturbed():
            work = Path(tempfile.mkdtemp(prefix="netlist-", dir=root))
        cells, fmax_hz = (_synthesised if stage == "synthesis" else _routed)(array, work, say)
        info = {"cells": dict(sorted(cells.items())), "tools": versions, "fmax_hz": fmax_hz}
        (work / "netlist.info").write_text(json.dumps(info, indent=1) + "\n", encoding="utf-8")
        with suppress(OSError):  # another process was faster
            os.rename(work, folder)
    except OSError as error:
        raise cache.refused(root, error.strerror or str(error)) from error
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)
    return folder, True


def _folder(array: str, stage: str) -> Path:
    recipe = [array, stage, str(DEVICE), str(SEED), str(TARGET_HZ), *(tools.version(name) for name in STAGES[stage])]
    recipe += [Path(module).read_text(encoding="utf-8") for module in _OWN]
    return cache.folder() / f"{stage}-{hashlib.sha256(chr(0).join(recipe).encode()).hexdigest()[:20]}"


_OWN = (__file__, Path(__file__).with_name("pins.py"), ecp5.__file__)
"""Modules that shape what is kept."""


def _synthesised(array: str, work: Path, say: tools.Say) -> tuple[Counter[str], float | None]:
    """netlist.json and netlist.v in `work`; the cells."""
    (work / "array.v").write_text(array, encoding="utf-8")
    say("yosys: synthesis of the array")
    made = ecp5.synthesise(["array.v"], TOP, work, keep=KEPT_MODULES, say=say)
    cells = ecp5.cell_counts(made, TOP)
    del cells["$scopeinfo"]
    _write_verilog(work, "netlist.json", ["delete */t:$scopeinfo"])
    return cells, None


def _routed(array: str, work: Path, say: tools.Say) -> tuple[Counter[str], float | None]:
    """netlist.v in `work`, from what nextpnr makes of the synthesised netlist; its cells and its clock."""
    shutil.copy(_folder(array, "synthesis") / "netlist.json", work)
    say("nextpnr-ecp5: placement and routing of the array")
    placed = ecp5.place_and_route(
        work / "netlist.json", DEVICE, seed=SEED, target_hz=TARGET_HZ, write="routed.json", say=say
    )
    design = json.loads((work / "routed.json").read_text(encoding="utf-8"))
    (module,) = design["modules"].values()
    cells = Counter(cell["type"] for cell in module["cells"].values())
    module["cells"] = {name: driven(name, cell) for name, cell in module["cells"].items()}
    for net in module["netnames"].values():
        net["attributes"] = {}  # the routing, most of the file
    (work / "driven.json").write_text(json.dumps({"creator": "", "modules": {TOP: module}}), encoding="utf-8")
    _write_verilog(work, "driven.json", [])
    for name in ("routed.json", "driven.json", "design.config"):
        (work / name).unlink()
    return cells, placed.fmax_hz


def _write_verilog(work: Path, source: str, script: list[str]) -> None:
    lines = [f"read_json {source}", *script, "write_verilog -noattr netlist.v"]
    (work / "verilog.ys").write_text("\n".join(lines) + "\n", encoding="utf-8")
    tools.run("yosys", ["-q", "-l", "verilog.log", "verilog.ys"], work, log="verilog.log")
