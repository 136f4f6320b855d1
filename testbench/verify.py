"""`hel verify`: the RTL against golden at every step and pass, and against the cycle model at every clock cycle.

One run, with random parameters, states, inputs and nudges, and random stalls on every stream:

1. forward, T steps; a twin echo with a nudge before every other step; the update; forward and echo again with the
   learnt parameters and no nudge, which must return every word and leave every gradient 0
2. compared with `golden.dynamics.integrator`: both contexts' positions and momenta and all gradients after every step,
parameters
   after the update, flags at the end
3. compared with `rtl.hls.cycle_model.cycle_model`, in runs short enough: every architectural register of every element
at every clock
4. cycles: as counted by the array = as scheduled + as waited

A netlist that the FPGA tools made of the array takes the same run; it has no debug bus, so golden alone is compared.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from golden.arithmetic.formats import SQ
from golden.arithmetic.rounding import wrap
from golden.dynamics.integrator import Flags, Integrator, twin
from golden.errors import HelError
from golden.language.validate import whole
from golden.program import Program
from golden.provenance import made_by
from golden.training import update
from rtl.design import Design, given
from rtl.hls import Command, Geometry, Schedule, compile_array
from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.report.runs import schedule_runs
from rtl.hls.wide.cycle_model import WideCycleModel
from rtl.host.wide_driver import driver_of
from rtl.verilog import cycle_figures
from testbench import netlist as netlists
from testbench import tools
from testbench.array import ArrayPort, build_array, build_netlist
from testbench.follow import Follower
from testbench.mismatch import explained, of_words
from testbench.mutants import known
from testbench.runner import Build
from testbench.session import SimulatedPort, launch
from testbench.trajectory import Trajectory
from testbench.waves import Waves, checked, target

__all__ = ["Comparison", "inside", "verify"]

Words = npt.NDArray[np.int64]

STEPWISE = 256
"""Runs up to so many steps are compared after every step, longer ones after every so many."""
STALLS = 64
"""Of 256 cycles, how many offer no request, and do not take an answer."""
RECORDED = 24
"""Runs up to so many steps are compared with the cycle model at every clock."""


def verify(
    design: Design,
    *,
    simulator: str = "verilator",
    steps: int = 8,
    seed: int = 0,
    stalls: int = STALLS,
    recorded: bool | None = None,
    waves: str | Path | None = None,
    mutant: str | None = None,
    netlist: tuple[str, str] | None = None,
    notice: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """A design's RTL in a simulator against golden, every word at every step, at the predicted cycle; `hel verify`.

    Forward, twin echo with nudges, update, forward and echo again without, on random words with random stalls; in
    runs of at most 24 steps every register at every clock cycle, too. The simulator is compiled first: half a minute.

    Parameters
    ----------
    design : what is compared
    simulator : one of `testbench.tools.SIMULATORS`
    steps : T of the forward pass and of the echo
    seed : of the random parameters, states, inputs, nudges and stalls
    stalls : of 256, how often a cycle offers no request, and does not take an answer
    recorded : compare every clock cycle; by default in runs of at most 24 steps, and where there are waves
    waves : a file *.vcd or *.fst to write what is recorded into (`testbench.waves`)
    mutant : an error to put into the RTL on purpose (`testbench.mutants`)
    netlist : what runs instead of the RTL, (synthesis or route, Verilog) of `bitstreams.netlist`; golden is compared
    notice : called with a line when a compilation starts

    Returns
    -------
    dict with mismatches, compared_words, compared_cycles, cycles, cycles_predicted, stall_cycles, cycles_per_second,
    flags, first_mismatch (`testbench.mismatch`; None where all words are right), trajectory (`testbench.trajectory`);
    what was asked for, system to seed, and mutant and waves where they were; cycles and busy of each pass; schedule
    (`rtl.hls.report.runs`); made_by; and the cuts of the program (`golden.compiler.compile.described`)

    Raises
    ------
    HelError : no design, or one without program or array; a number out of range; a simulator unknown or missing; waves
        that cannot be written; no such mutant or netlist; a netlist with waves or a mutant.

    Example: ``verify(Design("dense", neurons=4, inputs=1), simulator="icarus", steps=1)["mismatches"]`` is 0.
    """
    steps, seed = whole(steps, "the number of steps", 1), whole(seed, "the seed", 0)
    stalls = whole(stalls, "stalls, of 256 cycles,", 0, 255)
    if mutant is not None:
        known(mutant)
    path = None if waves is None else checked(waves)
    if netlist is not None:
        recorded = _unrecorded(netlist[0], waves=waves, mutant=mutant, recorded=recorded)
    recorded = steps <= RECORDED or path is not None if recorded is None else bool(recorded)
    if path is not None and not recorded:
        raise HelError("waves show what is recorded, got recorded=False; leave it out")
    tools.find(simulator)
    given(design, "verify")
    arguments = {"program": str(design.program), "elements": design.elements, "banks": design.banks}
    arguments |= {"steps": steps, "seed": seed, "stalls": stalls, "recorded": recorded}
    with contextlib.nullcontext() if path is None else target(path) as file:
        build = _built(design, simulator, recorded, mutant, netlist, notice)
        if file is not None:
            arguments |= {"waves": str(file.resolve()), "shown": str(path)}
        found = launch(build, "testbench.verify:inside", arguments, progress=notice)
    options = f"--simulator {simulator} --steps {steps} --seed {seed}" + (f" --mutant {mutant}" if mutant else "")
    options += f" --netlist {netlist[0]}" if netlist else ""
    typed = options if stalls == STALLS else None  # the command line has no option for stalls
    first = found["first_mismatch"]
    if first is not None:
        found["first_mismatch"] = explained(first, design, None if netlist else typed)  # a netlist has no waves
    asked: dict[str, Any] = {"simulator": simulator, "steps": steps, "seed": seed}
    asked |= {} if mutant is None else {"mutant": mutant}
    asked |= {} if path is None else {"waves": str(path)}
    return {**found, **_described(design, typed), **asked, **design.cut_formats}


def _built(
    design: Design,
    simulator: str,
    recorded: bool,
    mutant: str | None,
    netlist: tuple[str, str] | None,
    notice: Callable[[str], None] | None,
) -> Build:
    """What runs: the RTL, or the netlist."""
    if netlist is not None:
        return build_netlist(simulator, netlist[1], netlist[0], notice=notice)
    return build_array(simulator, design.geometry, debug_bus=recorded, mutant=mutant, notice=notice)


def _unrecorded(stage: str, **others: Any) -> bool:
    """False, as a netlist is never recorded; raises HelError for what cannot be had of one."""
    netlists.known(stage)
    if asked := [name for name, value in others.items() if value]:
        raise HelError(f"a netlist has no debug bus and no mutants, got {asked[0]}={others[asked[0]]!r}; leave one out")
    return False


def _described(design: Design, options: str | None) -> dict[str, Any]:
    """What a result says of the design, and of the command that made it: none, where a command line cannot say it."""
    line = f"hel verify {design.command} {options}" if design.command and options is not None else ""
    return {
        **design.described,
        **cycle_figures(design.schedule),
        "schedule": schedule_runs(design.schedule),
        "made_by": made_by("verify", line),
    }


async def inside(
    port: SimulatedPort,
    *,
    program: str,
    elements: int,
    banks: int = 1,
    waves: str = "",
    shown: str = "",
    **arguments: Any,
) -> dict[str, Any]:
    """The part of `verify` that runs in the simulator."""
    parsed = Program.parse(program)
    schedule = compile_array(parsed, elements=elements, banks=banks)
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(contextlib.closing(Waves(Path(waves), schedule, Path(shown)))) if waves else None
        return await Comparison(port, parsed, schedule, waves=file, **arguments).run()


class Comparison:
    """One program on the array in the simulator, beside golden and, where `recorded`, the cycle model.

    `built` is the geometry of an array that was not made for the program; `model` a model that has followed it so far.
    """

    def __init__(
        self,
        port: SimulatedPort,
        program: Program,
        schedule: Schedule,
        *,
        steps: int,
        seed: int,
        stalls: int,
        recorded: bool,
        built: Geometry | None = None,
        model: CycleModel | WideCycleModel | None = None,
        waves: Waves | None = None,
    ) -> None:
        self.program, self.schedule = program, schedule
        self.formats = f = program.formats
        self.driver = driver_of(schedule)
        self.array = ArrayPort(port, schedule, built=built)
        self.port, self.steps, self.seed, self.stalls, self.recorded = port, steps, seed, stalls, recorded
        self.follower = Follower(schedule, model, waves)
        self.random = random = np.random.default_rng(seed)
        # From small motions to words that wrap.
        scale = 2.0 ** -random.integers(0, 5)

        def word(sq: SQ, shape: int | tuple[int, ...], scale: float = 1.0) -> Words:
            return np.asarray(np.rint(random.uniform(sq.low, sq.high, shape) * scale), np.int64)

        self.theta = {name: word(f.theta, shape) for name, shape in self.program.parameters}
        for name in self.program.symmetric:
            self.theta[name] = np.triu(self.theta[name]) + np.triu(self.theta[name], 1).T
        self.q, self.p = word(f.q, program.n, scale), word(f.p, program.n, scale)
        self.u = word(f.u, (steps, program.m), 0.25)
        self.nudges = word(f.p, (steps, program.n), 2.0**-6)
        self.golden = Integrator(self.program, self.theta)
        self.mismatches = self.compared = self.compared_cycles = 0
        self.first: dict[str, Any] | None = None
        self.place = ("load", 0)
        self.trajectory = Trajectory(program.n, f.q.fraction_bits)
        self.chunk = max(1, -(-steps // STEPWISE))

    async def run(self) -> dict[str, Any]:
        d = self.driver
        await self.array.start()
        self.port.stall(self.stalls, self.stalls, self.seed + 1)
        await self._play([*d.load_table(), *d.load_parameters(self.theta), *d.clear()], recorded=False)
        await self._pass(nudged=True)
        grads = self.grads
        shift = int(self.random.integers(4, 16))
        theta, flags = update.apply(self.program, self.theta, grads, shift)
        self.golden.raise_flag(flags)
        self.place = "update", 0
        words = await self._play([*d.update(shift), *d.read_parameters()])
        self._compare_named("parameter", d.parameters(words), theta)
        self.golden.load(theta)
        await self._pass(nudged=False)
        self._compare("state", self.state, np.stack([*twin(self.q, self.p)]))
        zeros = {name: np.zeros(shape, np.int64) for name, shape in self.program.parameters}
        self._compare_named("gradient", self.array_grads, zeros)
        raised = d.flags(await self._play(d.read_flags()))
        self._compare("flags", np.array([raised]), np.array([int(self.golden.flags)]))
        array = self.array
        return {
            "mismatches": self.mismatches,
            "compared_words": self.compared,
            "compared_cycles": self.compared_cycles,
            "cycles": array.cycles,
            "cycles_predicted": array.predicted,
            "stall_cycles": array.stalls,
            "cycles_per_second": self.port.cycles / max(array.seconds, 1e-9),
            "flags": [str(flag.name).lower() for flag in Flags if flag in Flags(raised)],
            "first_mismatch": self.first,
            "trajectory": self.trajectory.report(),
        }

    async def _pass(self, *, nudged: bool) -> None:
        """Forward and echo from the initial state, compared after every chunk of steps."""
        d, golden, run = self.driver, self.golden, "" if nudged else ", again without nudges"
        self.grads = golden.zero_gradients()
        self.place = f"load{run}", 0
        await self._play(d.load_state(self.q, self.p), recorded=False)
        q, p = self.q, self.p
        if not nudged:
            self.trajectory.forward(0, np.stack([*twin(q, p)]))
        for first in range(0, self.steps, self.chunk):
            u = self.u[first : first + self.chunk]
            q, p = golden.forward_many(q, p, u)
            self.place = f"forward{run}", first
            state = await self._read_state(d.forward(u))
            self._compare("state", state, np.stack([*twin(q, p)]))
            if not nudged:
                self.trajectory.forward(first + len(u), state)
        if not nudged:
            self.trajectory.back(self.steps, state)
        q, p = twin(q, p)
        for first in reversed(range(0, self.steps, self.chunk)):
            u = self.u[first : first + self.chunk]
            last = first + len(u)
            commands: list[Command] = []
            if nudged and first // self.chunk % 2 == 0:
                e = self.nudges[last - 1]
                commands += d.nudge(e)
                q, p = q, self._nudged(p, e)
            q, p = golden.echo_many(q, p, u, self.grads)
            self.place = f"echo{run}", last - 1
            self.state = await self._read_state([*commands, *d.echo(u[::-1])])
            self._compare("state", self.state, np.stack([q, p]))
            if not nudged:
                self.trajectory.back(first, self.state)
            self.array_grads = d.gradients(await self._play(d.read_gradients(), recorded=False))
            self._compare_named("gradient", self.array_grads, self.grads)

    def _nudged(self, p: Words, e: Words) -> Words:
        exact = p + np.stack([-e, e])
        if (exact != wrap(exact, self.formats.p.width)).any():
            self.golden.raise_flag(Flags.P_OVERFLOW)
        return wrap(exact, self.formats.p.width)

    async def _read_state(self, commands: list[Command]) -> Words:
        """Plays commands; both contexts' (q, p) after them, shape (2, 2, N)."""
        q, p = self.driver.state(await self._play([*commands, *self.driver.read_state()]))
        return np.stack([q, p])

    def _compare(self, kind: str, found: Words, expected: Words, name: str = "") -> None:
        """Words that were read, of a kind that `testbench.mismatch.of_words` knows."""
        self.compared += int(np.size(expected))
        wrong = int(np.count_nonzero(found != expected))
        self.mismatches += wrong
        if wrong and self.first is None:
            self.first = {
                "cycle": self.port.cycles,
                "pass": self.place[0],
                "step": self.place[1],
                **of_words(kind, name or kind, found, expected, self.schedule.geometry.elements),
                "segment": "",
                "control_word": None,
                "control": {},
            }

    def _compare_named(self, kind: str, found: dict[str, Words], expected: Any) -> None:
        for name, _ in self.program.parameters:
            self._compare(kind, found[name], expected[name], name)

    async def _play(self, commands: list[Command], *, recorded: bool = True) -> list[int]:
        recorded = recorded and self.recorded
        words = await self.array.play(commands, recorded=recorded)
        if self.recorded:
            self._follow(commands, recorded)
        return [int(word) for word in words]

    def _follow(self, commands: list[Command], recorded: bool) -> None:
        """Takes the cycle model through the same commands, compared clock by clock where the RTL was recorded."""
        if not recorded:
            self.follower.unrecorded(commands)
            return
        recording = self.port.recording
        assert recording is not None
        found = self.follower.recorded(commands, recording, self.place)
        self.compared += found.words
        self.mismatches += found.mismatches
        self.compared_cycles += found.clocks
        if self.first is None and found.first is not None:
            self.first = {"kind": "register", **found.first}
