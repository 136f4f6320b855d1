"""A person whom the model has never seen: watch, told as it is, by a readout that adapts, and by a whole that adapts.

    python -m golden.studies.adaptation_watch -o docs/results/adaptation_watch.json

Each of the ten people is left out once. dense of 32 neurons, averaged cost, learns windows of 4 s of the recordings of
the other nine (over a whole recording, h T = 500, a perturbation grows too far for any gradient). Then half of the
person's windows are met one at a time, each told, then learnt from, and never seen again. The others are the test:

    recordings  the first recording of each of the seven exercises is met, in the file's order, the second of each is
                the test: the other arm. This is the question that was asked
    halves      of every recording, of both arms, the first half of its windows is met, the second is the test; added
                when a trial with person 9 out had shown no gain for the first, before anything reported was run

Windows and frames were set where people 1 to 8 are learnt best, as they are met.

None of what follows was chosen on the person left out:

    budget    of each person `len(RECIPES)` trainings a stand-in, and `SEEDS` more; 12 passes each
    recipe    the rate that a training begins with, of `RECIPES`: the best mean accuracy on stand-ins, each left out of
              the training as well. Stand-ins of person s are the neighbours s +- 1 and s +- 2, of ten in a circle; one
              seed
    rates     of each split, arm and manner, of `RATES`: the best mean accuracy on the tests of the stand-ins, once the
              rest was learnt from, in the first order of the manner; the smallest rate among equals
    arms      none; readout, which goes on over the frozen system; whole, system and readout
    manners   in turn, exercise after exercise, as a person would do them; mixed, as if exercises alternated
    reported  `SEEDS` seeds, `ORDERS` orders of the exercises, or of the windows (in turn the file's, and others drawn).
              A person's accuracy is the mean of them all; gains are paired, with the interval of the ten people

All of it in integers; the words are those of a device that learns.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from golden.errors import ended
from golden.studies.command import parser
from golden.studies.rows import Case, collect
from golden.tasks import Split, Task
from golden.tasks.normalise import rounded
from golden.tasks.watch import EXERCISES, SUBJECTS, people
from golden.training.adapter import Adapter, Model, ReadoutAdapter, positions
from golden.training.played import Played
from golden.training.recipe import Recipe
from golden.training.report import judged
from golden.training.sequences import Training

__all__ = [
    "ARMS",
    "MANNERS",
    "POINTS",
    "SPLITS",
    "Halves",
    "Person",
    "adapted",
    "best",
    "main",
    "report_row",
    "stand_ins",
    "ways",
    "windows",
]

NEURONS, EPOCHS = 32, 12
WINDOW, FRAMES = 200, 4
"""Frames of a window, at 50 Hz, and of a step."""
SEEDS, ORDERS = 5, 3
RECIPES = (5, 6, 7, 8)
"""log2 of the inverse rate that a training begins with."""
RATES = (4, 5, 6, 7, 8, 9, 10, 11)
"""log2 of the inverse rates of adaptation."""
SPLITS, MANNERS, ARMS = ("recordings", "halves"), ("in turn", "mixed"), ("readout", "whole")
POINTS = 8
"""Of a curve, after the first."""


def stand_ins(person: int) -> list[int]:
    """The people that choices for a person are made on.

    >>> stand_ins(1), stand_ins(6)
    ([9, 10, 2, 3], [4, 5, 7, 8])
    """
    return [(person + away - 1) % SUBJECTS + 1 for away in (-2, -1, 1, 2)]


def windows(split: Split) -> tuple[Split, NDArray[np.int64]]:
    """Whole windows of every recording, means of four frames a step; and which recording each is of.

    >>> split = Split(np.arange(900.0).reshape(1, 900, 1) / 512, np.array([3]), lengths=np.array([850]))
    >>> cut, recordings = windows(split)
    >>> cut.inputs.shape, cut.labels.tolist(), recordings.tolist(), float(cut.inputs[1, 0, 0] * 512)
    ((4, 50, 1), [3, 3, 3, 3], [0, 0, 0, 0], 201.5)
    """
    found, owner = [], []
    for recording, length in enumerate(split.mask.sum(1)):
        whole = split.inputs[recording, : length // WINDOW * WINDOW]
        found.append(rounded(whole.reshape(-1, WINDOW // FRAMES, FRAMES, whole.shape[1]).mean(2)))
        owner += [recording] * len(found[-1])
    return Split(np.concatenate(found), split.labels[owner]), np.array(owner)


@dataclass(frozen=True)
class Halves:
    """Windows that are met, and those of the test, as a training plays them.

    Members
    -------
    recordings : of each window that is met, which recording it is of
    """

    met: Played
    test: Played
    recordings: NDArray[np.int64]

    def order(self, manner: str, seed: int, turn: int) -> NDArray[np.int64]:
        """Indices into `met`: the `turn`-th order of that manner; 0 in turn is the file's."""
        rng = np.random.default_rng([seed, 6, turn])
        if manner == "mixed":
            return rng.permutation(len(self.recordings))
        every = np.unique(self.recordings)
        return np.concatenate(
            [np.flatnonzero(self.recordings == one) for one in (rng.permutation(every) if turn else every)]
        )


class Person:
    """Someone's windows: `all` of them, and `halves` by split."""

    def __init__(self, training: Training, split: Split) -> None:
        cut, owner = windows(split)
        turn = np.array([int((split.labels[:at] == label).sum()) for at, label in enumerate(split.labels)])
        place = np.concatenate([np.arange(count) / count for count in np.bincount(owner)])
        met = {"recordings": turn[owner] == 0, "halves": place < 0.5}
        self.all = training.played(cut)
        self.halves = {
            name: Halves(
                training.played(cut.part(np.flatnonzero(first))),
                training.played(cut.part(np.flatnonzero(~first))),
                owner[first],
            )
            for name, first in met.items()
        }


@lru_cache(maxsize=len(RECIPES) * 2 * SUBJECTS)
def learnt(without: tuple[int, ...], rate: int, seed: int) -> tuple[Training, Model, dict[int, Person]]:
    """A model of all people but those, and these people."""
    others = set(range(1, SUBJECTS + 1)) - set(without)
    split, *left_out = people(others, *without)
    learns, _ = windows(split)
    tested, _ = windows(left_out[0])
    task = Task("watch", len(EXERCISES), 1, 2, learns, tested, 1, cost="averaged")
    recipe = Recipe(log2_inverse_rate=rate)
    training = Training(task, neurons=NEURONS, epochs=EPOCHS, seed=seed, recipe=recipe)
    adapter = Adapter(training)
    total = training.samples.total
    rates = np.array([recipe.rate(done, total) for done in range(total)])
    adapter.learn(training.played(training.part), training.orders, rates)
    found = {person: Person(training, part) for person, part in zip(without, left_out, strict=True)}
    return training, adapter.model, found


def accuracy(training: Training, model: Model, played: Played) -> float:
    """Share of windows that are told rightly."""
    return float((Adapter(training, model).classes(played) == played.answers).mean())


def adapted(
    training: Training, model: Model, halves: Halves, arm: str, rate: int, order: NDArray[np.int64], points: int
) -> tuple[list[float], float]:
    """Accuracy on the test before, and so many times on the way; and of the windows met, as they were told then."""
    parts = np.array_split(order, points)
    answers, wanted = halves.met.answers, halves.test.answers
    found, errors = [accuracy(training, model, halves.test)], []
    if arm == "whole":
        adapter = Adapter(training, model)
        for part in parts:
            errors.append(adapter.learn(halves.met, part, np.full(len(part), rate)))
            found.append(float((adapter.classes(halves.test) == wanted).mean()))
    else:
        x, seen = (positions(training, model, played) for played in (halves.met, halves.test))
        readout = ReadoutAdapter(training, model)
        for part in parts:
            errors.append(readout.learn(x, answers, part, np.full(len(part), rate)))
            found.append(float((readout.classes(seen) == wanted).mean()))
    _, hits = judged(np.concatenate(errors), answers[order], lsb=training.arithmetic.lsb, least=1.0)
    return found, float(hits.mean())


def recipe_cases() -> Iterator[Case]:
    """Every pair of stand-ins with every recipe."""
    pairs = sorted({tuple(sorted((one, other))) for one in range(1, SUBJECTS + 1) for other in stand_ins(one)})
    for pair in pairs:
        for recipe in RECIPES:
            yield {"stage": "recipe", "without": list(pair), "rate": recipe}


def recipe_row(case: Case) -> Case:
    """Accuracy on all windows of each of the two left out."""
    training, model, left_out = learnt(tuple(case["without"]), case["rate"], 0)
    return {"accuracy": {str(one): accuracy(training, model, person.all) for one, person in left_out.items()}}


def best(rows: Sequence[Case], person: int) -> int:
    """The recipe of a person, by the stand-ins: the first of the best of RECIPES."""

    def mean(recipe: int) -> float:
        found = []
        for other in stand_ins(person):
            case = {"stage": "recipe", "without": sorted((person, other)), "rate": recipe}
            row = next(row for row in rows if row["case"] == case)
            found.append(row["accuracy"][str(other)])
        return float(np.mean(found))

    return max(RECIPES, key=mean)


def ways() -> Iterator[tuple[str, str, str, str]]:
    """Every split, manner and arm, and the name of the three."""
    for split, manner, arm in product(SPLITS, MANNERS, ARMS):
        yield split, manner, arm, f"{split}, {manner}, {arm}"


def rates_row(person: int, recipe: int) -> Case:
    """log2 of the inverse rate of each way, with what every one made of the stand-ins."""
    means: dict[str, dict[str, float]] = {}
    for split, manner, arm, way in ways():
        found: dict[str, float] = {}
        for rate in RATES:
            ends = []
            for other in stand_ins(person):
                without = tuple(sorted((person, other)))
                training, model, left_out = learnt(without, recipe, 0)
                halves = left_out[other].halves[split]
                ends.append(adapted(training, model, halves, arm, rate, halves.order(manner, 0, 0), 1)[0][-1])
            found[str(rate)] = float(np.mean(ends))
        means[way] = found
    # From the smallest rate on, so that among equals it is kept.
    chosen = {way: max(reversed(RATES), key=lambda rate: found[str(rate)]) for way, found in means.items()}
    return {"recipe": recipe, "log2_inverse_rates": chosen, "accuracy": means}


def report_row(case: Case, chosen: Case) -> Case:
    """A person's accuracies of one seed: of every way and order a curve, and the accuracy as windows were met."""
    person, seed, recipe = case["person"], case["seed"], chosen["recipe"]
    training, model, left_out = learnt((person,), recipe, seed)
    curves: dict[str, list[list[float]]] = {}
    told: dict[str, list[float]] = {}
    for split, manner, arm, way in ways():
        halves, rate = left_out[person].halves[split], chosen["log2_inverse_rates"][way]
        orders = [halves.order(manner, seed, turn) for turn in range(ORDERS)]
        runs = [adapted(training, model, halves, arm, rate, order, POINTS) for order in orders]
        curves[way], told[way] = [curve for curve, _ in runs], [hits for _, hits in runs]
    counts = {split: [len(halves.met), len(halves.test)] for split, halves in left_out[person].halves.items()}
    all_of_them = accuracy(training, model, left_out[person].all)
    return {"all": all_of_them, "met_and_tested": counts, "curves": curves, "as_met": told}


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    out = parser("adaptation_watch", __doc__, default=True, into=False).parse_args(arguments).out
    command = f"python -m golden.studies.adaptation_watch -o {out}"
    rows = collect(out, command, recipe_cases(), recipe_row)
    everyone = range(1, SUBJECTS + 1)
    recipes = {person: best(rows, person) for person in everyone}
    choices = ({"stage": "rates", "person": person} for person in everyone)
    rows = collect(out, command, choices, lambda case: rates_row(case["person"], recipes[case["person"]]))
    chosen = {row["case"]["person"]: row for row in rows if row["case"]["stage"] == "rates"}
    wanted = ({"stage": "report", "person": person, "seed": seed} for seed in range(SEEDS) for person in everyone)
    collect(out, command, wanted, lambda case: report_row(case, chosen[case["person"]]))
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
