"""watch: seven shoulder exercises seen by a smartwatch, tested on a person that the model has never seen.

140 recordings of sets of repetitions, ten subjects, two sides each: 3 axes of acceleration, 3 of rotation at 50 Hz, 947
to 2618 frames. One subject is left out as the test set: the tenth, or the one that `watch:SUBJECT` names, 1 to 10. The
validation part is another person too, the subject before that one. Source: D. Burns and others, "Shoulder physiotherapy
exercise recognition: machine learning the inertial signals from a smartwatch", Physiological Measurement 39, 2018.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Collection
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from golden.errors import HelError
from golden.tasks.base import Split, Task
from golden.tasks.normalise import inputs_like
from golden.tasks.package_files import PackageFile
from golden.tasks.split import SPLIT_SEED
from golden.tasks.ts_format import padded

__all__ = ["EXERCISES", "SUBJECTS", "learnt_subjects", "people", "watch", "watch_but"]

FILE = PackageFile(
    "seglearn", "seglearn/data/watch_dataset.npy", "eb122f23cdf06ef6bd6c6c5312958ec5cf9d038e2e6d457b8081662c75a42537"
)
SUBJECTS = 10
EXERCISES = ("PEN", "ABD", "FEL", "IR", "ER", "TRAP", "ROW")
_MAY_BE_CALLED = {("_codecs", "encode"), ("numpy", "dtype"), ("numpy", "ndarray")}


def watch() -> Task:
    """The task with the tenth subject left out.

    >>> task = watch()
    >>> task.steps, task.channels, len(task.train), task.validation_samples, len(task.test)
    (2618, 6, 126, 14, 14)
    """
    return watch_but(SUBJECTS)


def watch_but(subject: object) -> Task:
    """The task with that subject, 1 to 10, left out; the same object, with read-only arrays, at every call."""
    text = str(subject)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= SUBJECTS:
        raise HelError(f"watch:SUBJECT leaves out one of the subjects 1 to {SUBJECTS}, got {text[:20]!r}; use watch:3")
    return _task(int(text))


def learnt_subjects(subject: int = SUBJECTS) -> NDArray[np.int64]:
    """The person, 1 to 10, of each training sample of `watch_but(subject)`; the validation part's come last.

    >>> learnt_subjects()[-1], len(set(learnt_subjects()))
    (np.int64(9), 9)
    """
    kept, held, _ = _parts(subject)
    return np.asarray(_recordings()[2][np.concatenate([kept, held])])


def _parts(subject: int) -> tuple[NDArray[np.int64], ...]:
    """Recordings to learn from, of the subject before, and of the one left out."""
    _, labels, subjects = _recordings()
    before = (subject - 2) % SUBJECTS + 1
    order = np.random.default_rng(SPLIT_SEED).permutation(len(labels))
    held, left_out = (order[subjects[order] == one] for one in (before, subject))
    return order[(subjects[order] != subject) & (subjects[order] != before)], held, left_out


@cache
def _task(subject: int) -> Task:
    sequences, labels, _ = _recordings()
    kept, held, left_out = _parts(subject)
    inputs, lengths = padded(sequences)
    whole = Split(inputs, labels, lengths)
    parts = whole.part(np.concatenate([kept, held])), whole.part(left_out)
    train, test = inputs_like(parts[0], *parts)
    return Task(
        name="watch" if subject == SUBJECTS else f"watch:{subject}",
        classes=len(EXERCISES),
        hold=1,
        log2_inverse_step=2,
        train=train.read_only(),
        test=test.read_only(),
        validation_samples=len(held),
        cost="averaged",
    )


def people(learnt: Collection[int], *others: int) -> list[Split]:
    """Recordings of the subjects learnt from, then of each other subject, in the file's order.

    All are on the scale of the former.

    >>> learnt, tenth = people(range(1, 10), 10)
    >>> len(learnt), len(tenth), learnt.inputs.shape[1:]
    (126, 14, (2618, 6))
    """
    sequences, labels, subjects = _recordings()
    inputs, lengths = padded(sequences)
    whole = Split(inputs, labels, lengths)
    wanted = (sorted(learnt), *([one] for one in others))
    parts = [whole.part(np.flatnonzero(np.isin(subjects, subject))) for subject in wanted]
    return [split.read_only() for split in inputs_like(parts[0], *parts)]


@cache
def _recordings() -> tuple[list[NDArray[np.float64]], NDArray[np.int64], NDArray[np.int64]]:
    """Sequences (frames, 6), exercises 0 to 6, subjects 1 to 10."""
    file = io.BytesIO(FILE.read())
    np.lib.format.read_magic(file)
    np.lib.format.read_array_header_1_0(file)
    data = _Unpickler(file).load().item()
    return list(data["X"]), data["y"].astype(np.int64), data["subject"].astype(np.int64)


class _Unpickler(pickle.Unpickler):
    """The file is an array of one object, which NumPy writes as a pickle: nothing but arrays is made of it."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("numpy.core.multiarray", "_reconstruct"):  # what NumPy 1 called it
            return np._core.multiarray._reconstruct  # type: ignore[attr-defined]
        if (module, name) not in _MAY_BE_CALLED:
            raise HelError(f"a data file holds arrays alone, {FILE.path} asks for {module}.{name}; reinstall seglearn")
        return super().find_class(module, name)
