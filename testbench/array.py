"""The array in a simulator, played with the driver's commands: builds, answers, cycle accounting.

`build_array` compiles the Verilog that `hel rtl` writes, `build_netlist` what the FPGA tools make of it. `ArrayPort`
runs inside the simulator: it plays commands, returns the words the array sends, and checks that the cycles it counted
are those predicted plus those it waited for a stream.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from rtl.hls import Command, Geometry, Schedule
from rtl.hls.plan.debug_bus import debug_bus_bits
from rtl.hls.plan.registers import IDENTITY_WORD, Address, shape_word
from rtl.host.transactions import command_requests, read, store_requests, write
from rtl.verilog import array_verilog
from testbench import runner
from testbench.mutants import mutated
from testbench.netlist import models
from testbench.session import SimulatedPort, SimulationError

__all__ = ["ArrayPort", "array_bits", "build_array", "build_netlist"]


def array_bits(geometry: Geometry) -> int:
    """Width of the array's debug bus: all elements, and whether the word was issued."""
    return 1 + debug_bus_bits(geometry) * geometry.elements


def build_array(
    simulator: str,
    geometry: Geometry,
    *,
    debug_bus: bool = False,
    mutant: str | None = None,
    notice: Callable[[str], None] | None = None,
) -> runner.Build:
    """The compiled array, from the cache where it has it; `mutant` is an error to put into it (`testbench.mutants`)."""
    text = array_verilog(geometry, debug_bus=debug_bus)
    if mutant is not None:
        text = mutated(text, mutant, geometry.elements)
    return runner.build(simulator, [text], debug_bus_bits=array_bits(geometry) if debug_bus else 0, notice=notice)


def build_netlist(
    simulator: str, verilog: str, stage: str, *, notice: Callable[[str], None] | None = None
) -> runner.Build:
    """An array's netlist (`bitstreams.netlist`) with our models of its cells, compiled or from the cache."""
    return runner.build(simulator, [verilog, *models(stage)], optimise=runner.OPT_NETLIST, notice=notice)


class ArrayPort:
    """One array behind a simulated host port, loaded with a schedule; `built` is its own geometry, if that is another.

    Members
    -------
    cycles, predicted, stalls : sums over everything played, as the array counted, as the schedule says, as it waited
    seconds : wall-clock time inside the simulator
    """

    def __init__(self, port: SimulatedPort, schedule: Schedule, *, built: Geometry | None = None) -> None:
        self.port = port
        self.schedule = schedule
        self.built = built or schedule.geometry
        self.cycles = self.predicted = self.stalls = 0
        self.seconds = 0.0

    async def start(self) -> None:
        """Reset, check of the identity word, control store."""
        await self.port.reset()
        identity, shape = await self.port.play(np.concatenate([read(Address.IDENTITY), read(Address.SHAPE)]))
        assert identity == IDENTITY_WORD
        assert shape == shape_word(self.built)
        await self.port.play(np.concatenate([store_requests(self.schedule), write(Address.CYCLES, 0)]))

    async def play(self, commands: Sequence[Command], *, recorded: bool = False) -> npt.NDArray[np.int64]:
        """Words the array sends for the commands, as signed integers of the chain's width."""
        script = np.concatenate(
            [
                command_requests(self.schedule, commands),
                read(Address.IDLE),
                read(Address.STALLS),
                write(Address.CYCLES, 0),
            ]
        )
        began = time.perf_counter()
        answers = (await self.port.play(script, recorded=recorded)).astype(np.int64)
        self.seconds += time.perf_counter() - began
        cycles, stalls = int(answers[-2]), int(answers[-1])
        predicted = sum(command.cycles(self.schedule) for command in commands)
        if cycles != predicted + stalls:
            raise SimulationError(f"the array took {cycles} cycles, not {predicted} scheduled and {stalls} waited")
        self.cycles += cycles
        self.stalls += stalls
        self.predicted += predicted
        words = answers[:-2]
        bits = min(32, self.schedule.geometry.chain_bits)
        return np.asarray((words << (64 - bits)) >> (64 - bits))
