"""The two arithmetics of training on sequences: what the conversation's numbers are, and who answers it.

Each has the initial parameters `theta`, a `readout`, and the same four questions: what inputs are as numbers, what an
update shifts gradients by, which learner answers a rule, and what a result says of the arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

from golden.arithmetic.formats import Formats
from golden.compiler.compile import compile_system, described
from golden.cost_functions.float_readout import CLIP, FloatReadout
from golden.cost_functions.readout import Readout
from golden.cost_functions.squared_error import (
    FloatPerStepReadout,
    FloatSquaredReadout,
    PerStepReadout,
    SquaredReadout,
)
from golden.dynamics.stepper import MakeSteps, numpy_steps
from golden.errors import HelError
from golden.language.validate import shortened
from golden.program import Program
from golden.rules import bptt, rhel
from golden.systems.base import System
from golden.tasks import Task
from golden.training import update
from golden.training.cost_learners import FLOAT_LEARNERS, LEARNERS
from golden.training.float_learner import FloatLearner
from golden.training.learner import GoldenLearner, Learner
from golden.training.optimiser import Optimiser

__all__ = ["Arithmetic", "FixedPoint", "FloatingPoint"]


def _readout(task: Task, label: Any, target: Any, framed: Any, arguments: tuple[Any, ...], more: Any) -> Any:
    """Made of the class that fits the task's kind: labels, targets, targets a frame."""
    if task.kind == "classification":
        return label(*arguments, **more)
    if task.kind == "regression":
        return target(*arguments, **more)
    made = framed(*arguments, **more)
    made.warm_up = task.warm_up * task.hold
    return made


class Arithmetic(Protocol):
    """What the trainer asks of an arithmetic.

    Members
    -------
    name : as the command line knows it
    lsb : of the readout's errors
    theta : initial parameters, raw words or float64
    readout : `Readout` or `FloatReadout`
    """

    name: str
    lsb: float
    theta: dict[str, Any]
    readout: Any

    def encode(self, values: Any) -> Any:
        """Inputs as the learner takes them."""

    def decode(self, inputs: Any) -> Any:
        """The numbers that such inputs are."""

    def numbers(self, theta: Any) -> dict[str, Any]:
        """Parameters of the learner in float64."""

    def shift(self, m: Any, log2_inverse_rate: int) -> Any:
        """What an update shifts gradients by, for the nudge's eps = 2**-m."""

    def learner(self, rule: str) -> Learner:
        """The golden learner at the initial parameters."""

    def described(self) -> dict[str, Any]:
        """The keys that a result has of this arithmetic alone."""


class FixedPoint:
    """Raw words, of any learner of that interface; the rule is hel.

    Parameters
    ----------
    task : whose kind and cost make the readout and the learner
    initial : parameters of the system in float64, with an axis of seeds or without
    weights, log2_eps0 : the readout's first weights and bias; the largest nudge is at most 2**log2_eps0
    cuts : a word of `golden.compiler.compile`
    program : of the system in these formats, where it has been compiled already
    optimiser : of the learner
    """

    name = "fixed"

    def __init__(
        self,
        task: Task,
        system: System,
        formats: Formats,
        initial: Mapping[str, Any],
        weights: Mapping[str, Any],
        log2_eps0: int,
        cuts: str,
        program: Program | None = None,
        optimiser: Optimiser | None = None,
    ) -> None:
        self.optimiser = optimiser
        self.cost, self.system, self.formats, self.cuts = task.cost, system, formats, cuts
        self.program = program or compile_system(system, formats, cuts)
        self.lsb = 2.0 ** (1 - formats.operand_bits)
        self.theta = {name: formats.theta.raw(value, saturating=True) for name, value in initial.items()}
        self.readout = _readout(
            task, Readout, SquaredReadout, PerStepReadout, (formats,), {**weights, "log2_eps0": log2_eps0}
        )

    def encode(self, values: Any) -> Any:
        return self.formats.u.raw(values)

    def decode(self, inputs: Any) -> Any:
        return self.formats.u.value(inputs)

    def numbers(self, theta: Any) -> dict[str, Any]:
        return {name: self.formats.theta.value(words) for name, words in theta.items()}

    def shift(self, m: Any, log2_inverse_rate: int) -> Any:
        """n_base of `golden.training.update`."""
        return update.n_base(self.program, -log2_inverse_rate, -m)

    def learner(self, rule: str) -> GoldenLearner:
        if rule != "hel":
            way = (
                "use float arithmetic" if rule == "bptt" else "leave it out, or in float arithmetic choose hel or bptt"
            )
            raise HelError(f"fixed-point training knows the rule hel, got {shortened(rule)}; {way}")
        return self.golden()

    def golden(self, steps: MakeSteps = numpy_steps, theta: Mapping[str, Any] | None = None) -> GoldenLearner:
        """The learner of hel, and of this cost, by one executor; at the initial parameters, or at other words."""
        return LEARNERS[self.cost](self.program, self.theta if theta is None else theta, steps, self.optimiser)

    def described(self) -> dict[str, Any]:
        return {"formats": str(self.formats), **described(self.program, self.cuts)}


class FloatingPoint:
    """float64; the rule is hel or, for comparison, bptt. Parameters as `FixedPoint`, and `step`, h, and `clip`."""

    name = "float"
    lsb = 1.0

    def __init__(
        self,
        task: Task,
        system: System,
        step: float,
        initial: Mapping[str, Any],
        weights: Mapping[str, Any],
        log2_eps0: int,
        optimiser: Optimiser | None = None,
        clip: float = CLIP,
    ) -> None:
        self.optimiser, self.clip = optimiser, clip
        self.cost, self.system, self.step = task.cost, system, step
        self.theta = dict(initial)
        self.readout = _readout(
            task, FloatReadout, FloatSquaredReadout, FloatPerStepReadout, (), {**weights, "log2_eps0": log2_eps0}
        )

    def encode(self, values: Any) -> Any:
        return values

    def decode(self, inputs: Any) -> Any:
        return inputs

    def numbers(self, theta: Any) -> dict[str, Any]:
        return dict(theta)

    def shift(self, m: Any, log2_inverse_rate: int) -> Any:
        """Just the two powers of two."""
        return log2_inverse_rate - m

    def learner(self, rule: str) -> FloatLearner:
        gradients = {"hel": partial(rhel.gradient, eps=1.0), "bptt": bptt.gradient}
        if not isinstance(rule, str) or rule not in gradients:
            raise HelError(f"rules are {', '.join(gradients)}, got {shortened(rule)}; choose one of them")
        return FLOAT_LEARNERS[self.cost](self.system, self.theta, self.step, gradients[rule], self.optimiser, self.clip)

    def described(self) -> dict[str, Any]:
        return {}
