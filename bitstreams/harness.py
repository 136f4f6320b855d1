"""Fmax and size of one Verilog module by itself: a wrapper of shift registers, synthesis, placement and routing.

Every input bit is one stage of a long shift register, every output bit is XORed into another: nothing can be optimised
away, and all paths of the module are timed from register to register.

    python -m bitstreams.harness FILE.v TOP --seed 1 --speed 6

prints Fmax, the module's own LUT, FF, DSP and EBR, and the ends of the critical path. `TOP` may have any ports; the
clock is the input `clk` (another name: --clock).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bitstreams import ecp5, tools
from golden.errors import HelError, ended

__all__ = ["Measurement", "Port", "main", "measure", "read_ports", "synthesise", "wrapper"]

TOP = "hel_harness"
DEVICE = ecp5.Device(size="85k", package="CABGA381", speed="6")


@dataclass(frozen=True)
class Port:
    """A port of a module: direction "input" or "output", width in bits."""

    direction: str
    width: int


@dataclass(frozen=True)
class Measurement:
    """Figures of one module. lut, ff, dsp, bram: its own; *_total: with the wrapper, as placed."""

    fmax_hz: float
    lut: int
    ff: int
    dsp: int
    bram: int
    lut_total: int
    ff_total: int
    path_start: str
    path_end: str
    path_ns: float
    path_routing_ns: float
    seed: int
    speed: str
    placer: str
    yosys: str
    nextpnr: str


def read_ports(sources: Sequence[str], top: str, folder: Path) -> dict[str, Port]:
    """Ports of a module of Verilog files in `folder`, in alphabetical order."""
    script = [f"read_verilog -sv {source}" for source in sources]
    script += [f"hierarchy -top {top}", "proc", "write_json ports.json"]
    (folder / "ports.ys").write_text("\n".join(script) + "\n", encoding="utf-8")
    tools.run("yosys", ["-q", "-l", "ports.log", "ports.ys"], folder, log="ports.log")
    ports = json.loads((folder / "ports.json").read_text(encoding="utf-8"))["modules"][top]["ports"]
    return {name: Port(port["direction"], len(port["bits"])) for name, port in sorted(ports.items())}


def wrapper(module: str, ports: Mapping[str, Port], *, clock: str = "clk") -> str:
    """Verilog text of module hel_harness(clk, si, so) around one instance `dut` of `module`.

    Raises HelError when there is no clock input, no output, or an inout port.

    >>> print(wrapper("inverter", {"clk": Port("input", 1), "a": Port("input", 2), "y": Port("output", 3)}))
    module hel_harness(input clk, input si, output so);
      reg [1:0] stimulus;
      wire [2:0] response;
      reg [2:0] captured, shifted;
      always @(posedge clk) begin
        stimulus <= {stimulus, si};
        captured <= response;
        shifted <= {shifted, 1'b0} ^ captured;
      end
      assign so = shifted[2];
      inverter dut(
        .clk(clk),
        .a(stimulus[1:0]),
        .y(response[2:0])
      );
    endmodule
    <BLANKLINE>
    """
    if clock not in ports or ports[clock] != Port("input", 1):
        raise HelError(f"module {module} has no clock input {clock!r}, it has {', '.join(ports)}; name it with --clock")
    connections, widths = [f".{clock}({clock})"], {"input": 0, "output": 0}
    registers = {"input": "stimulus", "output": "response"}
    for name, port in ports.items():
        if name == clock:
            continue
        if port.direction not in registers:
            raise HelError(f"the harness drives inputs and outputs, port {name} is {port.direction}; split it")
        first = widths[port.direction]
        widths[port.direction] += port.width
        connections.append(f".{name}({registers[port.direction]}[{first + port.width - 1}:{first}])")
    inputs, outputs = max(widths["input"], 1), widths["output"]
    if not outputs:
        raise HelError(f"module {module} has no output: there is nothing to measure; give it one")
    body = ",\n    ".join(connections)
    return (
        f"module {TOP}(input {clock}, input si, output so);\n"
        f"  reg [{inputs - 1}:0] stimulus;\n"
        f"  wire [{outputs - 1}:0] response;\n"
        f"  reg [{outputs - 1}:0] captured, shifted;\n"
        f"  always @(posedge {clock}) begin\n"
        f"    stimulus <= {{stimulus, si}};\n"
        f"    captured <= response;\n"
        f"    shifted <= {{shifted, 1'b0}} ^ captured;\n"
        f"  end\n"
        f"  assign so = shifted[{outputs - 1}];\n"
        f"  {module} dut(\n    {body}\n  );\n"
        f"endmodule\n"
    )


def synthesise(
    verilog_files: Sequence[Path],
    top: str,
    folder: Path,
    *,
    clock: str = "clk",
    keep: Sequence[str] = (),
    say: tools.Say = tools.silent,
) -> Path:
    """The netlist of one module in its wrapper, made in `folder`; see `measure`."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = []
    for number, file in enumerate(verilog_files):
        if not file.is_file():
            raise HelError(f"there is no Verilog file {file}; write it first, for example with `hel rtl`")
        sources.append(f"source{number}.v")
        (folder / sources[-1]).write_bytes(file.read_bytes())
    (folder / "wrapper.v").write_text(wrapper(top, read_ports(sources, top, folder), clock=clock), encoding="utf-8")
    return ecp5.synthesise([*sources, "wrapper.v"], TOP, folder, keep=[top, *keep], say=say)


def measure(
    verilog_files: Sequence[Path],
    top: str,
    *,
    seed: int = 1,
    speed: str = "6",
    placer: str = "heap",
    target_hz: float = 250e6,
    clock: str = "clk",
    keep: Sequence[str] = (),
    folder: Path | None = None,
    say: tools.Say = tools.silent,
) -> Measurement:
    """Synthesises, places and routes one module on an LFE5U-85F and returns its figures.

    Parameters
    ----------
    keep : further modules that are synthesised once each and not flattened.
    folder : where netlist, logs and report stay; without one they are thrown away.

    Example: ``measure([Path("element.v")], "hel_element", seed=3).fmax_hz``
    """
    device = ecp5.Device(DEVICE.size, DEVICE.package, speed)
    with tempfile.TemporaryDirectory() as temporary:
        work = folder or Path(temporary)
        netlist = synthesise(verilog_files, top, work, clock=clock, keep=keep, say=say)
        own = ecp5.cell_counts(netlist, top)
        placed = ecp5.place_and_route(netlist, device, seed=seed, target_hz=target_hz, placer=placer, say=say)
    return Measurement(
        fmax_hz=placed.fmax_hz,
        lut=ecp5.luts(own),
        ff=own["TRELLIS_FF"],
        dsp=own["MULT18X18D"],
        bram=own["DP16KD"],
        lut_total=placed.lut,
        ff_total=placed.ff,
        path_start=placed.path_start,
        path_end=placed.path_end,
        path_ns=placed.path_ns,
        path_routing_ns=placed.path_routing_ns,
        seed=seed,
        speed=speed,
        placer=placer,
        yosys=tools.version("yosys"),
        nextpnr=tools.version("nextpnr-ecp5"),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m bitstreams.harness", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("file", type=Path, nargs="+", help="Verilog files")
    parser.add_argument("top", help="module to measure")
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="place and route seeds")
    parser.add_argument("--speed", default="6", choices=sorted(ecp5.RAM_PULSE_NS), help="speed grade")
    parser.add_argument("--placer", default="heap", choices=ecp5.PLACERS)
    parser.add_argument("--target", type=float, default=250.0, metavar="MHZ", help="what the placer aims at")
    parser.add_argument("--clock", default="clk", help="name of the clock input")
    parser.add_argument("--keep", nargs="*", default=[], metavar="MODULE", help="modules not to flatten")
    parser.add_argument("--folder", type=Path, help="where netlist, logs and report stay")
    parser.add_argument("--json", action="store_true", help="one JSON object a seed")
    options = parser.parse_args(arguments)
    try:
        for seed in options.seed:
            figures = measure(
                options.file,
                options.top,
                seed=seed,
                speed=options.speed,
                placer=options.placer,
                target_hz=options.target * 1e6,
                clock=options.clock,
                keep=options.keep,
                folder=options.folder,
                say=lambda line: print(line, file=sys.stderr),
            )
            print(json.dumps(asdict(figures)) if options.json else text(figures), flush=True)
    except HelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def text(figures: Measurement) -> str:
    """A measurement as three lines for people."""
    return (
        f"Fmax {figures.fmax_hz / 1e6:.1f} MHz (seed {figures.seed}, grade -{figures.speed}, {figures.placer})\n"
        f"LUT {figures.lut}  FF {figures.ff}  DSP {figures.dsp}  EBR {figures.bram}"
        f"  (placed with the wrapper: LUT {figures.lut_total}, FF {figures.ff_total})\n"
        f"critical path {figures.path_ns:.2f} ns, {figures.path_routing_ns:.2f} ns of it routing:"
        f" {figures.path_start} -> {figures.path_end}"
    )


if __name__ == "__main__":
    sys.exit(ended(main))
