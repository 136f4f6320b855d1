"""Clock cycles per CPU-second of the bench on Verilator, against a bare C++ loop on the same array and the same script.

The bare loop (bare.cpp) has no cocotb, no Python, no gaps, no checks; both are compiled with the same flags. Runs
alternate, and the best of each counts. The bench can be the faster one: in the bare loop the array's inputs, its reset
among them, are ports of the top, and Verilator evaluates all logic behind such ports at every call.
`python -m testbench.speed [CYCLES]` measures the stand-in.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from testbench import runner, tools
from testbench.script import Script, read, read_responses, write, write_script
from testbench.session import SimulatedPort, launch

__all__ = ["bare", "measure"]


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
        (folder / names[-1]).write_text(source.read_text() if isinstance(source, Path) else source)
    main = Path(__file__).with_name("bare.cpp")
    command = [tool.paths["verilator"], "-cc", "--exe", "-Mdir", "objects", "--prefix", "Vtop", "-o", "bare"]
    command += ["--top-module", top, *runner.VERILATOR_FLAGS, "-CFLAGS", runner.CXX_FLAGS, str(main), *names]
    runner.call(command, folder, tool.env)
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
            done = subprocess.run([program], cwd=folder, capture_output=True, text=True, check=True)
            cycles, seconds = done.stdout.split()
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


def main() -> None:
    """Measures the stand-in with 32 busy multipliers."""
    from tests.testbench.standin import standin_verilog

    cycles = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    script = np.concatenate([write(0x100, cycles), read(0x104)])
    print(json.dumps(measure([standin_verilog(32, recorded=False)], script)))


if __name__ == "__main__":
    main()
