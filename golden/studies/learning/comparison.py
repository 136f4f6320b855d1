"""Two models on one task, paired: the difference, its standard error, and whether they are equivalent.

Where samples were drawn again, both models met the same draws, and the differences of the draws are averaged. Elsewhere
both met the same test samples, each the mean of its seeds, and the differences of the samples are averaged.
A difference is positive where the first is better: of accuracies the first minus the second, of errors the other way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from golden import tasks
from golden.studies.learning.protocol import MARGIN, SEEDS
from golden.studies.rows import Case

__all__ = ["NORMAL_90", "Difference", "by_seed", "gain", "paired", "value"]

NORMAL_90 = 1.645
"""Half the width of a 90 % interval, in standard errors, of many samples."""
STUDENT_90 = 2.132
"""Likewise of SEEDS seeds: Student's t with 4 degrees of freedom."""


@dataclass(frozen=True)
class Difference:
    """Mean and standard error; `width`: half of a 90 % interval, in standard errors.

    >>> Difference(0.01, 0.005).equivalent, Difference(0.0, 0.02).equivalent, Difference(0.01, 0.005).told
    (True, False, '+0.010 ± 0.005')
    """

    mean: float
    error: float
    width: float = NORMAL_90

    @property
    def interval(self) -> tuple[float, float]:
        """90 %."""
        return self.mean - self.width * self.error, self.mean + self.width * self.error

    @property
    def equivalent(self) -> bool:
        """Whether the interval lies within +-MARGIN: two one-sided tests at 5 %."""
        low, high = self.interval
        return -MARGIN < low and high < MARGIN

    @property
    def told(self) -> str:
        return f"{self.mean:+.3f} ± {self.error:.3f}"


def value(row: Case) -> float:
    """Of a model on a task: mean of the draws or, without any, of the seeds."""
    return float(np.mean(row["draws"] if "draws" in row else row["test"]))


def paired(first: Case, second: Case) -> Difference:
    """Of two rows of the same task.

    >>> row = {"case": {"task": "digits"}, "by_sample": "1 1 0 1"}
    >>> paired(row, {**row, "by_sample": "1 0 0 1"}).mean
    0.25
    """
    key = "draws" if "draws" in first and "draws" in second else "by_sample"
    sign = 1 if tasks.CARDS[first["case"]["task"]].kind == "classification" else -1
    each = sign * (_numbers(first[key]) - _numbers(second[key]))
    return Difference(float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each))))


def by_seed(first: Case, second: Case) -> Difference:
    """Of two rows of the same task whose models have seed after seed the same first values and order of samples.

    What a seed decides counts here, and which samples are tested does not. The interval is Student's.

    >>> row = {"case": {"task": "digits"}, "test": [0.5, 0.75, 1.0, 1.0, 1.0]}
    >>> by_seed(row, {**row, "test": [0.5, 0.5, 0.75, 1.0, 1.0]}).told
    '+0.100 ± 0.061'
    """
    sign = 1 if tasks.CARDS[first["case"]["task"]].kind == "classification" else -1
    each = sign * (_numbers(first["test"]) - _numbers(second["test"]))
    return Difference(float(each.mean()), float(each.std(ddof=1) / np.sqrt(SEEDS)), STUDENT_90)


def _numbers(values: object) -> Any:
    """Of draws a list, of samples a text."""
    return np.array(values.split() if isinstance(values, str) else values, np.float64)


def gain(row: Case, others: list[Case]) -> tuple[Case, Difference, bool] | None:
    """Fixed HEL against the better of linear and frozen: that one, the difference, and whether it is a gain.

    A gain is a difference of one standard error at least. None without the others.
    """
    if not others:
        return None
    sign = 1 if tasks.CARDS[row["case"]["task"]].kind == "classification" else -1
    best = max(others, key=lambda one: sign * value(one))
    found = paired(row, best)
    return best, found, found.mean >= found.error > 0 or (found.error == 0 and found.mean > 0)
