"""The samples of a training: those learnt from, how often, and those judged on."""

from __future__ import annotations

from dataclasses import dataclass

from golden import tasks
from golden.errors import HelError
from golden.tasks import Split, Task

__all__ = ["Samples", "named"]


def named(task: str | Task) -> Task:
    """A task as it is, or the built-in one of that name."""
    return tasks.get(task) if isinstance(task, str) else task


@dataclass(frozen=True)
class Samples:
    """The parts of a task that one run uses.

    Members
    -------
    task : `golden.tasks.Task`
    part, evaluation : `Split` learnt from; `Split` judged on
    epochs : passes over `part`
    validation : `evaluation` is the validation part, and the test set is left unread

    >>> chosen = Samples.of(named("digits"), epochs=2, first=50, validation=True)
    >>> len(chosen.part), len(chosen.evaluation), chosen.total
    (50, 287, 100)
    """

    task: Task
    part: Split
    evaluation: Split
    epochs: int
    validation: bool

    @classmethod
    def of(cls, task: Task, *, epochs: int, first: int | None = None, validation: bool = False) -> Samples:
        """`first` samples of the training set (None: all)."""
        if epochs < 1:
            raise HelError(f"training takes at least 1 epoch, got {epochs}")
        if first is not None and first < 1:
            raise HelError(f"training takes at least 1 sample, got {first}")
        part, evaluation = task.parts(validation)
        return cls(task, part.first(first), evaluation, epochs, validation)

    @property
    def total(self) -> int:
        """Samples met in the whole run."""
        return self.epochs * len(self.part)
