"""Co-simulates 300 random systems on Verilator and 40 on Icarus: `python -m hel.pages.random_systems`.

The batches are those of `testbench.random_systems`. Each is kept in docs/results/random_systems.json when it is done,
so an interrupted run goes on where it was; docs/systems.md has the table (`python -m hel.pages.systems_page --only
page`).

    python -m hel.pages.random_systems                       # whatever is missing; an hour
    python -m hel.pages.random_systems icarus-1240 --force   # one batch, again
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hel.output import Progress, write_whole
from testbench.random_systems import BATCHES, STEPS, Batch, run

__all__ = ["COMMAND", "KEPT", "kept", "main", "rows"]

KEPT = Path("docs/results/random_systems.json")
COMMAND = "python -m hel.pages.random_systems"


def kept(root: Path = Path()) -> dict[str, dict[str, Any]]:
    """The results there are, by the batch's name."""
    file = root / KEPT
    return dict(json.loads(file.read_text(encoding="utf-8"))["batches"]) if file.exists() else {}


def rows(results: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """A row a batch, and one of the sums for each simulator."""
    found = []
    for simulator in STEPS:
        done = [batch for batch in BATCHES if batch.simulator == simulator and batch.name in results]
        for batch in done:
            seeds = f"random-{batch.first} to {batch.first + batch.count - 1}"
            sizes = (batch.neurons, batch.elements, batch.inputs, batch.formats.operand_bits)
            found.append([seeds, simulator, *map(str, sizes), *_figures([results[batch.name]])])
        if done:
            found.append(["all", simulator, "", "", "", "", *_figures([results[batch.name] for batch in done])])
    return found


def _figures(results: Sequence[Mapping[str, Any]]) -> list[str]:
    keys = ("systems", "arrays", "mismatches", "compared_words", "compared_cycles")
    return [str(sum(result[key] for result in results)) for key in keys]


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is missing; exit code 1 if a word differs."""
    summary, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        prog=COMMAND, description=summary, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [batch.name for batch in BATCHES]
    parser.add_argument("batches", nargs="*", metavar="BATCH", help=f"default: {' '.join(names)}")
    parser.add_argument("--force", action="store_true", help="run again what is there")
    options = parser.parse_args(argv)
    unknown = [name for name in options.batches if name not in names]
    if unknown:
        parser.error(f"the batches are {', '.join(names)}, not {unknown[0]}")
    chosen = [batch for batch in BATCHES if batch.name in (options.batches or names)]
    progress, wrong = Progress(0), 0
    for k, batch in enumerate(chosen):
        progress(k, len(chosen), batch.name)
        if batch.name in kept() and not options.force:
            progress.line(f"{batch.name}: kept")
            continue
        result = run(batch)
        _keep(batch, result)
        wrong += result["mismatches"]
        progress.line(f"{batch.name}: {result['mismatches']} mismatches in {result['systems']} systems")
        if result["first_mismatch"] is not None:
            progress.line(f"{batch.name}: first in {result['first_mismatch']}")
    return int(bool(wrong))


def _keep(batch: Batch, result: Mapping[str, Any]) -> None:
    # Read now: another run may have added a batch in the meantime.
    results = kept() | {batch.name: dict(result)}
    ordered = {each.name: results[each.name] for each in BATCHES if each.name in results}
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    write_whole({KEPT: json.dumps({"command": COMMAND, "batches": ordered}, indent=1) + "\n"})


if __name__ == "__main__":
    from hel.__main__ import guarded

    sys.exit(guarded(main))
