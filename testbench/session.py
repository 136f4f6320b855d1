"""Calls an async function inside a simulator; in there, `SimulatedPort` is the array's host port.

The function is named "package.module:function", is called as `await function(port, **arguments)` with arguments that
passed through JSON, and returns a dict that passes through JSON (NumPy numbers and arrays become lists). What it prints
appears live, a line at a time. Its own computations cost no simulated time: the clock stands still between commands.

    async def learn(port, *, steps):                        # in package.module
        state = await port.play(read(0x1000, 64))           # uint32, one per read
        ...
        return {"cycles": port.cycles}

    result = launch(build("verilator", [text]), "package.module:learn", {"steps": 3})
"""

import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from golden.computer import processes
from golden.computer.blame import machine_error
from golden.errors import HelError
from testbench import runner
from testbench.script import Recording, describe, pack, plain, read_recording, read_responses, write_script

__all__ = ["HostPortError", "SimulatedPort", "SimulationError", "launch"]

_PLAY, _RESET, _WAIT = 0, 1, 2


class SimulationError(RuntimeError):
    """A simulation did not return a result. `details` holds the traceback inside, or the end of the simulator's log."""

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details


class HostPortError(SimulationError):
    """The array hung, or broke the contract of its streams."""


class SimulatedPort:
    """The array's host port, its clock and its reset, inside a simulator.

    Members
    -------
    simulator: "verilator" or "icarus"
    cycles: clock cycles since power-up
    spent: clock cycles of the last `play`, `reset` or `wait`
    recording: what the last `play(..., recorded=True)` recorded, or None
    """

    def __init__(self, bench: Any, simulator: str, debug_bus_bits: int, folder: Path) -> None:
        self.simulator = simulator
        self.cycles = 0
        self.spent = 0
        self.recording: Recording | None = None
        self._bench, self._debug_bus_bits, self._folder = bench, debug_bus_bits, folder
        self._start = 0
        self._gaps = (0, 0, np.random.default_rng(0))

    def stall(self, request: int = 0, response: int = 0, seed: int = 1) -> None:
        """From now on, `request` of 256 cycles offer no request and `response` of 256 are not ready, at random."""
        for name, rate in (("request", request), ("response", response)):
            if not 0 <= rate <= 255:
                raise ValueError(f"a stall rate is 0 to 255 (of 256), got {name}={rate}")
        self._gaps = (request, response, np.random.default_rng(seed))

    async def play(
        self,
        script: npt.NDArray[np.uint64] | Iterable[tuple[int, int, int]],
        *,
        budget_cycles: int = 1_000_000,
        recorded: bool = False,
    ) -> npt.NDArray[np.uint32]:
        """Plays a script and returns the responses to its reads, in order, as uint32.

        It ends with the last handshake: the array may still be busy with what it was told.

        Parameters
        ----------
        script: transactions (see `script.write`, `script.read`) or tuples (write, addr, data)
        budget_cycles: cycles without a handshake after which the array counts as hung
        recorded: also record the debug bus, into `recording`

        Raises
        ------
        HostPortError: the array hung or broke a stream's contract; the message names the transaction.
        ValueError: `recorded` without a debug bus.
        """
        words = pack(script)
        if recorded and not self._debug_bus_bits:
            raise ValueError("this build has no debug bus; build it with debug_bus_bits > 0")
        write_script(self._folder / "script.bin", words)
        bench = self._bench
        request, response, random = self._gaps
        bench.gap_i.value, bench.gap_o.value = request, response
        bench.seed.value = int(random.integers(1, 2**32))
        bench.budget.value = budget_cycles
        bench.recording.value = int(recorded)
        await self._command(_PLAY, words.size)
        failure = int(bench.failure.value)
        if failure:
            raise HostPortError(self._explain(failure, words, budget_cycles))
        self.recording = read_recording(self._folder / "recording.txt") if recorded else None
        return read_responses(self._folder / "response.txt")

    async def reset(self, cycles: int = 4) -> None:
        """Holds the array in reset for `cycles`. Nothing in flight survives; memories keep their contents."""
        await self._command(_RESET, cycles)

    async def wait(self, cycles: int) -> None:
        """Lets the clock run for `cycles`."""
        await self._command(_WAIT, cycles)

    async def _command(self, command: int, count: int) -> None:
        bench = self._bench
        self._start ^= 1
        bench.command.value = command
        bench.count.value = count
        bench.start.value = self._start
        await bench.done.value_change
        self.spent = int(bench.spent.value)
        self.cycles = int(bench.cycle.value)

    def _explain(self, failure: int, script: npt.NDArray[np.uint64], budget: int) -> str:
        sent, answered = int(self._bench.sent.value), int(self._bench.answered.value)
        reads = np.flatnonzero(script >> np.uint64(48) == 0)
        where = f"after {sent} of {script.size} requests and {answered} of {reads.size} responses, cycle {self.cycles}"
        waiting = _name(script, sent)
        owed = int(reads[answered]) if answered < reads.size else script.size
        last = int(reads[answered - 1]) if answered else script.size
        if failure == 1:
            stuck = f"{_name(script, owed)} is not answered" if owed < sent else f"{waiting} is not accepted"
            return f"the array hung: {stuck} for {budget} cycles, {where}"
        return {
            2: f"the array sent a response that no read asked for, at {waiting}, {where}",
            3: f"the array withdrew or changed a response before it was taken, for {_name(script, owed)}, {where}",
            4: f"i__ready or o__valid is unknown (X), at {waiting}, {where}; is every control register reset?",
            5: f"the response is unknown (X), for {_name(script, last)}, {where}; was it ever set?",
        }.get(failure, f"the bench could not read or write its files in {self._folder}")


def _name(script: npt.NDArray[np.uint64], index: int) -> str:
    """`transaction 3 (read 0x0010)`, or the end of the script."""
    return f"transaction {index} ({describe(int(script[index]))})" if index < script.size else "the end of the script"


def launch(
    build: runner.Build,
    function: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    progress: Callable[[str], None] | None = None,
    timeout_s: float | None = None,
) -> dict[str, Any]:
    """Runs `await function(port, **arguments)` inside the simulator and returns its dict.

    Parameters
    ----------
    function: "package.module:function", importable here
    arguments: keyword arguments; JSON
    progress: receives every line the function prints, live; by default they are printed
    timeout_s: wall-clock limit

    Raises
    ------
    HelError: as raised inside. HostPortError: the array hung or broke a contract.
    SimulationError: anything else; the message is that of the exception inside.
    KeyboardInterrupt: Ctrl-C; the simulator is gone by then.
    """
    folder, kept = None, False
    try:
        with processes.undisturbed():
            folder = Path(tempfile.mkdtemp(prefix="hel-cosim-"))
        call: dict[str, Any] = {"function": function, "arguments": dict(arguments or {})}
        call |= {"simulator": build.simulator, "debug_bus_bits": build.debug_bus_bits}
        (folder / "call.json").write_text(json.dumps(call, default=plain), encoding="utf-8")
        code = _played(build, folder, progress or _print, timeout_s)
        kept = not (folder / "result.json").exists()
        return _result(folder, code, timeout_s)
    except HelError:
        kept = False
        raise
    finally:
        if folder is not None and not kept:
            shutil.rmtree(folder, ignore_errors=True)


def _played(build: runner.Build, folder: Path, progress: Callable[[str], None], timeout_s: float | None) -> int:
    """Runs the simulator in `folder` to its end, handing on the lines it prints; its exit code."""
    process = timer = None
    outgoing, incoming = os.pipe()
    try:
        with open(outgoing, encoding="utf-8", errors="replace") as lines:
            try:
                with processes.undisturbed():
                    env = {"HEL_COSIM_PROGRESS": str(incoming)}
                    process = runner.start(build, "testbench.inside", folder, env, [incoming])
            finally:
                os.close(incoming)
            if timeout_s is not None:
                timer = threading.Timer(timeout_s, processes.end, [process])
                timer.start()
            for line in lines:
                progress(line.rstrip("\n"))
        return process.wait()
    finally:
        if timer is not None:
            timer.cancel()
        if process is not None:
            processes.end(process)


def _result(folder: Path, code: int, timeout_s: float | None) -> dict[str, Any]:
    path = folder / "result.json"
    if not path.exists():
        log = (folder / "simulator.log").read_text(encoding="utf-8", errors="replace")
        last = next((line.strip() for line in reversed(log.splitlines()) if line.strip()), "it printed nothing")
        what = f"the simulator ended without a result (exit {code}): {last}"
        if code == -signal.SIGKILL and timeout_s is not None:
            what = f"the simulation was stopped after its limit of {timeout_s:g} s"
        elif error := machine_error("the simulator", code, log):
            raise error
        raise SimulationError(f"{what}; its files are in {folder}", log[-4000:])
    answer = json.loads(path.read_text(encoding="utf-8"))
    if "result" in answer:
        result: dict[str, Any] = answer["result"]
        return result
    error = answer["error"]
    if error["type"] == "HelError":
        raise HelError(error["message"])
    if error["type"] == "HostPortError":
        raise HostPortError(error["message"], error["traceback"])
    if error["type"] in ("OSError", "PermissionError", "MemoryError"):
        words = error["message"] if error["type"] != "MemoryError" else f"out of memory, {error['message']}"
        if reason := machine_error("the simulation", 1, words):
            raise reason
    raise SimulationError(f"{error['type']}: {error['message']}", error["traceback"])


def _print(line: str) -> None:
    print(line, flush=True)
