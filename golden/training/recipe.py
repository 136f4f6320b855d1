"""Hyper-parameters of the two trainings, and the fall of the rate that both have where nothing else is asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from golden.errors import HelError
from golden.language.validate import shortened
from golden.training.optimiser import SCHEDULES, Optimiser

__all__ = ["Recipe", "StaticRecipe", "halvings", "recipe_of"]


def halvings(sample: int, total: int) -> int:
    """How often the rate of the sample-th of `total` samples has been halved.

    >>> [halvings(k, 8) for k in range(8)]
    [0, 0, 1, 1, 2, 2, 3, 3]
    """
    return SCHEDULES["quarters"](sample, total)


@dataclass(frozen=True)
class Recipe:
    """Of `golden.training.sequences`, chosen on the validation part of digits (docs/results/digits_selection.json).

    Members
    -------
    log2_inverse_rate : the learning rate starts at 2**-this and is halved as the optimiser's schedule says
    log2_eps0 : the largest nudge of a sample is at most 2**this
    readout_deviation : standard deviation of the readout's initial weights
    clip_log2 : no parameter word moves by more than 2**this raw units (2**-16 each) at once
    optimiser : `golden.training.optimiser.Optimiser`
    """

    log2_inverse_rate: int = 6
    log2_eps0: int = -2
    readout_deviation: float = 0.3
    clip_log2: int = 9
    optimiser: Optimiser = Optimiser()

    def rate(self, sample: int, total: int) -> int:
        """log2 of the inverse learning rate of the sample-th of `total` updates.

        >>> [Recipe().rate(k, 8) for k in range(8)]
        [6, 6, 7, 7, 8, 8, 9, 9]
        """
        return self.log2_inverse_rate + self.optimiser.halvings(sample, total)

    @property
    def numbers(self) -> dict[str, Any]:
        """All but the optimiser."""
        return {name: value for name, value in asdict(self).items() if name != "optimiser"}


@dataclass(frozen=True)
class StaticRecipe:
    """Of `golden.training.still_images`, chosen on the validation part of digits-static.

    The choice is docs/results/ep_digits_selection.json.

    Members
    -------
    rate, momentum : v <- momentum v - rate G, theta <- theta + v, G the mean over the batch; the rate is halved at
        1/4, 1/2 and 3/4 of training
    longest : a gradient whose norm, over all parameters, is larger is shortened to this
    batch : samples of a minibatch
    eps : strength of the nudges
    tolerance : of every relaxation
    readout_deviation : standard deviation of the readout's initial weights
    frozen : leave the system as it was drawn and train the readout alone (a control, not a recipe)
    """

    rate: float = 0.1
    momentum: float = 0.9
    longest: float = 1.0
    batch: int = 16
    eps: float = 0.125
    tolerance: float = 1e-3
    readout_deviation: float = 0.3
    frozen: bool = False

    def checked(self) -> StaticRecipe:
        """The recipe itself; HelError where a number that must be positive is not."""
        for name in ("rate", "batch", "eps", "tolerance"):
            if not getattr(self, name) > 0:
                raise HelError(
                    f"rate, batch, eps and tolerance of a recipe are positive, got {name} {getattr(self, name)}"
                )
        return self


_Kind = TypeVar("_Kind", Recipe, StaticRecipe)


def recipe_of(recipe: object, kind: type[_Kind]) -> _Kind:
    """`recipe` itself, None being the usual one of its kind; HelError for anything else."""
    if recipe is None:
        return kind()
    if not isinstance(recipe, kind):
        name = f"golden.training.recipe.{kind.__name__}"
        raise HelError(f"the recipe of this training is a {name}, got {shortened(recipe)}; leave it out, or make one")
    return recipe
