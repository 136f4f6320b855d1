"""Clock cycles per CPU-second of the bench on Verilator, against a bare C++ loop on the same array and the same script.

The bare loop (bare.cpp) has no cocotb, no Python, no gaps, no checks; both are compiled with the same flags. Runs
alternate, and the best of each counts. The bench can be the faster one: in the bare loop the array's inputs, its reset
among them, are ports of the top, and Verilator evaluates all logic behind such ports at every call.
`python -m testbench.speed [STEPS]` measures an array of 16 elements that runs forward.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from golden.computer import processes
from rtl.design import Design
from rtl.hls.plan.registers import Address
from rtl.host.transactions import command_requests, store_requests
from rtl.host.wide_driver import driver_of
from rtl.verilog import array_verilog
from testbench import runner, tools
from testbench.script import Script, read, read_responses, write_script
from testbench.session import SimulatedPort, launch

__all__ = ["bare", "forward_script", "measure"]


async def timed(port: SimulatedPort, *, path: str, budget_cycles: int) -> dict[str, Any]:
    """Inside the simulator: plays the script kept in `path`; its cycles, CPU seconds and responses."""
    script = np.load(path)
    began = time.process_time()
    responses = await port.play(script, budget_cycles=budget_cycles)
    return {"cycles": port.spent, "seconds": time.process_time() - began, "responses": responses}


def bare(sources: Sequence[str | Path], folder: Path, *, top: str = "hel_array") -> Path:
    """Compiles bare.cpp around module `top` in `folder`; returns the program, which plays the script.bin where it runs.

    Raises HelError when a tool is missing and BuildError when the sources do not compile.
    """
    tool = tools.find("verilator")
    names = []
    for index, source in enumerate(sources):
        names.append(f"source{index}.v")
        text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
        (folder / names[-1]).write_text(text, encoding="utf-8")
    shutil.copy(Path(__file__).with_name("bare.cpp"), folder)
    arguments = ["--exe", "--prefix", "Vtop", "-o", "bare"]
    arguments += ["--top-module", top, *runner.VERILATOR_FLAGS, "-CFLAGS", runner.CXX_FLAGS, "bare.cpp", *names]
    runner.verilate(tool, folder, arguments)
    runner.make_verilated(tool, folder / "objects")
    return folder / "objects" / "bare"


def measure(
    sources: Sequence[str | Path],
    script: Script,
    *,
    top: str = "hel_array",
    rounds: int = 3,
    budget_cycles: int = 100_000_000,
) -> dict[str, Any]:
    """Plays `script` on both, `rounds` times each, and checks that both give the same responses.

    Returns
    -------
    cycles: of one run
    cycles_per_second, bare_cycles_per_second: best of `rounds`, per CPU-second
    ratio: their quotient
    """
    build = runner.build("verilator", sources, top=top)
    folder = Path(tempfile.mkdtemp(prefix="hel-speed-"))
    try:
        program = bare(sources, folder, top=top)
        np.save(folder / "script.npy", script)
        write_script(folder / "script.bin", script)
        arguments = {"path": str(folder / "script.npy"), "budget_cycles": budget_cycles}
        here, there = [], []
        for _ in range(rounds):
            result = launch(build, "testbench.speed:timed", arguments)
            cycles, seconds = processes.run([program], folder).stdout.split()
            if result["responses"] != read_responses(folder / "response.txt").tolist():
                raise AssertionError("bench and bare loop give different responses")
            here.append(result["cycles"] / result["seconds"])
            there.append(int(cycles) / float(seconds))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "cycles": result["cycles"],
        "cycles_per_second": round(max(here)),
        "bare_cycles_per_second": round(max(there)),
        "ratio": max(here) / max(there),
    }


def forward_script(design: Design, steps: int) -> Script:
    """Requests that load a design's array and run it forward for so many steps, ending when it is idle."""
    schedule, driver = design.schedule, driver_of(design.schedule)
    rest = np.zeros(design.neurons, np.int64)
    theta = {name: design.formats.theta.raw(value) for name, value in design.subject.initial(0).items()}
    loads = [*driver.load_table(), *driver.load_parameters(theta), *driver.clear(), *driver.load_state(rest, rest)]
    inputs = np.ones((steps, design.inputs), np.int64)
    requests = command_requests(schedule, [*loads, *driver.forward(inputs)])
    return np.concatenate([store_requests(schedule), requests, read(Address.IDLE)])


def main() -> None:
    """Prints what `measure` returns, for dense with N = 32 on P = 16, as JSON."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    design = Design("dense", neurons=32, elements=16)
    print(json.dumps(measure([array_verilog(design.geometry)], forward_script(design, steps))))


if __name__ == "__main__":
    main()
