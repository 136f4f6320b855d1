"""Measure how fast learning is, and what memory it takes, side by side with what one would use instead: JAX.

One setting for all: digits as sequences of T steps (h T = 8), a system of N neurons, ten classes, clipped descent; a
sample is its forward pass, its gradient and the update of system and readout. Golden is exact integers at batch 1,
compiled (one thread, or one a seed) and in NumPy. JAX is float32, by the echo and by BPTT, one sample at a time (in one
jitted scan, and as a call from Python for each) and in batches, with all threads that it takes; with a GPU, where JAX
finds one, beside. All take turns in one run; figures are medians of the rounds, CPU seconds are those of all threads.
Time to compile is left out: seconds for golden and for JAX, once a program.

speed is N = 32, 64, 128 at T = 32 and 1000; growth is more N and T; memory is the peak of a fresh process over T.
With --out rows are kept as they come, in DIR/bench.json: the same command goes on after an interruption. Without JAX
(`pip install 'hel-fpga[jax]'`) golden runs alone.

example:
  hel bench --quick                          # small sizes, to see that it runs: its figures mean nothing
  hel bench --out bench                      # ten minutes; bench.json, bench.md, bench.png
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hel.arguments import UsageError
from hel.bench.plan import PARTS, cases, plan
from hel.options import checked_system
from hel.output import Progress, table, takes_files, write_whole

COLUMNS = ["what", "neurons", "steps", "who", "samples/s", "CPU ms", "processors", "behind", "MB"]


def arguments(parser: argparse.ArgumentParser) -> None:
    """What, how much, where to."""
    parser.add_argument(
        "--system", default="dense", metavar="S", help="a system that trains on digits, see `hel train`; default: dense"
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="small sizes and short turns, to see that it runs")
    parser.add_argument("--out", type=Path, metavar="DIR", help="a folder for bench.json, bench.md and bench.png")
    parser.add_argument("--anew", action="store_true", help="measure again what DIR/bench.json has already")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `hel.bench`."""
    from golden.peers.extra import installed
    from golden.training.sequences import TRAINABLE

    checked_system(args.system, TRAINABLE, "trained on digits")
    if args.anew and args.out is None:
        raise UsageError("--anew is of the rows that a folder has, got no --out; add --out DIR")
    if args.out is not None:
        from hel.figures import canvas

        _folder(args.out)
        canvas.checked(args.out / "bench.png", "--out")
    from hel.bench.document import Document, machine
    from hel.bench.run import measure

    with Progress(quiet=args.quiet) as progress:
        with_jax = installed()
        if not with_jax:
            progress.line("JAX is not installed, golden runs alone; pip install 'hel-fpga[jax]' for its peers")
        document = Document(args.out, args.made_by["line"], machine(_devices(with_jax)), anew=args.anew)
        if document.dropped:
            progress.line(f"{document.path}: {document.dropped} rows of another machine or version are dropped")
        asked = cases(plan(args.quick), tuple(args.only or PARTS), args.system, with_jax)
        measure(document, plan(args.quick), asked, progress)
    rows = document.rows(asked)
    result = {"rows": rows, "machine": document.found["machine"], "with_jax": with_jax}
    return result | (_written(args.out, document, rows) if args.out else {})


def _devices(with_jax: bool) -> list[str]:
    if not with_jax:
        return []
    from hel.bench.jax_contestants import devices

    return [f"{kind} ({device.device_kind})" for kind, device in devices().items()]


def _folder(path: Path) -> None:
    """Makes it, if it is not there."""
    if path.exists() and not path.is_dir():
        raise UsageError(f"--out must name a folder, '{path}' is none; choose another")
    path.mkdir(parents=True, exist_ok=True)
    if refused := takes_files(path / "bench.json"):
        raise UsageError(f"--out must name a folder that can be written, not '{path}' ({refused}); choose another")


def _written(folder: Path, document: Any, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Markdown and figure beside the rows."""
    from hel.bench.tables import markdown
    from hel.figures.bench import bench

    here = document.found["machine"]
    title = f"hel bench: {rows[0]['system']}, {here['processors']} x {here['processor']}"
    write_whole({folder / "bench.md": markdown(document.found, rows) + "\n"})
    return {"out": str(folder), "figure": str(bench(rows, folder / "bench.png", title))}


def text(result: dict[str, Any]) -> str:
    """A line for each, and where a peer wins."""
    from hel.bench.tables import compact, named, peers_that_win

    lines = []
    for row in result["rows"]:
        line = {key: row[key] for key in ("what", "neurons", "steps")}
        if row["what"] == "memory":
            grown = (row["peak_bytes"] - row["before_bytes"]) / 1e6
            line |= {"who": f"{row['who']}, {row['samples']} samples", "MB": f"+{grown:.1f}"}
        else:
            line |= {
                "who": named(row),
                "samples/s": compact(row["samples_per_s"]),
                "CPU ms": compact(1e3 * row["cpu_s"]),
            }
            line |= {"processors": f"{row['processors']:.1f}", "behind": f"{compact(row['behind'])} x"}
        lines.append({column: line.get(column, "") for column in COLUMNS})
    words = "CPU ms: of a sample, all threads. behind: how many times as fast the first line of its size is."
    made = [f"{result['out']}: bench.json, bench.md, bench.png"] if "out" in result else []
    return "\n".join([table(lines), words, *peers_that_win(result["rows"]), *made])
