"""What a gradient has cost so far, counted where the work is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from golden.language.graph import Array
from golden.problems.report import Report

__all__ = ["Counts"]


@dataclass
class Counts:
    """Counters of one call; see `golden.problems.report.Report` for what they mean.

    >>> import numpy as np
    >>> counts = Counts()
    >>> with counts.keeping(np.zeros(8)):
    ...     counts.hold(4)
    >>> counts.words
    12
    """

    passes: int = 0
    force_evaluations: int = 0
    hessian_products: int = 0
    solver_iterations: int = 0
    words: int = 0
    kept: int = 0

    def hold(self, words: int) -> None:
        """So many numbers are held between two steps, beside what is being kept."""
        self.words = max(self.words, self.kept + words)

    @contextmanager
    def keeping(self, *arrays: Array) -> Iterator[None]:
        """Arrays that stay in memory over whole passes."""
        size = sum(array.size for array in arrays)
        self.kept += size
        try:
            yield
        finally:
            self.kept -= size

    def report(self, rule: str, steps: int) -> Report:
        """The figures, under the rule's name."""
        return Report(
            rule=rule,
            steps=steps,
            passes=self.passes,
            stored_words=self.words,
            force_evaluations=self.force_evaluations,
            hessian_products=self.hessian_products,
            solver_iterations=self.solver_iterations,
        )
