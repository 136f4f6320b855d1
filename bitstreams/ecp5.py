"""Synthesis, placement, routing and packing for Lattice ECP5, with what they report."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitstreams import tools
from golden.errors import HelError

__all__ = ["PLACERS", "RAM_PULSE_NS", "Device", "Placed"]
__all__ += ["cell_counts", "luts", "pack", "packed", "place_and_route", "synthesise"]

PLACERS = ("heap", "static", "sa")
RAM_PULSE_NS = {"6": 2.359, "7": 1.967, "8": 1.842}
"""Shortest high or low time of a block RAM's clock by speed grade (device data of Project Trellis), nanoseconds.

nextpnr does not check it: a clock of more than 1 / (2 * pulse) is refused here (212, 254, 271 MHz).
"""


@dataclass(frozen=True)
class Device:
    """One member of the family: `size` is nextpnr's option (--85k), `speed` the grade (6, 7 or 8)."""

    size: str
    package: str
    speed: str

    def __post_init__(self) -> None:
        if self.speed not in RAM_PULSE_NS:
            raise HelError(f"ECP5 speed grades are {', '.join(RAM_PULSE_NS)}, got {self.speed!r}; 6 is the slowest")

    @property
    def ram_ceiling_hz(self) -> float:
        """Highest clock that a block RAM of this speed grade takes."""
        return 0.5e9 / RAM_PULSE_NS[self.speed]


@dataclass(frozen=True)
class Placed:
    """What nextpnr says of a routed design.

    fmax_hz: lowest of all clocks; clocks: name -> (achieved, constraint) in Hz; used and available: cells by type;
    path: the critical path inside one clock domain, as lines "cell.port -> cell.port", first and last of them its ends.
    """

    fmax_hz: float
    clocks: dict[str, tuple[float, float]]
    used: dict[str, int]
    available: dict[str, int]
    path_start: str
    path_end: str
    path_ns: float
    path_routing_ns: float

    @property
    def dsp(self) -> int:
        return self.used["MULT18X18D"]

    @property
    def bram(self) -> int:
        return self.used["DP16KD"]

    @property
    def lut(self) -> int:
        """Look-up tables, those of carry chains and LUT memories among them."""
        return self.used["TRELLIS_COMB"]

    @property
    def ff(self) -> int:
        return self.used["TRELLIS_FF"]


def synthesise(
    sources: Sequence[str], top: str, folder: Path, *, keep: Sequence[str] = (), say: tools.Say = tools.silent
) -> Path:
    """Verilog files in `folder` to netlist.json; `keep` names modules that are synthesised once and not flattened."""
    script = [f"read_verilog -sv {source}" for source in sources]
    # through RTLIL: else yosys parses modules with cells of the family again, and loses them or their attributes
    script += [f"hierarchy -top {top}", "proc", "write_rtlil design.il", "design -reset", "read_rtlil design.il"]
    script += [f"setattr -mod -set keep_hierarchy 1 {module}" for module in keep]
    script += [f"synth_ecp5 -top {top} -json netlist.json"]
    (folder / "synthesis.ys").write_text("\n".join(script) + "\n", encoding="utf-8")
    tools.run("yosys", ["-q", "-l", "synthesis.log", "synthesis.ys"], folder, log="synthesis.log", say=say)
    return folder / "netlist.json"


def cell_counts(netlist: Path, module: str) -> Counter[str]:
    """Cells by type in one module of a netlist and in all modules below it."""
    modules: dict[str, Any] = json.loads(netlist.read_text(encoding="utf-8"))["modules"]
    user_modules = {
        name for name, content in modules.items() if not {"blackbox", "whitebox"} & content["attributes"].keys()
    }
    known: dict[str, Counter[str]] = {}

    def count(name: str) -> Counter[str]:
        if name not in known:
            total: Counter[str] = Counter()
            for kind, number in Counter(cell["type"] for cell in modules[name]["cells"].values()).items():
                below = count(kind) if kind in user_modules else Counter({kind: 1})
                for cell, times in below.items():
                    total[cell] += number * times
            known[name] = total
        return known[name]

    return count(module)


def luts(cells: Mapping[str, int]) -> int:
    """Look-up tables of a netlist: a carry cell takes two, a LUT memory four and two for its write port."""
    return cells.get("LUT4", 0) + 2 * cells.get("CCU2C", 0) + 6 * cells.get("TRELLIS_DPR16X4", 0)


def packed(netlist: Path, device: Device) -> Counter[str]:
    """Cells by type that nextpnr makes of a netlist, as it reports them; nothing is placed."""
    arguments = [f"--{device.size}", "--package", device.package, "--speed", device.speed, "--pack-only"]
    arguments += ["--json", netlist.name, "--lpf-allow-unconstrained", "-q", "-l", "pack_only.log"]
    tools.run("nextpnr-ecp5", arguments, netlist.parent, log="pack_only.log")
    found = re.findall(
        r"^Info:\s+(\w+):\s+(\d+)/\s*\d+\s+\d+%", (netlist.parent / "pack_only.log").read_text(encoding="utf-8"), re.M
    )
    return Counter({kind: int(count) for kind, count in found})


def place_and_route(
    netlist: Path,
    device: Device,
    *,
    seed: int,
    target_hz: float,
    placer: str = "heap",
    constraints: str | None = None,
    write: str | None = None,
    say: tools.Say = tools.silent,
) -> Placed:
    """Places and routes a netlist in its folder; writes design.config, place.log, timing.json beside it.

    Parameters
    ----------
    target_hz : what the placer aims at for clocks without a constraint of their own.
    constraints : name of the LPF file in the folder; without one, pins are placed freely.
    write : name of a file in the folder for the netlist as it is routed, in the JSON of yosys.

    A clock that is not met is no error here: compare `Placed.clocks`.
    """
    if placer not in PLACERS:
        raise HelError(f"the placer is one of {', '.join(PLACERS)}, got {placer!r}; static suits 32 elements and up")
    folder = netlist.parent
    arguments = [f"--{device.size}", "--package", device.package, "--speed", device.speed]
    arguments += ["--seed", str(seed), "--freq", f"{target_hz / 1e6:.6f}", "--placer", placer, "--timing-allow-fail"]
    arguments += ["--json", netlist.name, "--textcfg", "design.config", "--report", "timing.json"]
    arguments += ["-q", "-l", "place.log"]
    arguments += ["--lpf", constraints] if constraints else ["--lpf-allow-unconstrained"]
    arguments += ["--write", write] if write else []
    tools.run("nextpnr-ecp5", arguments, folder, log="place.log", say=say)
    return read_report(folder / "timing.json")


def pack(config: Path) -> Path:
    """Configuration text to a compressed bitstream, design.bit in the same folder."""
    tools.run("ecppack", ["--compress", "--input", config.name, "--bit", "design.bit"], config.parent, log="pack.log")
    return config.parent / "design.bit"


def read_report(path: Path) -> Placed:
    """nextpnr's JSON report as a `Placed`."""
    report = json.loads(path.read_text(encoding="utf-8"))
    clocks = {
        name: (clock["achieved"] * 1e6, clock["constraint"] * 1e6) for name, clock in sorted(report["fmax"].items())
    }
    if not clocks:
        raise HelError("the design has no clocked path: nothing to time; are its outputs connected?")
    inside = [path for path in report["critical_paths"] if path["from"] == path["to"] and path["path"]]
    worst = max(inside, key=_delay_ns)
    ends = worst["path"]
    return Placed(
        fmax_hz=min(achieved for achieved, _ in clocks.values()),
        clocks=clocks,
        used={name: row["used"] for name, row in report["utilization"].items()},
        available={name: row["available"] for name, row in report["utilization"].items()},
        path_start="{cell}.{port}".format(**ends[0]["from"]),
        path_end="{cell}.{port}".format(**ends[-1]["to"]),
        path_ns=_delay_ns(worst),
        path_routing_ns=sum(step["delay"] for step in ends if step["type"] == "routing"),
    )


def _delay_ns(path: dict[str, Any]) -> float:
    return float(sum(step["delay"] for step in path["path"]))
