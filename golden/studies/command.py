"""The command of a study: `python -m golden.studies.NAME`, its common options, and the run that most of them share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from golden.studies.pages import insert
from golden.studies.rows import Case, collect

__all__ = ["checked_seeds", "parser", "table"]


def parser(study: str, text: str | None, *, default: bool = False, into: bool = True) -> argparse.ArgumentParser:
    """With -o FILE, required or, with `default`, docs/results/STUDY.json, and --into PAGE; text is the module's."""
    made = argparse.ArgumentParser(prog=f"python -m golden.studies.{study}", description=(text or "").split("\n")[0])
    out: dict[str, Any] = {"default": Path(f"docs/results/{study}.json")} if default else {"required": True}
    made.add_argument("-o", "--out", type=Path, help="JSON file of rows", **out)
    if into:
        made.add_argument("--into", type=Path, help="a Markdown file with the two markers")
    return made


def checked_seeds(made: argparse.ArgumentParser, seeds: int) -> int:
    """The number of seeds asked for; a usage error below 1."""
    if seeds < 1:
        made.error(f"--seeds must be at least 1, not {seeds}")
    return seeds


def table(
    study: str,
    options: argparse.Namespace,
    cases: Iterable[Case],
    measure: Callable[[Case], Case],
    render: Callable[[Sequence[Case]], str],
) -> list[Case]:
    """Computes the rows that the file lacks, writes the table into the page if one is asked for; all rows."""
    rows = collect(options.out, f"python -m golden.studies.{study} -o {options.out}", cases, measure)
    if options.into:
        insert(options.into, render(rows), study)
    return rows
