"""From points to rows: those that have none are run, each row is written as it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from hel.explore import outcome, rows
from hel.explore.hands import Answer
from hel.explore.points import Point
from hel.explore.spec import Exploration
from hel.output import Progress

__all__ = ["Engine", "explore", "waiting"]

Engine = Callable[[Sequence[Point]], Generator[tuple[Point, Answer]]]
"""Runs points, and ends them when it is closed: `hel.explore.pool.run`, `hel.explore.cluster.run`."""


def waiting(points: Sequence[Point], found: rows.Rows, *, retry: bool) -> list[Point]:
    """The points without a row; with `retry` those whose row has an error, too."""
    have = {point.digest: found.of(point) for point in points}
    return [p for p in points if (row := have[p.digest]) is None or (retry and "error" in row)]


def explore(
    exploration: Exploration, points: Sequence[Point], path: Path, engine: Engine, progress: Progress, *, retry: bool
) -> dict[str, Any]:
    """Runs what is waiting; the summary. An interrupt leaves every row that was done."""
    with rows.writing(path, exploration) as file:
        if file.broken:
            progress.line(f"{path}: its last row was not whole and is dropped; its point is run again")
        todo = waiting(points, file, retry=retry)
        if others := len(file.newest(todo)) - sum(file.of(point) is not None for point in todo):
            progress.line(f"{path}: {others} points have rows of other sources than these, and are run again")
        checked = any("result" in row for row in file.by_digest.values())
        done = before = len(points) - len(todo)
        told: set[str] = set()
        try:
            with closing(engine(todo)) as answers:
                if todo:
                    progress(done, len(points))
                for point, answer in answers:
                    if not checked and answer.code == 0:
                        outcome.checked(answer, exploration.keep)
                        checked = True
                    for words in outcome.said(answer):
                        if words not in told:
                            told.add(words)
                            progress.line(words)
                    row = outcome.row(point, answer, exploration.keep)
                    file.append(row)
                    done += 1
                    progress(done, len(points), row.get("error", "")[:60])
        except KeyboardInterrupt:
            progress.line(f"{path} has {done} of {len(points)} points; the same command goes on from there")
            raise
        failed = [row for row in map(file.of, points) if row is not None and "error" in row]
    errors = Counter(row["error"] for row in failed)
    line = {row["error"]: row["made_by"]["line"] for row in failed}
    return {
        "rows": str(path),
        "points": len(points),
        "ran": done - before,
        "errors": [{"points": n, "error": error, "line": line[error]} for error, n in errors.most_common()],
        "failed": bool(failed),
    }
