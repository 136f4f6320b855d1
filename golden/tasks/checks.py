"""What a task must be: refused in one line, with the way out, before anything is learnt of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from golden.language.validate import shortened, whole
from golden.tasks.base import COSTS, KINDS, Split, Task

__all__ = ["checked", "checked_parts", "cost_of", "learnt_classes"]

TARGET_LIMIT = 4.0
"""Of targets: errors of a readout are words that hold -1 to 1, and its outputs begin near 0."""


def checked(task: Task, *, ranges: bool = True) -> Task:
    """The task itself; without `ranges` inputs and targets may be of any size, which are yet to be normalised.

    Raises
    ------
    HelError : arrays of other shapes or kinds than `Split` says, nan, inputs that no operand holds, labels out of range
        or lengths beyond the frames, a class without a training sample, an unknown kind or cost.

    >>> from golden.tasks import Split, Task
    >>> split = Split(np.full((2, 3, 1), 40.0), np.array([0, 1]))
    >>> checked(Task("mine", 2, 1, 2, split, split, 1))
    Traceback (most recent call last):
    ...
    golden.errors.HelError: inputs are operands, -16 to 16, the training set of mine has 40 in sample 0; divide all ...
    """
    if task.kind not in KINDS:
        raise HelError(f"the kind of a task is {', '.join(KINDS)}, got {shortened(task.kind)}; choose one")
    cost_of(task, task.cost)
    whole(task.hold, "the steps that a frame is held", 1, 1 << 16)
    whole(task.log2_inverse_step, "k of the step 2^-k", 1, 8)
    checked_parts(task, ranges=ranges)
    shortest = min(int(split.mask.sum(1).min()) for split in (task.train, task.test))
    if task.kind == "forecasting" and not 0 <= task.warm_up < shortest:
        raise HelError(
            f"a warm-up ends before every sequence does, that of {task.name} is {task.warm_up} frames, the shortest"
            f" sequence has {shortest}; shorten it"
        )
    whole(task.validation_samples, "the size of the validation part", 1, len(task.train) - 1)
    if task.kind == "classification":
        _check_classes(task)
    return task


def checked_parts(task: Task, *, ranges: bool = True) -> Task:
    """The task itself, if inputs and answers of both sets are what they must be; raises as `checked`."""
    for split, called in ((task.train, "the training set"), (task.test, "the test set")):
        _check_inputs(split, task.train, f"{called} of {task.name}", ranges)
        _check_answers(split, task, f"{called} of {task.name}", ranges)
    return task


def cost_of(task: Task, cost: Any) -> str:
    """`cost`, if the task can be learnt by it.

    >>> from golden.tasks import get
    >>> cost_of(get("digits"), "per-step")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: the task digits, a classification, is learnt by a final or averaged cost, got per-step; ...
    """
    if cost not in COSTS or cost not in task.costs:
        got = cost if isinstance(cost, str) else shortened(cost)
        raise HelError(
            f"the task {task.name}, a {task.kind}, is learnt by a {' or '.join(task.costs)} cost, got {got}; choose"
            f" {task.costs[0]}"
        )
    return str(cost)


def _check_inputs(split: Split, train: Split, where: str, ranges: bool) -> None:
    inputs = split.inputs
    if not isinstance(inputs, np.ndarray) or inputs.dtype.kind != "f" or inputs.ndim != 3 or not inputs.size:
        got = getattr(inputs, "shape", shortened(inputs))
        raise HelError(f"inputs are float64 of shape (samples, frames, channels), none empty, {where} has {got}")
    if inputs.shape[2] != train.inputs.shape[2]:
        raise HelError(
            f"test and training have the same channels, {where} has {inputs.shape[2]}, the training set"
            f" {train.inputs.shape[2]}; leave the others out"
        )
    lengths = split.lengths
    if lengths is not None:
        if lengths.shape != (len(inputs),) or lengths.dtype.kind not in "iu":
            raise HelError(f"lengths are whole numbers, one a sample, {where} has {lengths.shape}; give {len(inputs)}")
        bad = np.flatnonzero((lengths < 1) | (lengths > inputs.shape[1]))
        if bad.size:
            raise HelError(
                f"a length is 1 to {inputs.shape[1]}, the frames there are; sample {bad[0]} of {where} has"
                f" {lengths[bad[0]]}; correct it"
            )
    _check_numbers(np.where(split.mask[..., None], inputs, 0.0), where, ranges)


def _check_numbers(inputs: Any, where: str, ranges: bool) -> None:
    """Finite, and an operand's."""
    bad = np.argwhere(~np.isfinite(inputs))
    if bad.size:
        sample, frame, channel = bad[0]
        raise HelError(
            f"inputs are finite, {where} has {inputs[tuple(bad[0])]} in sample {sample}, frame {frame}, channel"
            f" {channel}; fill or leave out such samples"
        )
    limit = 2.0 ** (Formats().u.integer_bits - 1)
    largest = np.abs(inputs).max()
    if ranges and largest >= limit:
        sample = int(np.argwhere(np.abs(inputs) == largest)[0][0])
        raise HelError(
            f"inputs are operands, -{limit:g} to {limit:g}, {where} has {largest:g} in sample {sample}; divide all by"
            f" {_power(largest / 2)} (values within 2 are best), or have them normalised (--normalise)"
        )


def _check_answers(split: Split, task: Task, where: str, ranges: bool) -> None:
    samples, frames = split.inputs.shape[:2]
    if task.kind == "classification":
        labels = split.labels
        if split.targets is not None or labels.shape != (samples,) or labels.dtype.kind not in "iu":
            raise HelError(
                f"labels are whole numbers, one a sample, {where} has {labels.dtype} {labels.shape} for {samples}"
                " samples; correct them"
            )
        bad = np.flatnonzero((labels < 0) | (labels >= task.classes))
        if bad.size:
            raise HelError(
                f"labels are 0 to {task.classes - 1}, sample {bad[0]} of {where} has {labels[bad[0]]}; number the"
                " classes from 0"
            )
        return
    wanted = (samples,) if task.kind == "regression" else (samples, frames)
    targets = split.targets
    if targets is None or targets.shape[:-1] != wanted or targets.shape[-1:] in ((), (0,)):
        got = None if targets is None else targets.shape
        raise HelError(f"targets of a {task.kind} have shape {(*wanted, 'k')}, {where} has {got}; correct them")
    seen = targets if targets.ndim == 2 else targets[split.mask]
    if not np.isfinite(seen).all():
        raise HelError(f"targets are finite, {where} has nan or inf; leave out such samples")
    largest = np.abs(seen).max()
    if ranges and task.train is split and largest > TARGET_LIMIT:
        raise HelError(
            f"targets are -{TARGET_LIMIT:g} to {TARGET_LIMIT:g}, {where} has {largest:g}; divide all by"
            f" {_power(largest)} (values within 1 are best), or have them normalised (--normalise)"
        )


def learnt_classes(names: Sequence[str], train: Split, test: Split | None, source: str) -> None:
    """Raises HelError where a class of these names has samples to judge on and none to learn from.

    source : of the samples, as it is told
    """
    if test is None:
        return
    unknown = sorted(set(test.labels.tolist()) - set(train.labels.tolist()))
    if unknown:
        raise HelError(
            f"every class has a training sample, {source} has {names[unknown[0]][:40]!r} in its test part alone; move"
            " some to the training part, or leave them out"
        )


def _check_classes(task: Task) -> None:
    if task.classes < 2:
        raise HelError(
            f"a classification has at least 2 classes, {task.name} has {task.classes}; add samples of another"
        )
    for validation in (False, True):
        labels = task.parts(validation)[0].labels
        missing = sorted(set(range(task.classes)) - set(labels.tolist()))
        if missing:
            also = " once its validation part is held back" if validation else ""
            raise HelError(
                f"every class has a training sample, {task.name} has none of class {missing[0]}{also}; add some, or"
                " number the classes that there are from 0"
            )


def _power(value: float) -> str:
    """The power of two at or above it, in digits as long as they are few.

    >>> _power(300.0), _power(1e300)
    ('512', '2^997')
    """
    log2 = math.ceil(math.log2(value))
    return str(1 << log2) if log2 < 32 else f"2^{log2}"
