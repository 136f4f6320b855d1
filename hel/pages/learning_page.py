"""The tables of docs/learning.md, from committed results: `python -m hel.pages.learning_page`; --check compares."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from golden.studies.learning.comparison import gain, paired, value
from golden.studies.learning.protocol import EQUIVALENT, MODELS, TASKS
from golden.studies.learning.selection import SELECTION
from golden.studies.pages import filled
from golden.tasks import CARDS
from hel.pages.rewrite import rewrite

__all__ = ["PAGE", "RESULTS", "choices", "cost", "equivalence", "fill", "gains", "main", "table"]

PAGE = Path("docs/learning.md")
RESULTS = Path("docs/results/learning.json")
NAMES = {
    "linear": "linear", "minirocket": "MiniRocket", "frozen": "frozen", "gru": "GRU, Adam", "bptt-adam": "BPTT, Adam",
    "bptt-hel": "BPTT, HEL's optimiser", "hel-float": "HEL float", "hel-fixed": "HEL fixed",
}  # fmt: skip

Rows = Sequence[Mapping[str, Any]]


def table(rows: Rows) -> list[str]:
    """A line a task and size: what every model reaches, mean and range of its seeds or draws, the best in bold."""
    lines = [
        "| task | N | " + " | ".join(NAMES[model] for model in MODELS) + " |",
        "|---" * (2 + len(MODELS)) + "|",
    ]
    for name, plan in TASKS.items():
        for neurons in plan.sizes:
            found = {model: _row(rows, name, model, neurons) for model in MODELS}
            if not any(row for model, row in found.items() if row and row["case"]["neurons"]):
                continue
            sign = 1 if CARDS[name].kind == "classification" else -1
            best = max((sign * round(value(dict(row)), 3) for row in found.values() if row), default=None)
            cells = [_cell(row, sign, best) for row in found.values()]
            measure = "" if sign > 0 else " (nmse)"
            lines.append(f"| {name}{measure} | {neurons} | " + " | ".join(cells) + " |")
    return lines


def _row(rows: Rows, name: str, model: str, neurons: int) -> Mapping[str, Any] | None:
    for row in rows:
        case = row["case"]
        if (case["task"], case["model"]) == (name, model) and case["neurons"] in (neurons, None):
            return row
    return None


def _cell(row: Mapping[str, Any] | None, sign: int, best: float | None) -> str:
    if row is None:
        return "-"
    each = row.get("draws", row["test"])
    mean = _number(value(dict(row)))
    if sign * round(value(dict(row)), 3) == best:
        mean = f"**{mean}**"
    return mean if len(each) == 1 else f"{mean} ({_number(min(each))} to {_number(max(each))})"


def _number(found: float) -> str:
    return f"{found:.3f}" if found >= 0.01 else f"{found:.4f}"


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
    """Fixed HEL against BPTT with the same optimiser."""
    lines = ["| task | N | difference | 90 % interval | within 0.02 |", "|---|---|---|---|---|"]
    for name in EQUIVALENT:
        for neurons in TASKS[name].sizes:
            pair = [_row(rows, name, model, neurons) for model in ("hel-fixed", "bptt-hel")]
            if pair[0] and pair[1]:
                found = paired(dict(pair[0]), dict(pair[1]))
                low, high = found.interval
                said = "yes" if found.equivalent else "no"
                lines.append(f"| {name} | {neurons} | {found.told} | {low:+.3f} to {high:+.3f} | {said} |")
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


def fill(text: str, results: Rows, selection: Rows) -> str:
    """`text` with its five tables."""
    parts = {
        "learning": table(results),
        "learning_gains": gains(results),
        "learning_equivalence": equivalence(results),
        "learning_choices": choices(selection),
        "learning_cost": cost(selection, results),
    }
    for name, lines in parts.items():
        text = filled(text, "\n".join(lines), name)
    return text


def main(argv: Sequence[str]) -> int:
    """Rewrite the page in the working directory; with --check exit 1 when it is not up to date."""
    return rewrite(PAGE, lambda text: fill(text, _read(RESULTS), _read(SELECTION)), argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
