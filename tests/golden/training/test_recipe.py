"""Recipes: both rates fall by halves at the same samples."""

from golden.training.recipe import Recipe, halvings


def test_rate_is_halved_three_times():
    recipe = Recipe(log2_inverse_rate=5)
    assert [recipe.rate(k, 1000) for k in (0, 249, 250, 500, 749, 750, 999)] == [5, 5, 6, 7, 7, 8, 8]


def test_halvings_fall_on_the_quarters():
    assert [halvings(k, 1000) for k in (0, 249, 250, 499, 500, 749, 750, 999)] == [0, 0, 1, 1, 2, 2, 3, 3]
