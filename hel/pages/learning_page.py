"""The tables of docs/learning.md, from committed results: `python -m hel.pages.learning_page`; --check compares."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from golden.errors import ended
from golden.studies.learning.comparison import by_seed, gain, paired
from golden.studies.learning.layers import LAYERS
from golden.studies.learning.layers import TASKS as STACKED
from golden.studies.learning.longer import LONGER
from golden.studies.learning.protocol import DEAR, EQUIVALENT, MODELS, TASKS
from golden.studies.learning.selection import SELECTION
from golden.studies.learning.tested import cases
from golden.studies.pages import filled
from golden.tasks import CARDS
from hel.pages.rewrite import rewrite

__all__ = [
    "PAGE",
    "RESULTS",
    "choices",
    "cost",
    "equivalence",
    "fill",
    "gains",
    "longer",
    "main",
    "missing",
    "plans",
    "stacks",
    "table",
]

PAGE = Path("docs/learning.md")
RESULTS = Path("docs/results/learning.json")
NAMES = {
    "linear": "linear", "minirocket": "MiniRocket", "frozen": "frozen", "gru": "GRU, Adam", "bptt-adam": "BPTT, Adam",
    "bptt-hel": "BPTT, HEL's optimiser", "hel-float": "HEL float", "hel-fixed": "HEL fixed",
}  # fmt: skip

Rows = Sequence[Mapping[str, Any]]


def table(rows: Rows) -> list[str]:
    """A line a task and size: what every model reaches, mean and range of its seeds or draws, the best in bold.

    Tasks of which some models have no draws have two lines: all models on the task's own test set, then the draws.
    """
    lines = [
        "| task | N | " + " | ".join(NAMES[model] for model in MODELS) + " |",
        "|---" * (2 + len(MODELS)) + "|",
    ]
    for name, plan in TASKS.items():
        for neurons in plan.sizes:
            found = {model: _row(rows, name, model, neurons) for model in MODELS}
            if any(row for model, row in found.items() if row and row["case"]["neurons"]):
                lines += _lines(name, neurons, found)
    return lines


def _lines(name: str, neurons: int, found: Mapping[str, Mapping[str, Any] | None]) -> list[str]:
    """Of a task at one size."""
    sign = 1 if CARDS[name].kind == "classification" else -1
    called = name if sign > 0 else f"{name} (nmse)"
    parts = {called: {model: row.get("draws", row["test"]) for model, row in found.items() if row}}
    if name in DEAR:
        drawn = {model: row["draws"] for model, row in found.items() if row and "draws" in row}
        again = "by person" if name == "watch" else "drawn again"
        parts = {name: {model: row["test"] for model, row in found.items() if row}, f"{name}, {again}": drawn}
    lines = []
    for called, part in parts.items():
        best = max((sign * round(float(np.mean(each)), 3) for each in part.values()), default=None)
        cells = [_cell(part[model], sign, best) if model in part else "-" for model in MODELS]
        lines.append(f"| {called} | {neurons} | " + " | ".join(cells) + " |")
    return lines


def _row(rows: Rows, name: str, model: str, neurons: int) -> Mapping[str, Any] | None:
    for row in rows:
        case = row["case"]
        if (case["task"], case["model"]) == (name, model) and case["neurons"] in (neurons, None):
            return row
    return None


def _cell(each: Sequence[float], sign: int, best: float | None) -> str:
    """Mean and range, the best mean in bold."""
    value = float(np.mean(each))
    mean = f"**{_number(value)}**" if sign * round(value, 3) == best else _number(value)
    return mean if len(each) == 1 else f"{mean} ({_number(min(each))} to {_number(max(each))})"


def _number(found: float) -> str:
    return f"{found:.3f}" if found >= 0.01 else f"{found:.4f}"


def plans() -> list[str]:
    """How long every task is learnt: epochs, and the updates that they make."""
    lines = [
        "| task | samples learnt | HEL, and HEL's optimiser: epochs | updates | Adam: epochs | batch | updates |",
        "|---" * 7 + "|",
    ]
    for name, plan in TASKS.items():
        samples = CARDS[name].train
        updates = plan.adam_epochs * -(-samples // plan.batch)
        own = f"{plan.epochs} | {plan.epochs * samples}"
        lines.append(f"| {name} | {samples} | {own} | {plan.adam_epochs} | {plan.batch} | {updates} |")
    return lines


def longer(rows: Rows) -> list[str]:
    """Adam's models with more epochs: the best of the candidates on validation samples, and what it took."""
    lines = ["| model | epochs | chosen | accuracy on the validation part | seconds |", "|---|---|---|---|---|"]
    for row in rows:
        case, best = row["case"], row["chosen"]
        said = ", ".join(f"{SHORT.get(k, k + ' ')}{v}" for k, v in row["candidates"][best].items())
        reached = _cell(row["validation"][best], 1, None)
        lines.append(f"| {NAMES[case['model']]} | {case['epochs']} | {said} | {reached} | {row['cpu_s']:.0f} |")
    return lines


def missing(rows: Rows) -> list[str]:
    """The cells that have no row though they have a form, a line a task and size."""
    lines = []
    for name, plan in TASKS.items():
        for neurons in plan.sizes:
            had = [one for one in MODELS if _row(rows, name, one, neurons)]
            asked = {case["model"] for case in cases([name], list(MODELS)) if case["neurons"] in (neurons, None)}
            lacks = [NAMES[model] for model in MODELS if model in asked and model not in had]
            if lacks:
                lines.append(f"- {name}, N = {neurons}: {'; '.join(lacks)}.")
    return lines or ["Nothing: the table is whole."]


def gains(rows: Rows) -> list[str]:
    """Fixed HEL against linear and frozen, and whether it gains over the better of them; a line a task and size."""
    lines = ["| task | N | against linear | against frozen | gain |", "|---|---|---|---|---|"]
    for name, plan in TASKS.items():
        for neurons in plan.sizes:
            row = _row(rows, name, "hel-fixed", neurons)
            others = [_row(rows, name, model, neurons) for model in ("linear", "frozen")]
            if row is None:
                continue
            cells = [paired(dict(row), dict(one)).told if one else "-" for one in others]
            found = gain(dict(row), [dict(one) for one in others if one]) if all(others) else None
            said = "-" if found is None else "yes" if found[2] else "no gain"
            lines.append(f"| {name} | {neurons} | {' | '.join(cells)} | {said} |")
    return lines


def equivalence(rows: Rows) -> list[str]:
    """Fixed HEL against BPTT with the same optimiser: paired by sample, and by seed."""
    lines = [
        "| task | N | difference | 90 % interval, by sample | within 0.02 | 90 % interval, by seed | within 0.02 |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in EQUIVALENT:
        for neurons in TASKS[name].sizes:
            pair = [_row(rows, name, model, neurons) for model in ("hel-fixed", "bptt-hel")]
            if pair[0] and pair[1]:
                found = paired(dict(pair[0]), dict(pair[1]))
                both = (found, by_seed(dict(pair[0]), dict(pair[1])))
                cells = [
                    f"{one.interval[0]:+.3f} to {one.interval[1]:+.3f} | {'yes' if one.equivalent else 'no'}"
                    for one in both
                ]
                lines.append(f"| {name} | {neurons} | {found.told} | {' | '.join(cells)} |")
    return lines


def stacks(rows: Rows) -> list[str]:
    """Stacks beside one layer of as many neurons, on validation samples, a line each."""
    lines = ["| task | N | layers | what it reaches | one layer | difference | helps |", "|---" * 7 + "|"]
    for name in STACKED:
        own = [row for row in rows if row["case"]["task"] == name]
        alone = {row["case"]["neurons"]: row for row in own if row["case"]["layers"] == 1}
        for row in own:
            layers, neurons = row["case"]["layers"], row["case"]["neurons"]
            if layers > 1 and neurons in alone:
                found = paired(dict(row), dict(alone[neurons]))
                reached = [_number(float(np.mean(one["validation"][one["chosen"]]))) for one in (row, alone[neurons])]
                said = "yes" if found.mean >= found.error > 0 else "no"
                lines.append(f"| {name} | {neurons} | {layers} | {' | '.join(reached)} | {found.told} | {said} |")
    return lines


def choices(rows: Rows) -> list[str]:
    """What was chosen, and its mean on the validation samples."""
    lines = ["| task | " + " | ".join(NAMES[m] for m in MODELS if m not in ("bptt-hel", "hel-float")) + " |"]
    models = [model for model in MODELS if model not in ("bptt-hel", "hel-float")]
    lines.append("|---" * (1 + len(models)) + "|")
    for name in TASKS:
        found = {row["case"]["model"]: row for row in rows if row["case"]["task"] == name}
        if found:
            lines.append(f"| {name} | " + " | ".join(_choice(found.get(model)) for model in models) + " |")
    return lines


def _choice(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "-"
    said = ", ".join(f"{SHORT.get(k, k + ' ')}{v}" for k, v in row["candidates"][row["chosen"]].items() if k != "fit")
    return f"{said}: {np.mean(row['validation'][row['chosen']]):.3f}"


SHORT = {"log2_inverse_rate": "rate 2^-", "clip_log2": "clip 2^", "log2_inverse_step": "h 2^-", "inverse_penalty": "C ",
         "cost": ""}  # fmt: skip


def cost(selection: Rows, results: Rows) -> list[str]:
    """What it took, by model."""
    lines = ["| | " + " | ".join(NAMES[model] for model in MODELS) + " | all |", "|---" * (2 + len(MODELS)) + "|"]
    for said, rows in (("selection", selection), ("test", results)):
        each = [sum(row["cpu_s"] for row in rows if row["case"]["model"] == model) for model in MODELS]
        lines.append(f"| {said} | " + " | ".join(f"{one:.0f}" for one in (*each, sum(each))) + " |")
    return lines


def _read(file: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["rows"] if file.exists() else []
    return rows


def fill(text: str, results: Rows, selection: Rows, layers: Rows, more: Rows) -> str:
    """`text` with its tables."""
    parts = {
        "learning_plans": plans(),
        "learning": table(results),
        "learning_longer": longer(more),
        "learning_missing": missing(results),
        "learning_gains": gains(results),
        "learning_equivalence": equivalence(results),
        "learning_layers": stacks(layers),
        "learning_choices": choices(selection),
        "learning_cost": cost(selection, results),
    }
    for name, lines in parts.items():
        text = filled(text, "\n".join(lines), name)
    return text


def main(argv: Sequence[str]) -> int:
    """Rewrite the page in the working directory; with --check exit 1 when it is not up to date."""
    return rewrite(PAGE, lambda text: fill(text, _read(RESULTS), _read(SELECTION), _read(LAYERS), _read(LONGER)), argv)


if __name__ == "__main__":
    sys.exit(ended(lambda: main(sys.argv[1:])))
