"""Training on a task with Hamiltonian echo learning alone: batch 1, plain clipped descent.

One sample: forward through T steps -> q_T -> readout: errors, nudge e, n_base -> twin echo -> update of the system ->
update of the readout. `Training.conversation` writes that down once, for every learner (`golden.training.learner`) and
both arithmetics (`golden.training.arithmetics`); `golden.training.compiled_learner` makes the same words without a
return to Python. Several seeds train side by side, bit for bit as each alone; on sequences of different lengths
compiled code alone does so, and `train` takes the seeds of the others one after the other.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from golden import systems
from golden.arithmetic.formats import Formats, checked
from golden.errors import HelError
from golden.language.graph import topological
from golden.language.validate import known_options, shortened
from golden.native import COMPILED, executor_of, steps_at_once
from golden.program import Program, flagged
from golden.tasks import Split, Task, Way
from golden.training import in_turn
from golden.training.arithmetics import Arithmetic, FixedPoint, FloatingPoint
from golden.training.compiled_learner import CompiledLearner
from golden.training.conversation import Conversation, Forward, drive, learnt_from
from golden.training.learner import GoldenLearner, Learner
from golden.training.measures import measure_of
from golden.training.played import Played
from golden.training.readout_descent import ReadoutDescent
from golden.training.recipe import Recipe, recipe_of
from golden.training.report import RECENT, Progress, Report
from golden.training.samples import Samples, named
from golden.training.seeds import first_readout, sample_order, seeds_of, side_by_side
from golden.training.steadiness import steadiness
from golden.training.trajectory import trajectory

__all__ = ["OPTIONS", "TRAINABLE", "Training", "train"]

TRAINABLE = ("dense", "hru", "linear")
"""Built-in systems whose every neuron sees the inputs; a system of a file must see them somewhere."""


class Training:
    """One training run, of one seed or of several side by side.

    Parameters
    ----------
    task, system : names, or a `Task` and a `System` whose inputs are the task's channels
    arithmetic : "fixed" (integers, any learner of that interface) or "float"
    neurons : n, default 32; of a `System` its own
    epochs : passes over the training set
    seed : an integer, or a sequence of S integers: every array gets an axis (S,)
    samples : train on the first so many only
    validation : evaluate on the validation part and leave the test set unread
    cost : one of the task's costs, "final", "averaged" or "per-step"; default: the task's own
    way : `golden.tasks.Way` in which the data of a file, or of `uea:NAME`, are played
    recipe : `golden.training.recipe.Recipe`
    formats : default: the reference format with the step of the task
    cuts : of the integer program, a word of `golden.compiler.compile`
    program : of the system with these formats and cuts, where it has been compiled already
    progress : called with (samples done, samples in all, text)

    Members
    -------
    part, evaluation : the samples learnt from, and judged on
    orders : ([S,] epochs * samples) indices into `part`, in the order they are met
    theta : initial parameters, raw words (fixed) or float64
    program : the integer program (fixed)
    readout : `Readout` or `FloatReadout`
    """

    def __init__(
        self,
        task: str | Task,
        system: str | systems.System = "dense",
        *,
        arithmetic: str = "fixed",
        neurons: int | None = None,
        epochs: int = 4,
        seed: int | Sequence[int] = 0,
        samples: int | None = None,
        validation: bool = False,
        cost: str | None = None,
        way: Way | None = None,
        recipe: Recipe | None = None,
        formats: Formats | None = None,
        cuts: str = "default",
        program: Program | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.task = named(task, way, cost)
        if isinstance(system, str) and system not in TRAINABLE and not systems.load.is_file(system):
            raise HelError(
                f"systems that train on a task are {', '.join(TRAINABLE)}, got {system!r};"
                " choose one of them, or name path/to/file.py:Class"
            )
        if arithmetic not in ("float", "fixed"):
            raise HelError(f"the arithmetic is float or fixed, got {shortened(arithmetic)}; choose one")
        self.samples = Samples.of(self.task, epochs=epochs, first=samples, validation=validation)
        self.part, self.evaluation = self.samples.part, self.samples.evaluation
        self.system = _fitting(system, neurons, self.task)
        if arithmetic != "fixed" and cuts != "default":
            raise HelError(f"cuts are those of fixed-point arithmetic, got {cuts} for {arithmetic}; leave them out")
        self.seed, self.recipe, self.progress = seeds_of(seed), recipe_of(recipe, Recipe), progress
        self.measure = measure_of(self.task, self.part, self.evaluation)
        if formats is None:
            formats = Formats(log2_inverse_step=self.task.log2_inverse_step, clip_log2=self.recipe.clip_log2)
        self.formats = checked(formats)
        self.recipe.optimiser.checked(self.system.parameters, self.formats.clip_log2)
        if progress is not None and not callable(progress):
            raise HelError(f"progress is a function of (done, total, text), got {shortened(progress)}; leave it out")
        if program is not None and not isinstance(program, Program):
            raise HelError(f"a program is a golden.program.Program, got {shortened(program)}; leave it out")
        if program is not None and (program.n, program.m) != (self.system.n, self.system.m):
            raise HelError(
                f"the program has n = {program.n}, m = {program.m}, it is not that of {self.system!r}; leave it out"
            )
        if program is not None and program.formats != self.formats:
            raise HelError(
                f"the program has the formats {program.formats}, the training {self.formats}; give it "
                "formats=program.formats, or leave the program out"
            )
        self.orders = side_by_side(self.seed, self._order)["order"]
        self.arithmetic = self._arithmetic(arithmetic, cuts, program)
        self.theta, self.readout = self.arithmetic.theta, self.arithmetic.readout

    @property
    def steps(self) -> int:
        """Leapfrog steps of all samples that are met, both passes, of all seeds."""
        length = self.part.inputs.shape[1] * self.task.hold
        return int(3 * length * self.samples.total * math.prod(self.orders.shape[:-1]))

    def _order(self, seed: int) -> dict[str, Any]:
        return {"order": sample_order(seed, len(self.part), self.samples.epochs).reshape(-1)}

    def _arithmetic(self, name: str, cuts: str, program: Program | None) -> Arithmetic:
        """At the initial parameters of the seeds."""
        recipe, outputs, n = self.recipe, self.task.outputs, self.system.n
        initial = side_by_side(self.seed, self.system.initial)
        weights = side_by_side(self.seed, lambda seed: first_readout(seed, outputs, n, recipe.readout_deviation))
        if name == "float":
            clip = 2.0 ** (self.formats.clip_log2 - self.formats.theta.fraction_bits)
            numbers = initial, weights, recipe.log2_eps0, recipe.optimiser, clip
            return FloatingPoint(self.task, self.system, self.formats.step, *numbers)
        given = recipe.log2_eps0, cuts, program, recipe.optimiser
        fixed = FixedPoint(self.task, self.system, self.formats, initial, weights, *given)
        self.program = fixed.program
        return fixed

    def encode(self, split: Split) -> Any:
        """Inputs (samples, T, m): raw words, or float64, every frame held; zeros behind the end of a sequence."""
        return self.played(split).inputs

    def played(self, split: Split) -> Played:
        """Its samples as they are played."""
        return Played(self.task, split, self.arithmetic.encode)

    @property
    def of_many_lengths(self) -> bool:
        """Whether several seeds meet sequences whose lengths differ: a conversation is about one length at a time."""
        return not isinstance(self.seed, int) and self.part.lengths is not None

    def learner(self, rule: str = "hel") -> Learner:
        """The golden learner of this arithmetic at the initial parameters; `rule` "hel" or, in float, "bptt"."""
        return self.arithmetic.learner(rule)

    def conversation(self) -> Conversation[dict[str, Any]]:
        """The run as requests and answers; returns the result of `train`.

        Raises
        ------
        HelError : several seeds, and sequences of different lengths.
        """
        if self.of_many_lengths:
            raise HelError(
                f"a conversation of several seeds is about sequences of one length, those of {self.task.name} differ; "
                "give one seed at a time, or let train do so"
            )
        played, measure = self.played(self.part), self.measure
        total, lsb = self.samples.total, self.arithmetic.lsb
        report = Report(self.samples, self.orders.shape[:-1], self.progress, measure.name)
        optimiser = self.recipe.optimiser
        how = self.readout, ReadoutDescent(self.readout, optimiser), self.arithmetic
        for done in range(total):
            rate, last = self.recipe.rate(done, total), optimiser.ends(done, total)
            sequence, answer = played[self.orders[..., done]]
            errors = yield from learnt_from(*how, sequence, answer, rate, last)
            cost, hit = measure.met(errors, answer, lsb)
            report.add(cost[None], hit[None])
        return self._told(report, (yield from self._evaluate()))

    def run(self, learner: CompiledLearner) -> dict[str, Any]:
        """The conversation with a learner that takes many samples at once: the same words and the same result."""
        played, total = self.played(self.part), self.samples.total
        report = Report(self.samples, self.orders.shape[:-1], self.progress, self.measure.name)
        rates = np.array([self.recipe.rate(done, total) for done in range(total)])
        block = max(1, min(RECENT, steps_at_once(self.program) // (3 * played.inputs.shape[1])))
        for done in range(0, total, block):
            now = slice(done, done + block)
            order = self.orders[..., now]
            errors = learner.learn(played.inputs, played.answers, order, rates[now], played.steps)
            report.add(*self._met(played, errors, order))
        measured, judged = np.zeros(self.orders.shape[:-1]), self.played(self.evaluation)
        for first in range(0, len(judged), block):
            now = slice(first, first + block)
            for k, logits in enumerate(learner.logits(judged.inputs[now], judged.steps[now]), first):
                found = logits[: judged.steps[k]] if judged.per_step else logits
                measured = measured + self.measure.found(self.readout, found, judged[k][1])
        return self._told(report, measured / len(judged))

    def _met(self, played: Played, errors: Any, order: Any) -> tuple[Any, Any]:
        """Costs and measures (count, ...) of samples as they were met, of a per-step cost each over its own steps."""
        lsb, samples = self.arithmetic.lsb, np.moveaxis(order, -1, 0)
        if not played.per_step:
            return self.measure.met(errors, played.answers[samples], lsb)
        steps = played.steps[samples]
        if (steps == steps.flat[0]).all():
            return self.measure.met(np.moveaxis(errors[:, : steps.flat[0]], 1, 0), None, lsb)
        costs, hits = np.zeros(samples.shape), np.zeros(samples.shape)
        for at in np.ndindex(samples.shape):
            own = errors[(at[0], slice(steps[at]), *at[1:])]
            costs[at], hits[at] = self.measure.met(own, None, lsb)
        return costs, hits

    def _told(self, report: Report, measured: Any) -> dict[str, Any]:
        asked = report.asked(self.system, self.seed, self.recipe, arithmetic=self.arithmetic.name)
        return {**asked, **self.arithmetic.described(), **report.result(measured)}

    def _evaluate(self) -> Any:
        """The measure (...) on the evaluation part: forward passes only, one sample at a time on the learner itself."""
        total = np.zeros(self.orders.shape[:-1])
        for sequence, answer in map(self.played(self.evaluation).__getitem__, range(len(self.evaluation))):
            shape = (sequence.shape[0], *total.shape, sequence.shape[1])
            wide = np.broadcast_to(sequence.reshape(sequence.shape[0], *(1,) * total.ndim, -1), shape)
            x = self.readout.cut_x((yield Forward(wide)))
            total = total + self.measure.found(self.readout, self.readout.logits(x), answer)
        return total / len(self.evaluation)


OPTIONS = tuple(k for k in inspect.signature(Training).parameters if k not in ("task", "system", "arithmetic"))
"""What a training may be asked for besides."""


def _fitting(system: str | systems.System, neurons: int | None, task: Task) -> systems.System:
    """The system of a training on this task."""
    made = systems.sized(system, neurons=neurons, inputs=None, usual_neurons=32, usual_inputs=task.channels)
    if not any(node.name == "u" for node in topological(made.graph.outputs.values())):
        name = system if isinstance(system, str) else repr(system)
        raise HelError(f"a system that trains must see its inputs, the potential of {name} has no u; add it")
    if made.m != task.channels:
        way = f"{type(made).__name__}({made.n}, {task.channels})"
        raise HelError(
            f"the task {task.name} has {task.channels} channels, {made!r} has {made.m} inputs; make it {way}"
        )
    return made


def _in_turn(
    training: Training, how: dict[str, Any], task: str | Task, system: str | systems.System, options: dict[str, Any]
) -> dict[str, Any]:
    """`train` for every seed of a training."""
    assert not isinstance(training.seed, int)
    results = []
    for k, seed in enumerate(training.seed):
        own = {"seed": seed, "progress": in_turn.progress_of(training.progress, k, len(training.seed))}
        results.append(train(task, system, **how, **{**options, **own}))
    return in_turn.together(results)


def train(
    task: str | Task,
    system: str | systems.System = "dense",
    *,
    arithmetic: str = "fixed",
    rule: str = "hel",
    executor: str | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Train on the golden model and evaluate once; `options` as `Training`.

    Parameters
    ----------
    executor : of fixed-point arithmetic, "compiled" or "numpy", the same words; None: compiled code where the run is
        long enough (`golden.native.executor_of`)

    Returns
    -------
    test_accuracy : share of the test set (None with validation=True; then validation_accuracy); of a task with targets
        test_nmse and validation_nmse, squared errors over the targets' variance, and None for the accuracies
    history : per epoch cost (mean -log p of the label, or half squared error) and training_accuracy (training_nmse),
        both as the samples were met
    learnt_by : the cost: final, averaged or per-step
    curve : the same ten times an epoch
    cost : of the last epoch
    samples_per_s : training samples per second, all seeds together
    flags : sticky flags raised on the way
    executor : who ran the program (fixed)
    argument_clamped, operand_clipped : arguments beyond their table, and cuts that saturated, by their lines (fixed)
    stability : of the motions at the parameters reached, `golden.training.steadiness` (one seed)
    trajectory : a sample forward and back, `golden.training.trajectory` (fixed, one seed)
    and what was asked for. With several seeds, accuracies and costs are lists.

    >>> result = train("digits", neurons=8, epochs=1, samples=50, validation=True)
    >>> result["training_samples"], result["test_accuracy"], len(result["history"])
    (50, None, 1)
    """
    known_options(options, OPTIONS, "training")
    training = Training(task, system, arithmetic=arithmetic, **options)
    if arithmetic != "fixed" or rule != "hel":
        if executor is not None:
            raise HelError(f"an executor is chosen for fixed-point arithmetic, got {shortened(executor)}; leave it out")
        if training.of_many_lengths:
            return _in_turn(training, {"rule": rule, "arithmetic": arithmetic}, task, system, options)
        learner = training.learner(rule)
        result = {**drive(training.conversation(), learner), "rule": rule, "flags": learner.flags}
        if isinstance(training.seed, int):
            result["stability"] = steadiness(training, learner.parameters())
        return result
    chosen = executor_of(training.program, executor, training.steps)
    found: CompiledLearner | GoldenLearner
    if chosen == COMPILED:
        how = training.task.cost, training.recipe.optimiser, training.samples.total
        found = many_at_once = CompiledLearner(training.program, training.theta, training.readout, *how)
        result = training.run(many_at_once)
    elif training.of_many_lengths:
        return _in_turn(training, {"executor": chosen}, task, system, options)
    else:
        assert isinstance(training.arithmetic, FixedPoint)
        found = one_at_a_time = training.arithmetic.golden()
        result = drive(training.conversation(), one_at_a_time)
    result |= {"rule": rule, "executor": chosen, "flags": found.flags}
    result["argument_clamped"] = flagged.clamped(training.program, found.argument_clamped)
    result["operand_clipped"] = flagged.clipped(training.program, found.operand_clipped)
    if isinstance(training.seed, int):
        result["trajectory"] = trajectory(training, found.parameters())
        result["stability"] = steadiness(training, found.parameters())
    return result
