"""A nonlinear wave field that learns digits by itself: HEB, and nothing else, moves its parameters.

    python -m golden.studies.wave_field -o docs/results/wave_field.json     # reads the test set
    python -m golden.studies.wave_field --validation -o choice.json         # what the recipe was chosen with

The 64 pixels of a digit are the field's displacement at time 0 (at rest), the detectors are read at T. After the echo
the parameters have momenta P = -eps dC/dtheta; they drift with P / M, and friction takes a tenth of P. Tasks: `parity`
(is the digit odd: two detectors) and `digits` (ten detectors). Beside it: BPTT on the same field with the same batches,
rates and heavy ball; a linear classifier (logistic regression) on the same 64 pixels; the same learning at other
masses; and how well -P / eps agrees with finite differences. Three seeds take three and a half minutes of one CPU.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from golden import tasks
from golden.checks.comparison import compare
from golden.errors import HelError, ended
from golden.language.graph import Array
from golden.rules import Problem, finite_differences, heb
from golden.studies.command import checked_seeds, parser
from golden.studies.rows import write
from golden.studies.wave_lattice import Detectors, WaveLattice, bptt, walls, waves

__all__ = ["Recipe", "TASKS", "learn_field", "main"]

TASKS = {"parity": 2, "digits": 10}
"""Name -> classes."""


@dataclass(frozen=True)
class Recipe:
    """Hyper-parameters, chosen on the validation part; the rate falls linearly to 0.

    Members
    -------
    steps, step : T and h of a pass
    rate : of the mean gradient over a batch; the drift time is rate M / (eps batch)
    keep : share of P left by friction
    eps, mass : of HEB
    """

    steps: int = 64
    step: float = 0.25
    epochs: int = 16
    batch: int = 64
    rate: float = 0.03
    keep: float = 0.9
    eps: float = 1e-3
    mass: float = 1e5


class Data:
    """Images as displacements in [-1, 1], labels, one-hot targets: the parts of `golden.tasks` digits."""

    def __init__(self, task: str, validation: bool) -> None:
        if task not in TASKS:
            raise HelError(f"the task is one of {', '.join(TASKS)}, got {task}")
        self.classes = TASKS[task]
        parts = tasks.get("digits").parts(validation)
        self.x, self.held_x = (part.inputs.reshape(len(part), -1) / 2 for part in parts)
        self.labels, self.held_labels = (part.labels % 2 if task == "parity" else part.labels for part in parts)
        self.targets = np.eye(self.classes)[self.labels]


def learn_field(
    task: str, rule: str = "heb", *, seed: int = 0, recipe: Recipe | None = None, validation: bool = False
) -> dict[str, Any]:
    """Train one field; rule "heb" or "bptt".

    Returns
    -------
    history : per epoch the mean cost and accuracy, as the samples were met, and the accuracy on the held-out part
    accuracy : on the held-out part, at the end (test set; with `validation` the validation part)
    theta : parameters at the end

    >>> result = learn_field("parity", recipe=Recipe(epochs=1, steps=8))
    >>> len(result["history"]), 0.4 < result["accuracy"] < 1
    (1, True)
    """
    recipe = recipe or Recipe()
    data, lattice = Data(task, validation), WaveLattice(8, 8)
    detectors, rng = Detectors(lattice, data.classes), np.random.default_rng([seed, 1])
    theta, momenta, history = lattice.initial(seed), None, []
    cost = detectors.cost()
    batches = len(data.x) // recipe.batch
    for epoch in range(recipe.epochs):
        order, total = rng.permutation(len(data.x)), 0.0
        rate = recipe.rate * (1 - epoch / recipe.epochs) / recipe.batch
        for some in np.split(order[: batches * recipe.batch], batches):
            q0, y = data.x[some], data.targets[some]
            if rule == "heb":
                still = np.zeros((recipe.steps, len(some), 1))
                theta, momenta, value = heb.learn(
                    Problem(lattice, theta, still, y, q0=q0, cost=cost, step=recipe.step),
                    momenta=momenta, keep=recipe.keep, eps=recipe.eps, mass=recipe.mass,
                    drift=rate * recipe.mass / recipe.eps,
                )  # fmt: skip
            else:
                grads, value = bptt(lattice, theta, q0, y, cost, recipe.steps, recipe.step)
                speed = {name: (momenta[name] if momenta else 0.0) - grads[name] for name in theta}
                theta = {name: theta[name] + rate * speed[name] for name in theta}
                momenta = {name: recipe.keep * speed[name] for name in theta}
            theta = walls(theta)
            total += value
        held = accuracy(lattice, theta, detectors, data.held_x, data.held_labels, recipe)
        history.append({"epoch": epoch + 1, "cost": total / (batches * recipe.batch), "accuracy": held})
    seen = accuracy(lattice, theta, detectors, data.x, data.labels, recipe)
    return {"history": history, "accuracy": held, "training_accuracy": seen, "theta": theta}


def accuracy(
    lattice: WaveLattice, theta: Mapping[str, Array], detectors: Detectors, x: Array, labels: Any, recipe: Recipe
) -> float:
    """Share of the images whose own detector reads the largest displacement."""
    q = waves(lattice, theta, x, recipe.steps, recipe.step)
    return float(np.mean(detectors.logits(q).argmax(-1) == labels))


def linear_classifier(task: str, validation: bool) -> dict[str, Any]:
    """Logistic regression on the 64 pixels; its strength C is the best of five on the validation part."""
    from sklearn.linear_model import LogisticRegression

    def fit(strength: float, validation: bool) -> float:
        data = Data(task, validation)
        model = LogisticRegression(C=strength, max_iter=5000).fit(data.x, data.labels)
        return float(model.score(data.held_x, data.held_labels))

    strengths = [0.01, 0.1, 1.0, 10.0, 100.0]
    best = max(strengths, key=lambda strength: fit(strength, True))
    parameters = (64 + 1) * (TASKS[task] if TASKS[task] > 2 else 1)
    return {"accuracy": fit(best, validation), "C": best, "parameters": parameters}


def agreement(task: str, theta: Mapping[str, Array], recipe: Recipe, samples: int = 8) -> Iterator[dict[str, Any]]:
    """-P / eps of the first training samples against finite differences, at several masses and eps."""
    data, lattice = Data(task, False), WaveLattice(8, 8)
    still, cost = np.zeros((recipe.steps, samples, 1)), Detectors(lattice, data.classes).cost()
    posed = Problem(lattice, theta, still, data.targets[:samples], q0=data.x[:samples], cost=cost, step=recipe.step)
    wanted, _, _ = finite_differences.gradient(posed, names=list(theta))
    for mass, eps in ((recipe.mass, recipe.eps), (1e4, 1e-6), (1e6, 1e-6), (1e8, 1e-6), (float("inf"), 1e-6)):
        grads, _, report = heb.gradient(posed, mass=mass, eps=eps, symmetric=False)
        cosine, error = compare(grads, wanted, theta)
        row = {"mass": "inf" if np.isinf(mass) else mass, "eps": eps, "one_minus_cosine": 1 - cosine}
        yield {**row, "relative_error": error, "stored_words_per_sample": report.stored_words // samples}


def cases(seeds: int) -> Iterator[tuple[dict[str, Any], Recipe]]:
    """What is trained: both tasks by both rules; and parity at other masses."""
    for task in TASKS:
        for rule in ("heb", "bptt"):
            for seed in range(seeds):
                yield (
                    {"task": task, "rule": rule, "mass": Recipe.mass if rule == "heb" else None, "seed": seed},
                    Recipe(),
                )
    for mass in (1e4, 1e7):
        yield {"task": "parity", "rule": "heb", "mass": mass, "seed": 0}, Recipe(mass=mass)


def run(out: Path, seeds: int, validation: bool) -> None:
    """Computes everything and writes one file."""
    rows = []
    for case, recipe in cases(seeds):
        try:
            result = learn_field(case["task"], case["rule"], seed=case["seed"], recipe=recipe, validation=validation)
        except HelError as error:  # at a small mass the parameters may run away: a result, too
            rows.append({"case": case, "accuracy": None, "error": str(error)})
            continue
        theta = {name: value.tolist() for name, value in result.pop("theta").items()}
        rows.append({"case": case, **result} | ({"theta": theta} if case["seed"] == 0 else {}))
        print(f"{case}: {result['accuracy']:.4f}", file=sys.stderr, flush=True)
    first = {
        row["case"]["task"]: row for row in reversed(rows) if "theta" in row and row["case"]["mass"] == Recipe.mass
    }
    options = "--validation " if validation else ""
    found = {
        "command": f"python -m golden.studies.wave_field {options}--seeds {seeds} -o {out}",
        "recipe": asdict(Recipe()),
        "parameters": int(sum(np.prod(shape) for shape in WaveLattice(8, 8).parameters.values())),
        "held_out": "validation" if validation else "test",
        "rows": rows,
        "linear": {task: linear_classifier(task, validation) for task in TASKS},
        "agreement": {
            task: list(agreement(task, {k: np.array(v) for k, v in row["theta"].items()}, Recipe()))
            for task, row in first.items()
        },
    }
    write(out, found)


def lines(found: dict[str, Any]) -> dict[str, list[str]]:
    """The measured lines of docs/stacks_and_heb.md, by their place there."""

    def of(task: str, rule: str) -> str:
        mass = found["recipe"]["mass"] if rule == "heb" else None
        cases = [(row["case"], row["accuracy"]) for row in found["rows"]]
        some = [a for case, a in cases if (case["task"], case["rule"], case["mass"]) == (task, rule, mass)]
        return f"{np.mean(some):.3f} ({min(some):.3f} to {max(some):.3f})"

    shares = []
    for row in found["rows"]:
        if row["case"]["rule"] == "heb" and row["case"]["mass"] != found["recipe"]["mass"]:
            told = "ran away" if row["accuracy"] is None else f"{row['accuracy']:.3f}"
            shares.append(f"M = {row['case']['mass']:.0e}: {told}")
    return {
        "ACCURACY": [
            f"| {task} | {of(task, 'heb')} | {of(task, 'bptt')} | "
            f"{found['linear'][task]['accuracy']:.3f} ({found['linear'][task]['parameters']} parameters) |"
            for task in found["linear"]
        ],
        "MASSES": [f"All at M = {found['recipe']['mass']:.0e}. Parity, seed 0, at other masses: {', '.join(shares)}."],
        "AGREEMENT": [
            f"| {task} | {float(row['mass']):.0e} | {row['eps']:.0e} | {row['one_minus_cosine']:.0e} | "
            f"{row['relative_error']:.0e} |"
            for task, rows in found["agreement"].items()
            for row in rows
        ],
        "PARAMETERS": [f"{found['parameters']}"],
        "STEPS": [f"{found['recipe']['steps']}"],
        "SEEDS": [f"{len({row['case']['seed'] for row in found['rows']})}"],
    }


def main(argv: list[str] | None = None) -> int:
    """Entry point."""
    made = parser("wave_field", __doc__, default=True, into=False)
    made.add_argument("--seeds", type=int, default=3, help="seeds 0 to K-1; default: 3")
    made.add_argument("--validation", action="store_true", help="hold out the validation part, not the test set")
    args = made.parse_args(argv)
    run(args.out, checked_seeds(made, args.seeds), args.validation)
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
