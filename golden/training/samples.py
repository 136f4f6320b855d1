"""The samples of a training: those learnt from, how often, and those judged on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from golden import tasks
from golden.errors import HelError
from golden.language.validate import flag, shortened, whole
from golden.tasks import Split, Task, Way

__all__ = ["Samples", "named"]


def named(task: str | Task, way: Way | None = None, cost: str | None = None) -> Task:
    """A task as it is, checked, or the one of that name; `way` and `cost` as `golden.training.sequences.Training`.

    What lies behind a sequence's length does not count: it is 0 in what is returned, whatever it was.
    """
    if isinstance(task, Task):
        if way is not None:
            raise HelError(f"a way to play data is for those of a file, {task.name} is made already; leave it out")
        whole = tasks.checked(task)
        found = replace(whole, train=whole.train.padded(), test=whole.test.padded())
    elif not isinstance(task, str):
        raise HelError(f"a task is a name or a golden.tasks.Task, got {shortened(task)}; name one, for instance digits")
    else:
        found = tasks.get(task, way)
    return found if cost is None else found.by(tasks.cost_of(found, cost))


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
        epochs = whole(epochs, "the number of epochs", 1)
        first = None if first is None else whole(first, "the number of samples", 1)
        part, evaluation = task.parts(flag(validation, "validation"))
        return cls(task, part.first(first), evaluation, epochs, validation)

    @property
    def total(self) -> int:
        """Samples met in the whole run."""
        return self.epochs * len(self.part)
