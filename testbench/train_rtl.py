"""`hel train --arithmetic rtl`: the array learns in a simulator, golden in step and compared after every sample.

Forward, nudge, twin echo, gradient and update are the RTL's; the readout is golden's integer code, on the host. After
every forward pass all of q_T, and after every update all parameter words, must equal golden's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from golden import systems, tasks
from golden.arithmetic.formats import Formats
from golden.errors import HelError
from golden.language.validate import known_options, whole
from golden.program import Program, flagged
from golden.training.conversation import drive_async
from golden.training.learner import GoldenLearner
from golden.training.optimiser import Optimiser
from golden.training.recipe import Recipe
from golden.training.sequences import OPTIONS, Training
from golden.training.trajectory import trajectory
from rtl.hls import Command, compile_array
from rtl.host.wide_driver import driver_of
from testbench import tools
from testbench.array import ArrayPort, build_array
from testbench.session import SimulatedPort, SimulationError, launch

__all__ = ["RtlLearner", "inside", "train_rtl"]

Words = npt.NDArray[np.int64]
Progress = Callable[[int, int, str], None]


class RtlLearner:
    """A learner of `golden.training.learner` whose words are computed by the array, with golden beside it.

    Members
    -------
    mismatches, compared_words : against golden, over the whole run
    """

    def __init__(self, array: ArrayPort, golden: GoldenLearner) -> None:
        self.array = array
        self.golden = golden
        self.driver = driver_of(array.schedule)
        self.mismatches = self.compared_words = 0
        self._echo: list[Command] = []
        self._rest = np.zeros(self.driver.neurons, np.int64)

    async def start(self) -> None:
        """Control store, table, initial parameters."""
        await self.array.start()
        d = self.driver
        words = await self.array.play(
            [*d.load_table(), *d.load_parameters(self.golden.parameters()), *d.clear(), *d.read_parameters()]
        )
        self._compare_parameters(words)

    async def forward(self, inputs: Words) -> Words:
        """q_T of the sequence, from rest."""
        d = self.driver
        answer = await self.array.play([*d.load_state(self._rest, self._rest), *d.forward(inputs), *d.read_position()])
        q = d.position(answer.tolist())
        self._compare(q, self.golden.forward(inputs))
        return q

    async def echo(self, inputs: Words, nudge: Words) -> None:
        """Queued: it is played with the update, which needs no answer from it."""
        self.golden.echo(inputs, nudge)
        self._echo += [*self.driver.nudge(nudge), *self.driver.echo(inputs[::-1])]

    async def update(self, shift: Any) -> None:
        """Echo and update, then all parameters are read back."""
        self.golden.update(shift)
        commands, self._echo = [*self._echo, *self.driver.update(int(shift)), *self.driver.read_parameters()], []
        self._compare_parameters(await self.array.play(commands))

    async def flags(self) -> int:
        """The array's sticky flags, which are cleared by this."""
        return self.driver.flags((await self.array.play(self.driver.read_flags())).tolist())

    def _compare_parameters(self, words: Words) -> None:
        self._parameters = self.driver.parameters(words.tolist())
        for name, expected in self.golden.parameters().items():
            self._compare(self._parameters[name], expected)

    def parameters(self) -> dict[str, Words]:
        """The words last read from the array."""
        return self._parameters

    def _compare(self, found: Words, expected: Words) -> None:
        self.compared_words += int(np.size(expected))
        self.mismatches += int(np.count_nonzero(found != expected))
        if self.mismatches:
            raise SimulationError(
                f"the array must equal golden bit for bit, {self.mismatches} of {self.compared_words} words differ;"
                " run `hel verify` with this system and size to find the first"
            )


def train_rtl(
    task: str,
    system: str = "dense",
    *,
    elements: int = 16,
    banks: int = 1,
    simulator: str = "verilator",
    progress: Progress | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Trains by the array in a simulator, golden in step: `hel train --arithmetic rtl`.

    Parameters
    ----------
    task, system : names; a system of one's own is path/to/file.py:Class
    elements : P; neurons is a multiple of it
    banks : B, pairs of multipliers an element
    simulator : one of `testbench.tools.SIMULATORS`
    progress : called with (samples done, samples in all, text)
    options : neurons, epochs, seed, samples, validation, cost, way, recipe, formats, cuts, as
        `golden.training.sequences.Training`; the array reads the last step, so its cost is the final one

    Returns
    -------
    the trainer's result; elements, banks, simulator; trajectory (`golden.training.trajectory`); mismatches,
    compared_words, cycles, cycles_predicted, stall_cycles, cycles_per_second; parameters (name -> words as the array
    holds them), training (the Training, its readout as it has become)

    Raises
    ------
    HelError : what `Training` refuses; no name; a simulator unknown or missing. SimulationError : the array differs.

    Example: ``train_rtl("digits", neurons=8, elements=4, samples=20, epochs=1, validation=True)["mismatches"]`` is 0.
    """
    if not isinstance(system, str):
        raise HelError(
            f"train_rtl takes a system's name, the simulator's own process makes the system again, got {system!r:.60};"
            ' write "path/to/file.py:Class"'
        )
    known_options(options, [each for each in OPTIONS if each != "program"], "train_rtl")
    elements, banks = whole(elements, "the number of elements", 1), whole(banks, "the number of banks", 1)
    tools.find(simulator)
    training = Training(task, system, arithmetic="fixed", **options)
    program = training.program
    _check(training)

    def report(line: str) -> None:
        if progress is None:
            return
        done, total, text = line.split(" ", 2)
        progress(int(done), int(total), text)

    notice = (lambda text: progress(0, 1, text)) if progress else None
    build = build_array(simulator, compile_array(program, elements=elements, banks=banks).geometry, notice=notice)
    if tasks.is_file(task):
        task = str(Path(task).absolute())
    way = options.get("way")
    sent = {
        **options,
        "way": None if way is None else asdict(way),
        "recipe": asdict(training.recipe),
        "formats": str(training.formats),
    }
    arguments = {"task": task, "system": systems.load.absolute(system), "elements": elements, "options": sent}
    arguments["banks"] = banks
    result = launch(build, "testbench.train_rtl:inside", {**arguments, "program": str(program)}, progress=report)
    for flag, of in (("argument_clamped", flagged.clamped), ("operand_clipped", flagged.clipped)):
        result[flag] = of(program, result[flag])  # by name: a program's text has no lines of the potential
    parameters = {name: np.array(words, np.int64) for name, words in result.pop("parameters").items()}
    for name, words in result.pop("readout").items():
        setattr(training.readout, name, np.array(words, np.int64))
    told = {"arithmetic": "rtl", "simulator": simulator, "elements": elements, "banks": banks}
    return {
        **result,
        **training.arithmetic.described(),  # with the tables' functions and the lines, which the text has not either
        **told,
        "trajectory": trajectory(training, parameters),
        "parameters": parameters,
        "training": training,
    }


def _check(training: Training) -> None:
    """Raises HelError for what the array does not compute."""
    if training.task.cost != "final":
        raise HelError(
            f"the array reads positions after the last step, a final cost, got {training.task.cost} for"
            f" {training.task.name}; choose the final cost where the task has one, or fixed arithmetic"
        )
    if not training.recipe.optimiser.plain:
        raise HelError(
            f"the array learns plain, one sample at a time, got {training.recipe.optimiser}; use fixed arithmetic"
        )


async def inside(
    port: SimulatedPort, *, task: str, system: str, program: str, elements: int, banks: int, options: dict[str, Any]
) -> dict[str, Any]:
    """The part of `train_rtl` that runs in the simulator."""
    spoken = 0.0

    def progress(done: int, total: int, text: str) -> None:
        nonlocal spoken
        now = time.monotonic()
        if now - spoken > 0.5 or done == total:
            spoken = now
            print(f"{done} {total} {text}", flush=True)

    parsed = Program.parse(program)
    way = options.get("way")
    recipe = Recipe(**{**options["recipe"], "optimiser": Optimiser(**options["recipe"]["optimiser"])})
    formats = Formats.parse(options["formats"])
    options = {**options, "way": None if way is None else tasks.Way(**way), "recipe": recipe, "formats": formats}
    training = Training(task, system, arithmetic="fixed", program=parsed, progress=progress, **options)
    golden = training.learner()
    assert isinstance(golden, GoldenLearner)
    array = ArrayPort(port, compile_array(parsed, elements=elements, banks=banks))
    learner = RtlLearner(array, golden)
    await learner.start()
    result = await drive_async(training.conversation(), learner)
    raised = await learner.flags()
    assert raised == int(golden.integrator.flags), (raised, golden.integrator.flags)
    return {
        **result,
        "flags": golden.flags,
        "argument_clamped": sorted(golden.integrator.argument_clamped),
        "operand_clipped": sorted(golden.integrator.operand_clipped),
        "mismatches": learner.mismatches,
        "compared_words": learner.compared_words,
        "cycles": array.cycles,
        "cycles_predicted": array.predicted,
        "stall_cycles": array.stalls,
        "cycles_per_second": array.cycles / max(array.seconds, 1e-9),
        "parameters": learner.parameters(),
        "readout": {"weights": training.readout.weights, "bias": training.readout.bias},
    }
