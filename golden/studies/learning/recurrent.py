"""GRU and dense system in JAX: Adam on minibatches, and HEL's own optimiser by BPTT or by the echo, in float32."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from golden.arithmetic.formats import Formats
from golden.studies.learning.protocol import TASKS, Candidate, recipe_of
from golden.studies.learning.runs import Run
from golden.training.recipe import Recipe
from golden.training.sequences import Training

__all__ = ["by_adam", "by_descent"]

GRU_DEVIATION = 0.1
"""Of the readout's first weights; a system's is the recipe's."""


def by_adam(model: str, neurons: int, runs: list[Run], candidate: Candidate, epochs: int | None = None) -> list[Any]:
    """Scores of the samples that each run judges, of a "gru", or of dense as "bptt-adam"; epochs: the plan's."""
    plan = TASKS[runs[0].name]
    recipe = Recipe(readout_deviation=GRU_DEVIATION) if model == "gru" else Recipe()
    how = {"rule": "bptt", "optimiser": "adam", "batch": plan.batch, "rate": candidate["rate"], "gru": model == "gru"}
    return _scores(neurons, runs, candidate, recipe, epochs or plan.adam_epochs, how)


def by_descent(model: str, neurons: int, runs: list[Run], candidate: Candidate) -> list[Any]:
    """Likewise of dense by fixed HEL's candidate: "bptt-hel", or "hel-float"."""
    recipe = recipe_of(candidate)
    rule = "bptt" if model == "bptt-hel" else "hel"
    how = {"rule": rule, "optimiser": "own", "batch": 1, "rate": 2.0**-recipe.log2_inverse_rate}
    return _scores(neurons, runs, candidate, recipe, TASKS[runs[0].name].epochs, how)


def _scores(
    neurons: int, runs: list[Run], candidate: Candidate, recipe: Recipe, epochs: int, how: dict[str, Any]
) -> list[Any]:
    from golden.peers.many_sets import judged_samples

    def training(run: Run) -> Training:
        task = run.task
        if how.get("gru"):  # which sees a frame once
            task = replace(task, hold=1)
        step = candidate.get("log2_inverse_step", task.log2_inverse_step)
        return Training(
            task,
            arithmetic="float",
            neurons=neurons,
            epochs=epochs,
            seed=run.seed,
            validation=run.validation,
            cost=candidate["cost"],
            recipe=recipe,
            formats=Formats(log2_inverse_step=step, clip_log2=recipe.clip_log2),
        )

    found = judged_samples([training(run) for run in runs], **how)
    if runs[0].task.kind == "classification":
        return list(found)
    return [one / run.variance for one, run in zip(found, runs, strict=True)]
