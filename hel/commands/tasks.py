"""List the tasks: what is learnt of what, how many samples, how long, where from, under which licence.

With a TASK only that one, loaded and looked at: the way to see what is made of a file of your own.

example:
  hel tasks
  hel tasks japanese-vowels                          # loaded: lengths, classes, parts
  hel tasks mackey-glass --json
"""

from __future__ import annotations

import argparse
import textwrap
from dataclasses import asdict
from typing import Any

from hel.options import add_way, checked_task, way_of
from hel.output import table


def arguments(parser: argparse.ArgumentParser) -> None:
    """A task, and how the data of a file are played."""
    parser.add_argument(
        "task",
        nargs="?",
        default=None,
        metavar="TASK",
        help="one of them, watch:SUBJECT, uea:NAME, or a file .npz, .csv or .ts; default: all built-in ones",
    )
    add_way(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The cards of `golden.tasks`, or one task, loaded."""
    from golden import tasks
    from golden.tasks.cards import available

    if args.task is not None:
        return {"tasks": [loaded(tasks.get(checked_task(args.task), way_of(args)))]}
    rows = []
    for card in tasks.CARDS.values():
        here, command = available(card)
        rows.append({**asdict(card), "steps": card.steps, "available": here, "install": command})
    return {"tasks": rows}


def loaded(task: Any) -> dict[str, Any]:
    """What a task is, from its data, with its card where it has one."""
    from golden import tasks

    card = tasks.CARDS.get(task.name.partition(":")[0])
    frames = [int(n) for split in (task.train, task.test) for n in split.mask.sum(1)]
    told = {} if card is None else {key: getattr(card, key) for key in ("about", "package", "source", "licence")}
    return {
        **told,
        "name": task.name,
        "kind": task.kind,
        "train": len(task.train),
        "validation": task.validation_samples,
        "test": len(task.test),
        "frames": [min(frames), max(frames)],
        "hold": task.hold,
        "steps": [min(frames) * task.hold, max(frames) * task.hold],
        "step": 2.0**-task.log2_inverse_step,
        "channels": task.channels,
        "classes": task.classes,
        "outputs": task.outputs,
        "cost": task.cost,
        "costs": list(task.costs),
        "chosen": chosen(task.name),
        "largest_input": float(max(abs(split.inputs).max() for split in (task.train, task.test))),
        "per_class": [int((task.train.labels == k).sum()) for k in range(task.classes)],
        "available": True,
        "install": "",
    }


def chosen(name: str) -> dict[str, Any]:
    """What `hel train` learns a task with where nothing else is asked for; cost and step None: the task's own.

    >>> chosen("gunpoint")["epochs"], chosen("digits")["cost"]
    (60, None)
    """
    from golden.training.chosen import choice_of
    from golden.training.recipe import Recipe

    choice = choice_of(name)
    own = choice.recipe is None
    return {
        "system": "dense",
        "cost": choice.cost,
        "step": None if own else 2.0**-choice.log2_inverse_step,
        "epochs": choice.epochs,
        **(choice.recipe or Recipe()).numbers,
        "told": choice.told,
    }


def text(result: dict[str, Any]) -> str:
    """A line a task; of one alone a paragraph."""
    rows = result["tasks"]
    if "per_class" in rows[0]:
        return _paragraph(rows[0])
    shown = [
        {
            "task": row["name"],
            "kind": row["kind"],
            "train": row["train"],
            "test": row["test"],
            "T": span(row["steps"]),
            "m": row["channels"],
            "classes": row["classes"] or "-",
            "cost": row["cost"],
            "data": (row["package"] or "made here") if row["available"] else row["install"],
        }
        for row in rows
    ]
    also = "also: watch:SUBJECT, uea:NAME, and a file .npz, .csv or .ts; `hel tasks TASK` tells more, docs/tasks.md all"
    return f"{table(shown)}\n\n{also}"


def span(ends: Any) -> str:
    """The shortest and the longest.

    >>> span((28, 116)), span([8, 8])
    ('28 to 116', '8')
    """
    low, high = ends
    return str(low) if low == high else f"{low} to {high}"


def _paragraph(row: dict[str, Any]) -> str:
    each = f"{row['hold']} step{'s' * (row['hold'] > 1)} each"
    facts = {
        "kind": row["kind"] + (f", {row['classes']} classes" if row["classes"] else f", {row['outputs']} targets"),
        "samples": f"{row['train']} to learn from ({row['validation']} of them for validation), {row['test']} to test",
        "sequence": f"{span(row['frames'])} frames of {row['channels']} channels, {each}:"
        f" T = {span(row['steps'])}, h = {row['step']:g}",
        "inputs": f"at most {row['largest_input']:.4g}",
        "cost": f"{row['cost']} (of {', '.join(row['costs'])})",
        "learnt": f"by dense with {row['chosen']['told']}; options of `hel train` change it",
    }
    if row["classes"]:
        facts["a class"] = f"{span((min(row['per_class']), max(row['per_class'])))} training samples"
    facts |= {key: row[key] for key in ("source", "licence", "package") if row.get(key)}
    lines = [f"{row['name']}: {row['about']}" if row.get("about") else row["name"]]
    for key, value in facts.items():
        lines += textwrap.wrap(f"  {key:<9} {value}", 120, subsequent_indent=" " * 12)
    return "\n".join(lines)
