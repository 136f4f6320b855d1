"""What is compared, written down before anything was read: tasks, models, sizes and, of each model, its candidates.

Every model has FOUR candidates a task. They are tried on the validation part alone; the chosen one is trained on the
whole training set and meets the test set once. BPTT with HEL's own optimiser and float HEL have no candidates of their
own: they take fixed HEL's, so that nothing differs but the gradient, or the arithmetic.

Fixed HEL's lists were written after a pilot, about ninety trainings on the validation parts of digits-pixels, gunpoint,
japanese-vowels, mackey-glass, watch and acsf1: long sequences need a smaller clip of the steps or a shorter h,
forecasts larger rates. The other models' lists were written after none, but that systems on the longest sequences
get its h.

The draws of osu-leaf, acsf1, pig-cvp and watch, and N = 64 of all but digits, digits-pixels and japanese-vowels, were
added after the first reading of the test sets; no candidate was changed for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from golden.errors import HelError
from golden.tasks.watch import SUBJECTS
from golden.training.recipe import Recipe

__all__ = [
    "DEAR", "DRAWS", "EQUIVALENT", "FOLLOWERS", "FOLDS", "MARGIN", "MODELS", "ONE_FOLD", "PEOPLE", "RESAMPLED",
    "RESAMPLES", "SEEDS", "SIZED", "SIZES", "SMALL", "TASKS", "UNDRAWN", "Candidate", "Plan", "candidates", "recipe_of",
]  # fmt: skip

Candidate = dict[str, Any]

MODELS = ("linear", "minirocket", "frozen", "gru", "bptt-adam", "bptt-hel", "hel-float", "hel-fixed")
FOLLOWERS = ("bptt-hel", "hel-float")
"""Models that take fixed HEL's choice."""
SIZED = MODELS[2:]
"""Models of N units."""
SIZES = (32, 64)
SEEDS = 5
FOLDS = 3
"""Seeds of a selection."""
ONE_FOLD = ("digits-pixels", "osu-leaf", "pig-cvp")
"""One, where sequences are long and the validation part is not small."""
SMALL = 30
"""Of validation samples. A part of fewer is drawn from the training set several times, as often as DRAWS says."""
DRAWS = {"gunpoint": 8, "basic-motions": 8, "covid-deaths": 8, "acsf1": 3, "watch": 3}
RESAMPLES = 30
RESAMPLED = ("basic-motions", "gunpoint", "covid-deaths", "osu-leaf", "acsf1", "pig-cvp")
"""Tasks of fewer than 300 test samples, whose training and test samples are put together and drawn again, of every
class as many; the first draw is the archive's own. Of other tasks the test set stays what it is, and its samples are
what the models are paired by."""
PEOPLE = tuple(range(1, SUBJECTS - DRAWS["watch"]))
"""watch is drawn again by person: its own tenth, then each of those whom the selection did not judge on."""
DEAR = ("osu-leaf", "acsf1", "watch", "pig-cvp")
UNDRAWN = ("gru", "bptt-adam", "bptt-hel", "hel-float")
"""Models in JAX, too dear on all draws of DEAR tasks: there they have SEEDS on the task's own test set alone."""
EQUIVALENT = ("digits", "digits-pixels", "japanese-vowels")
MARGIN = 0.02
"""Of test accuracy: fixed HEL and BPTT with the same optimiser are called equivalent where the 90 % interval of their
difference, paired by test sample, lies within +-MARGIN."""


@dataclass(frozen=True)
class Plan:
    """How long a task is learnt.

    Members
    -------
    epochs : of HEL and of what shares its optimiser, batch 1
    adam_epochs : on minibatches
    batch : of Adam
    kind : which list of HEL's candidates: "short", "long" (256 steps and more), "very long" (1000) or "forecast"
    sizes : N
    """

    epochs: int
    adam_epochs: int
    batch: int
    kind: str
    sizes: tuple[int, ...] = SIZES


TASKS: dict[str, Plan] = {
    "digits": Plan(20, 30, 32, "short"),
    "japanese-vowels": Plan(40, 60, 16, "short"),
    "gunpoint": Plan(60, 100, 8, "short"),
    "basic-motions": Plan(60, 100, 8, "short"),
    "digits-pixels": Plan(30, 10, 32, "long"),
    "osu-leaf": Plan(30, 40, 16, "long"),
    "mackey-glass": Plan(20, 30, 16, "forecast"),
    "covid-deaths": Plan(30, 50, 16, "short"),
    "ppg": Plan(40, 60, 8, "forecast"),
    "acsf1": Plan(40, 20, 10, "very long"),
    "watch": Plan(40, 15, 14, "very long"),
    "pig-cvp": Plan(20, 20, 13, "very long"),
}
"""In the order of what is worth its time."""

_COSTS = ("final", "averaged")


def candidates(model: str, task: str, kind: str) -> list[Candidate]:
    """The four of a model on a task of that kind (classification, regression, forecasting); none where it has no form.

    >>> candidates("gru", "digits", "classification")[0]
    {'rate': 0.003, 'cost': 'final'}
    >>> [len(candidates(model, "gunpoint", "classification")) for model in MODELS]
    [4, 4, 4, 4, 4, 0, 0, 4]
    """
    if model in FOLLOWERS or (model == "minirocket" and kind == "forecasting"):
        return []
    if model == "linear":
        if kind == "forecasting":
            return [{"frames": frames, "alpha": alpha} for frames in (20, 50) for alpha in (0.01, 1.0)]
        ridge = [{"fit": "ridge", "alpha": alpha} for alpha in (1.0, 100.0)]
        if kind == "regression":
            return [*ridge, *({"fit": "ridge", "alpha": alpha} for alpha in (10.0, 1000.0))]
        return [*ridge, *({"fit": "logistic", "inverse_penalty": c} for c in (0.1, 10.0))]
    if model == "minirocket":
        return [{"alpha": alpha} for alpha in (1.0, 10.0, 100.0, 1000.0)]
    if model in ("frozen", "bptt-adam") and TASKS[task].kind == "very long":
        name, rates = ("log2_inverse_rate", (4, 6)) if model == "frozen" else ("rate", (0.003, 0.01))
        return [{name: rate, "log2_inverse_step": k, "cost": "averaged"} for k in (4, 6) for rate in rates]
    if model in ("gru", "bptt-adam"):
        if kind == "forecasting":
            return [{"rate": rate, "cost": "per-step"} for rate in (0.001, 0.003, 0.01, 0.03)]
        return [{"rate": rate, "cost": cost} for cost in _COSTS for rate in (0.003, 0.01)]
    if model == "frozen":
        if kind == "forecasting":
            return [{"log2_inverse_rate": rate, "cost": "per-step"} for rate in (2, 3, 4, 6)]
        return [{"log2_inverse_rate": rate, "cost": cost} for cost in _COSTS for rate in (4, 6)]
    if model == "hel-fixed":
        return _HEL[TASKS[task].kind]
    raise HelError(f"models are {', '.join(MODELS)}, got {model!r}; choose one")


_HEL: dict[str, list[Candidate]] = {
    "short": [
        {"log2_inverse_rate": 6, "cost": "final"},
        {"log2_inverse_rate": 5, "clip_log2": 8, "cost": "final"},
        {"log2_inverse_rate": 6, "cost": "averaged"},
        {"log2_inverse_rate": 5, "clip_log2": 8, "cost": "averaged"},
    ],
    "long": [
        {"log2_inverse_rate": 5, "clip_log2": 6, "log2_inverse_step": 3, "cost": "final"},
        {"log2_inverse_rate": 5, "clip_log2": 8, "log2_inverse_step": 4, "cost": "final"},
        {"log2_inverse_rate": 5, "clip_log2": 8, "log2_inverse_step": 2, "cost": "averaged"},
        {"log2_inverse_rate": 5, "clip_log2": 6, "log2_inverse_step": 2, "cost": "averaged"},
    ],
    "very long": [
        {"log2_inverse_rate": 5, "clip_log2": 8, "log2_inverse_step": 4, "cost": "averaged"},
        {"log2_inverse_rate": 5, "clip_log2": 8, "log2_inverse_step": 6, "cost": "averaged"},
        {"log2_inverse_rate": 5, "clip_log2": 9, "log2_inverse_step": 5, "cost": "averaged"},
        {"log2_inverse_rate": 3, "clip_log2": 6, "log2_inverse_step": 2, "cost": "averaged"},
    ],
    "forecast": [
        {"log2_inverse_rate": 4, "cost": "per-step"},
        {"log2_inverse_rate": 3, "clip_log2": 6, "cost": "per-step"},
        {"log2_inverse_rate": 3, "clip_log2": 7, "cost": "per-step"},
        {"log2_inverse_rate": 2, "clip_log2": 7, "cost": "per-step"},
    ],
}


def recipe_of(candidate: Candidate) -> Recipe:
    """The recipe of one of HEL's candidates, or of a frozen system's.

    >>> recipe_of({"log2_inverse_rate": 5, "cost": "final"}).log2_inverse_rate
    5
    """
    return Recipe(**{k: v for k, v in candidate.items() if k not in ("cost", "log2_inverse_step")})
