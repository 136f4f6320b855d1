"""Run a command at every point of a sweep, on all processors or on a Dask cluster; one row a point, kept as it comes.

FILE.toml names a command of hel, its fixed options, and its axes: any option may be one, by its long name without the
dashes (so may TASK and SYSTEM). Axes under [axes] are taken every value with every other one, those under [[zip]] go
together. A range is a text, "0..9" or "2^-8..2^-2". A text under [options] may name an axis, as in "{seed}.html".

  command = "gradcheck"
  keep = ["relative_error_fixed", "flags"]   # of what --json prints; all of it without this line
  [options]
  system = "dense"
  steps = 20
  [axes]
  fraction-bits = [12, 16, 20]
  seed = "0..2"
  [[zip]]
  neurons = [4, 8]
  inputs = [1, 2]

Rows go to FILE.jsonl beside FILE.toml: the point, its result or error, seconds, and what made it. What has a row is
not run again, by a digest of command, options, files that options name, and hel's own sources: after Ctrl-C, kill -9 or
an added value the same command goes on. A point that fails has a row with its error, and is run again with --retry.
Exit code 1 if any has failed.

--list, --plot and --parquet look at what there is, and run nothing. X, Y and Z of a figure are axes, options, or keys
of the result, dotted where they lie deeper (history.-1.cost); all rows of one X, seeds above all, become a mean and a
range. How to write a sweep, step by step: docs/how_to/explore.md of hel-fpga.

example:
  hel explore bits.toml --list                       # what would run
  hel explore bits.toml
  hel explore bits.toml --plot fraction-bits relative_error_fixed --by neurons -o bits.svg
  hel explore bits.toml --parquet bits.parquet
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from hel.arguments import UsageError, integer
from hel.explore import columns, engine, pool, rows, spec
from hel.explore.points import Point, points
from hel.output import Progress

LIMIT = 1000
"""More points than these are rather a slip than a wish."""
SHOWN = 12
"""Points of a list that is still looked at."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file, what to do with it, where."""
    parser.add_argument("file", type=Path, metavar="FILE.toml", help="the sweep, as above")
    parser.add_argument("--rows", type=Path, metavar="FILE", help="where the rows are; default: FILE.jsonl")
    parser.add_argument(
        "--retry", action="store_true", help="run points again whose row has an error; the new row is what counts"
    )
    parser.add_argument(
        "--limit",
        type=integer(1),
        default=LIMIT,
        metavar="K",
        help=f"the most points that are meant; default: {LIMIT}",
    )
    where = parser.add_argument_group("where points run")
    where.add_argument(
        "-j",
        "--jobs",
        type=integer(1, 1024),
        metavar="J",
        help="points at a time on this machine; default: its processors",
    )
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="run on the workers of this Dask scheduler, such as tcp://host:8786, which have the same hel-fpga",
    )
    looks = parser.add_argument_group("to look at rows; nothing is run")
    looks.add_argument("--list", action="store_true", help="the points, each with its command, and which have a row")
    looks.add_argument("--plot", nargs=2, metavar=("X", "Y"), help="a figure of Y over X, into the file of -o")
    looks.add_argument("--by", metavar="Z", help="of --plot: a line for each value of Z")
    looks.add_argument("-o", "--output", type=Path, metavar="FIGURE", help="of --plot: a .png, .svg or .pdf file")
    looks.add_argument("--parquet", type=Path, metavar="FILE", help="write the rows as a Parquet file, a column a key")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `hel.explore`."""
    from hel.commands import SUMMARIES

    _check_looks(args)
    exploration = spec.read(args.file, [name for name in SUMMARIES if name != "explore"], args.limit)
    try:
        asked = points(exploration)
    except UsageError as error:
        raise UsageError(f"{args.file}: {error}") from None
    path = args.rows or args.file.with_suffix(".jsonl")
    if args.list or args.plot or args.parquet:
        return _looked(args, exploration, asked, path)
    with Progress(quiet=args.quiet, unit="points") as progress:
        runs = partial(pool.run, command=exploration.command, jobs=args.jobs or pool.jobs_here())
        if args.scheduler is not None:
            from hel.explore import cluster

            with cluster.connected(args.scheduler) as client:
                runs = partial(cluster.run, command=exploration.command, client=client)
                return engine.explore(exploration, asked, path, runs, progress, retry=args.retry)
        result = engine.explore(exploration, asked, path, runs, progress, retry=args.retry)
    return result


def _check_looks(args: argparse.Namespace) -> None:
    """What goes with what."""
    if args.plot and args.output is None:
        raise UsageError("--plot needs a file for its figure, got none; add -o FIGURE.svg")
    for name in ("output", "by"):
        if getattr(args, name) is not None and not args.plot:
            raise UsageError(f"--{name} is of a figure, got no --plot; add --plot X Y")
    if args.jobs is not None and args.scheduler is not None:
        raise UsageError(f"a cluster has its own workers, got --jobs {args.jobs}; drop --jobs or --scheduler")


def _looked(args: argparse.Namespace, exploration: spec.Exploration, asked: list[Point], path: Path) -> dict[str, Any]:
    """--list, --plot and --parquet."""
    if args.plot:
        from hel.figures import canvas

        canvas.checked(args.output, "-o")
    found = rows.read(path, exploration)
    result: dict[str, Any] = {"rows": str(path), "points": len(asked)}
    if args.list:
        return result | {"list": [_listed(point, found.of(point), exploration.swept) for point in asked]}
    there = found.newest(asked)
    older = sum(found.of(point) is None for point in asked) - (len(asked) - len(there))
    result |= {"drawn": len(there), "of_other_sources": older}
    if not there:
        raise UsageError(f"{path} has no row of these points; run `hel explore {args.file}` first")
    if args.parquet:
        from hel.explore import export

        result["parquet"] = str(export.parquet(there, args.parquet))
    if args.plot:
        from hel.figures.sweep import sweep

        x, y = args.plot
        lines = columns.series(there, x, y, args.by)
        title = f"hel {exploration.command}: {exploration.name}"
        result["figure"] = str(sweep(lines, args.output, x=x, y=y, by=args.by, title=title))
    return result


def _listed(point: Point, row: dict[str, Any] | None, swept: list[str]) -> dict[str, Any]:
    state = "waiting" if row is None else "failed" if "error" in row else "done"
    return {"state": state, **{name: point.options[name] for name in swept}, "line": point.line, "digest": point.digest}


def text(result: dict[str, Any]) -> str:
    """What there is, what failed and how to see it again."""
    path, count = result["rows"], result["points"]
    if "list" in result:
        states = [row["state"] for row in result["list"]]
        shown = [f"{row['state']:7}  {row['line']}" for row in result["list"]]
        more = [f"... and {count - SHOWN} more; --json has all"] if count > SHOWN else []
        return "\n".join([*shown[:SHOWN], *more, ", ".join(_counted(count, states)) + f"; rows in {path}"])
    if "ran" not in result:
        older = result["of_other_sources"]
        made = [result[key] for key in ("parquet", "figure") if key in result]
        said = f"{', '.join(made)}: {result['drawn']} of {count} points"
        return said + (f", {older} of them by other sources than these" if older else "")
    lines = [f"{path}: {count} points, {result['ran']} run now"]
    for each in result["errors"][:5]:
        lines.append(f"failed at {each['points']}: {each['error']}  ({each['line']})")
    if len(result["errors"]) > 5:
        lines.append(f"... and {len(result['errors']) - 5} other errors; the rows have them")
    if result["errors"]:
        lines.append("--retry runs again what has failed")
    return "\n".join(lines)


def _counted(count: int, states: list[str]) -> list[str]:
    return [f"{count} points", *(f"{states.count(state)} {state}" for state in ("waiting", "done", "failed"))]
