"""What was written down beforehand: as many candidates for every model, recipes that exist, sizes."""

import pytest

from golden import tasks
from golden.errors import HelError
from golden.studies.learning.protocol import (
    DRAWS,
    EQUIVALENT,
    FOLLOWERS,
    MODELS,
    RESAMPLED,
    SMALL,
    TASKS,
    candidates,
    recipe_of,
)  # fmt: skip


@pytest.mark.parametrize("name", TASKS)
def test_every_model_has_four_candidates_or_no_form(name):
    card = tasks.CARDS[name]
    for model in MODELS:
        found = candidates(model, name, card.kind)
        without = model in FOLLOWERS or (model == "minirocket" and card.kind == "forecasting")
        assert len(found) == (0 if without else 4)
        assert len({str(one) for one in found}) == len(found)
        allowed = ("per-step",) if card.kind == "forecasting" else ("final", "averaged")
        assert all(one.get("cost", allowed[0]) in allowed for one in found)


def test_small_validation_parts_are_drawn_again_and_large_ones_are_not():
    small = {name for name in TASKS if tasks.CARDS[name].validation < SMALL}
    assert set(DRAWS) == small - {"ppg"}
    assert all(tasks.CARDS[name].test < 300 for name in RESAMPLED)
    assert all(name in TASKS for name in EQUIVALENT)


def test_recipes():
    recipe = recipe_of({"log2_inverse_rate": 5, "clip_log2": 8, "log2_inverse_step": 3, "cost": "final"})
    assert (recipe.log2_inverse_rate, recipe.clip_log2, recipe.log2_eps0) == (5, 8, -2)


def test_another_model():
    with pytest.raises(HelError, match="models are linear, .*, got 'forest'; choose one"):
        candidates("forest", "digits", "classification")
