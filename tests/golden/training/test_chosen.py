"""What is chosen is what the study chose."""

import json
from pathlib import Path

from golden.studies.learning.protocol import TASKS, recipe_of
from golden.studies.learning.selection import SELECTION
from golden.training.chosen import CHOICES, EPOCHS, Choice, choice_of
from golden.training.recipe import Recipe

ROWS = json.loads((Path(__file__).parents[3] / SELECTION).read_text())["rows"]
FOUND = {row["case"]["task"]: row["candidates"][row["chosen"]] for row in ROWS if row["case"]["model"] == "hel-fixed"}


def test_every_choice_is_the_study_s():
    assert set(CHOICES) == set(FOUND) - {"digits"}
    for name, choice in CHOICES.items():
        candidate = FOUND[name]
        assert choice == Choice(
            TASKS[name].epochs, candidate["cost"], recipe_of(candidate), candidate.get("log2_inverse_step", 2)
        )


def test_options_are_those_of_a_training():
    options = Choice(5, "averaged", Recipe(clip_log2=6), 3).options
    assert (options["cost"], options["recipe"].clip_log2) == ("averaged", 6)
    assert (options["formats"].log2_inverse_step, options["formats"].clip_log2) == (3, 6)


def test_digits_and_files_have_none():
    for name in ("digits", "digits-static", "mine.npz", "uea:Coffee"):
        assert choice_of(name).options == {} and choice_of(name).epochs == EPOCHS
