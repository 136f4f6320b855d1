"""What `hel train` uses of a built-in task unless it is told otherwise: recipe, epochs, cost, step.

Chosen on validation samples by `golden.studies.learning` (docs/results/learning_selection.json), of dense with N = 32;
tests/golden/training/test_chosen.py holds the two together. digits keeps the recipe of its own study.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from golden.arithmetic.formats import Formats
from golden.training.recipe import Recipe

__all__ = ["CHOICES", "EPOCHS", "OWN", "Choice", "choice_of", "told"]

EPOCHS = 4
"""Of a task without a choice."""

OWN = "the task's own cost and h"


def told(epochs: int, recipe: Recipe | None, how: str = OWN) -> str:
    """How it is learnt, in words; `how` says cost and step.

    >>> told(4, None)
    "the task's own cost and h, 4 epochs, rate 2^-6, clip 2^-7"
    """
    recipe = recipe or Recipe()
    clip = recipe.clip_log2 - Formats().theta.fraction_bits
    return f"{how}, {epochs} epoch{'s' * (epochs > 1)}, rate 2^-{recipe.log2_inverse_rate}, clip 2^{clip}"


@dataclass(frozen=True)
class Choice:
    """Of one task.

    Members
    -------
    epochs : passes over the training set
    cost : how positions are read
    recipe : `golden.training.recipe.Recipe`; None where nothing was chosen
    log2_inverse_step : of the step h
    """

    epochs: int = EPOCHS
    cost: str | None = None
    recipe: Recipe | None = None
    log2_inverse_step: int = 2

    @property
    def told(self) -> str:
        """In words, by `told`.

        >>> Choice(40, "averaged", Recipe(log2_inverse_rate=5, clip_log2=8), 3).told
        'averaged cost, h = 2^-3, 40 epochs, rate 2^-5, clip 2^-8'
        """
        how = OWN if self.recipe is None else f"{self.cost} cost, h = 2^-{self.log2_inverse_step}"
        return told(self.epochs, self.recipe, how)

    @property
    def options(self) -> dict[str, Any]:
        """Of `golden.training.sequences.Training`: cost, recipe, and formats with their step and clip."""
        if self.recipe is None:
            return {}
        formats = Formats(log2_inverse_step=self.log2_inverse_step, clip_log2=self.recipe.clip_log2)
        return {"cost": self.cost, "recipe": self.recipe, "formats": formats}


CHOICES: dict[str, Choice] = {
    "japanese-vowels": Choice(40, "averaged", Recipe(log2_inverse_rate=6)),
    "gunpoint": Choice(60, "final", Recipe(log2_inverse_rate=6)),
    "basic-motions": Choice(60, "averaged", Recipe(log2_inverse_rate=5, clip_log2=8)),
    "digits-pixels": Choice(30, "final", Recipe(log2_inverse_rate=5, clip_log2=6), 3),
    "osu-leaf": Choice(30, "final", Recipe(log2_inverse_rate=5, clip_log2=8), 4),
    "mackey-glass": Choice(20, "per-step", Recipe(log2_inverse_rate=2, clip_log2=7)),
    "covid-deaths": Choice(30, "averaged", Recipe(log2_inverse_rate=5, clip_log2=8)),
    "ppg": Choice(40, "per-step", Recipe(log2_inverse_rate=3, clip_log2=7)),
    "acsf1": Choice(40, "averaged", Recipe(log2_inverse_rate=5, clip_log2=8), 4),
    "watch": Choice(40, "averaged", Recipe(log2_inverse_rate=5, clip_log2=8), 4),
    "pig-cvp": Choice(20, "averaged", Recipe(log2_inverse_rate=5, clip_log2=9), 5),
}


def choice_of(task: str) -> Choice:
    """By the task's name, `watch:SUBJECT` being watch.

    >>> choice_of("digits"), choice_of("watch:3") == choice_of("watch")
    (Choice(epochs=4, cost=None, recipe=None, log2_inverse_step=2), True)
    """
    return CHOICES.get("watch" if task.startswith("watch:") else task, Choice())
