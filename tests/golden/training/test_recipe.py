"""Recipes: both rates fall by halves at the same samples, unless a schedule says otherwise."""

from golden.training.optimiser import Optimiser
from golden.training.recipe import Recipe, halvings


def test_rate_is_halved_three_times():
    recipe = Recipe(log2_inverse_rate=5)
    assert [recipe.rate(k, 1000) for k in (0, 249, 250, 500, 749, 750, 999)] == [5, 5, 6, 7, 7, 8, 8]


def test_halvings_fall_on_the_quarters():
    assert [halvings(k, 1000) for k in (0, 249, 250, 499, 500, 749, 750, 999)] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_schedule_of_its_own():
    recipe = Recipe(log2_inverse_rate=4, optimiser=Optimiser(schedule="constant"))
    assert {recipe.rate(k, 100) for k in range(100)} == {4}


def test_the_numbers_are_what_was_committed():
    """docs/results/digits.json has these four: an optimiser stands beside them."""
    assert Recipe().numbers == {
        "log2_inverse_rate": 6, "log2_eps0": -2, "readout_deviation": 0.3, "clip_log2": 9
    }  # fmt: skip
