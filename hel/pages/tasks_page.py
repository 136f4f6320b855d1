"""The table of docs/tasks.md, written from the tasks' cards: `python -m hel.pages.tasks_page`; --check compares."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from golden.errors import ended
from golden.studies.pages import filled
from golden.tasks import CARDS
from hel.commands.tasks import span
from hel.pages.rewrite import rewrite

__all__ = ["PAGE", "fill", "main"]

PAGE = Path("docs/tasks.md")


def fill(text: str) -> str:
    """`text` with the table between its markers."""
    return filled(text, "\n".join([*_sizes(), "", *_sources()]), "tasks")


def _sizes() -> list[str]:
    rows = [
        "| task | what is learnt | train (validation) | test | T | m | classes | cost | test set |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for card in CARDS.values():
        learnt = card.about if card.kind == "classification" else f"{card.about} ({card.kind})"
        rows.append(
            f"| `{card.name}` | {learnt} | {card.train} ({card.validation}) | {card.test} | {span(card.steps)} |"
            f" {card.channels} | {card.classes or '-'} | {card.cost} | {card.split} |"
        )
    return rows


def _sources() -> list[str]:
    rows = ["| task | source | licence of the data | package |", "|---|---|---|---|"]
    for card in CARDS.values():
        rows.append(f"| `{card.name}` | {card.source} | {card.licence} | {card.package or '-'} |")
    return rows


def main(argv: Sequence[str]) -> int:
    """Rewrite the page in the working directory; with --check exit 1 when it is not up to date."""
    return rewrite(PAGE, fill, argv)


if __name__ == "__main__":
    sys.exit(ended(lambda: main(sys.argv[1:])))
