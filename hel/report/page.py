"""The page: every run with its sections, a table of contents, one file that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from golden.provenance import version as our_version
from hel.arguments import UsageError
from hel.output import takes_files, write_whole
from hel.report import comparison, cycles, gantt, learning, numbers, resources, trajectory
from hel.report.drawing import ID, needed
from hel.report.read import Run, of
from hel.report.section import Section

__all__ = ["added", "checked", "page", "write"]

SECTIONS: tuple[Callable[[Run], Section | None], ...] = (
    comparison.section,
    learning.section,
    trajectory.section,
    cycles.section,
    resources.section,
    gantt.section,
    numbers.section,
)
"""In the order of the page."""

SIZES = (
    ("neurons", "N"), ("elements", "P"), ("banks", "B"), ("inputs", "m"), ("steps", "T"), ("epochs", "epochs"),
    ("seed", "seed"),
)  # fmt: skip
"""Keys of a result that a run is told by, with their letters in the formulas."""


def checked(path: Path | None, option: str = "--report", inputs: Sequence[str] = ()) -> Path | None:
    """The path of a page, if one can be written there and made: before any work is done.

    >>> checked(Path("no/folder/a.html"))
    Traceback (most recent call last):
    ...
    hel.arguments.UsageError: --report must name a file in an existing folder, not 'no/folder/a.html'; create it first
    """
    if path is None:
        return None
    if path.is_dir():
        raise UsageError(f"{option} must name a file, not the folder '{path}'; try '{path / 'report.html'}'")
    if not path.parent.is_dir():
        raise UsageError(f"{option} must name a file in an existing folder, not '{path}'; create it first")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError(f"{option} must name a regular file, '{path}' is none; try another name")
    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{option} must name an .html file, not '{path}'; try '{path.with_suffix('.html')}'")
    if refused := takes_files(path):
        rule = f"{option} must name a file in a folder that can be written"
        raise UsageError(f"{rule}, not '{path}' ({refused}); try another place")
    needed()
    return path


def write(results: Sequence[Run | dict[str, Any]], path: Path) -> None:
    """The page of these runs, or results that were just made, into a file: whole, or not at all."""
    runs = [result if isinstance(result, Run) else of(result) for result in results]
    write_whole({path: page(runs)})


def added(result: dict[str, Any], path: Path | None) -> dict[str, Any]:
    """The result of a command after its --report, `path`, was written; as it is where there is none."""
    if path is None:
        return result
    write([result], path)
    return {**result, "report": str(path)}


def page(runs: Sequence[Run]) -> str:
    """HTML text of the page."""
    from markupsafe import Markup

    shown = [_described(run, k, Markup) for k, run in enumerate(runs, start=1)]
    title = shown[0]["title"] if len(shown) == 1 else f"{len(shown)} runs"
    return str(_template().render(title=title, runs=shown, version=our_version()))


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("hel.report", ".")
    room = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return room.get_template("page.html.j2")


def _described(run: Run, index: int, markup: Callable[[str], Any]) -> dict[str, Any]:
    """What the template shows of a run."""
    sections: list[dict[str, Any]] = []
    for k, section in enumerate(filter(None, (make(run) for make in SECTIONS)), start=1):
        figures = [
            replace(figure, svg=markup(figure.svg.replace(ID, f"run{index}-{k}-{j}")))
            for j, figure in enumerate(section.figures, start=1)
        ]
        sections.append({"anchor": f"run{index}-{k}", "section": replace(section, figures=figures)})
    subject = str(run.get("system", "system not named"))
    if "task" in run:
        subject += f" on {run['task']}"
    elif run.command == "build" and "board" in run:
        subject += f" for {run['board']}"
    if "mutant" in run:
        subject += f", with an error put into the RTL on purpose ({run['mutant']})"
    ways = [run[key] for key in ("arithmetic", "rule", "simulator") if key in run]
    sizes = [
        f"{letter} = {run[key]}" if len(letter) == 1 else f"{letter} {run[key]}"
        for key, letter in SIZES
        if key in run and (key, run[key]) != ("banks", 1)
    ]
    return {
        "anchor": f"run{index}",
        "command": run.command,
        "title": f"hel {run.command}: {subject}",
        "subject": subject,
        "about": [*sizes, *ways],
        "line": run.line,
        "version": run.version,
        "file": run.file,
        "choice": run.get("choice", ""),
        "facts": next((each["section"].facts for each in sections if each["section"].facts), ())[:1],
        "sections": sections,
    }
