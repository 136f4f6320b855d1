"""Measures what the toolchain makes of every system and writes docs/systems.md: `python -m hel.pages.systems_page`.

Three steps a system, and then the page: `gradcheck` (seconds), `verify` on both simulators (a minute or two), `build`
(minutes). A verify or a build whose result is there for the present RTL is skipped, so an interrupted run goes on where
it was. Cycles are not kept: the compiler says them while the page is written.

    python -m hel.pages.systems_page                        # whatever is missing, then the page
    python -m hel.pages.systems_page --only page            # only the page, from what is there
    python -m hel.pages.systems_page pendulum --only build --force
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bitstreams.estimate import estimate
from golden import systems
from golden.errors import HelError
from hel.commands.gradcheck import power
from hel.commands.systems import describe, range_text
from hel.output import Progress, write_whole
from hel.pages import random_systems
from hel.pages.range_reasons import reason
from hel.pages.results_page import fill
from hel.pages.systems_results import (
    BUILT,
    LARGE,
    NAMES,
    SEED,
    SIMULATORS,
    SMALL,
    STEPS,
    VERIFIED_STEPS,
    Results,
    Size,
    build_command,
    schedule,
    verify_command,
)
from rtl.hls import Geometry
from rtl.verilog import cycle_figures
from testbench.random_systems import STEPS as STEPS_EACH

__all__ = ["PAGE", "main", "measure", "tables"]

PAGE = Path("docs/systems.md")
ACTIONS = ("gradcheck", "verify", "build", "page")
CELLS = {"lut": "LUT", "ff": "FF", "dsp": "DSP", "bram": "block RAM"}


def tables(results: Results) -> list[list[str]]:
    """What stands between the page's markers: formulas, ranges, gradients, co-simulations, cycles, builds."""
    checks, random = results.checks, random_systems.kept(results.root)
    return [
        _formulas(),
        _ranges(),
        _gradients(checks),
        _verified(checks),
        _random(random),
        _cycles(),
        *_builds(results.builds),
    ]


def _formulas() -> list[str]:
    rows = []
    for name in NAMES:
        found = describe(name, SMALL.neurons, SMALL.inputs)
        formula = found["summary"].rstrip(".").replace("; `terms` says which", "")
        system = systems.get(name, n=SMALL.neurons, m=SMALL.inputs)
        if isinstance(system, systems.Random):
            formula += f": {', '.join(system.terms)}"
        shapes = ", ".join(f"{key} {'x'.join(map(str, shape))}" for key, shape in found["parameters"].items())
        rows.append([name, f"`{formula}`", shapes, ", ".join(found["tables"]) or "none"])
    heading = f"The potentials (shapes for N = {SMALL.neurons} positions, m = {SMALL.inputs} inputs)"
    note = "What `hel systems` prints. Functions without a product form are looked up in tables."
    return _section(heading, note, ["potential", "parameters", "functions in the force"], rows)


def _ranges() -> list[str]:
    rows = []
    for name in NAMES:
        if systems.is_random(name):
            continue
        declared = describe(name, SMALL.neurons, SMALL.inputs)["ranges"]
        rows.append([name, range_text(declared) or "none", reason(systems.SYSTEMS[name])])
    note = (
        "What every update keeps these parameters to, in golden and in the array, without a flag"
        " ([numerics.md](numerics.md), section 5). Those that are not named go from -2 to 2."
    )
    return _section("Ranges", note, ["ranges", "why"], rows)


def _gradients(checks: Mapping[str, Any]) -> list[str]:
    rows = []
    for name in NAMES:
        found = checks.get(name, {}).get("gradcheck", {})
        row = [name]
        for steps in STEPS:
            for key in ("cosine_float", "cosine_fixed"):
                row.append(f"{max(0.0, 1 - found[str(steps)][key]):.0e}" if str(steps) in found else "")
            row.append(power(found[str(steps)]["eps"]) if str(steps) in found else "")
        rows.append([*row, str(max((each["return_error_lsb"] for each in found.values()), default=""))])
    kinds = ("1 - cosine, float64", "1 - cosine, fixed", "eps")
    columns = [f"{kind}, T = {steps}" for steps in STEPS for kind in kinds]
    note = (
        f"`hel gradcheck SYSTEM --neurons {SMALL.neurons} --inputs {SMALL.inputs} --steps T --seed {SEED}`: the angle"
        " between the echo's gradient of all parameters and that of back-propagation, at the eps that is best in fixed"
        " point. Float has the error of that eps alone, fixed that of the words too. Where both are large the motion is"
        " chaotic: lower h or T."
        " The return error is the largest difference of a state word after an echo without nudge: 0 is exact."
    )
    return _section("The gradient", note, [*columns, "return error, LSB"], rows)


def _verified(checks: Mapping[str, Any]) -> list[str]:
    rows = []
    for name in NAMES:
        row = [name]
        for simulator in SIMULATORS:
            r = checks.get(name, {}).get("verify", {}).get(simulator)
            row += [str(r[key]) if r else "" for key in ("mismatches", "compared_words", "compared_cycles")]
        rows.append(row)
    columns = [
        f"{name}: {what}" for name in ("Verilator", "Icarus") for what in ("mismatches", "words", "clock cycles")
    ]
    note = (
        f"`{verify_command('SYSTEM', 'X')}`: forward, nudged echo, update, forward and echo again, with random words"
        " and stalls. Words: states, gradients, parameters after every step, and every register of every element at"
        " every one of the clock cycles; all must be equal."
    )
    return _section(f"RTL against golden ({_of(SMALL)}, T = {VERIFIED_STEPS})", note, columns, rows)


def _random(batches: Mapping[str, Any]) -> list[str]:
    columns = ["simulator", "N", "P", "m", "w", "systems", "arrays", "mismatches", "words", "clock cycles"]
    refused = sum(len(result["refused"]) for result in batches.values())
    note = (
        f"`{random_systems.COMMAND}`: as above, in {STEPS_EACH['verilator']} steps on Verilator, where an"
        f" array runs as many as fit on it, and {STEPS_EACH['icarus']} on Icarus, each on its own."
        " Seeds from 1000 on draw from the whole language. Where elements do not divide the neurons, vectors have pads."
        + (f" {refused} are refused, with the reasons that {random_systems.KEPT} keeps." if refused else "")
    )
    return _section("Random systems, RTL against golden", note, columns, random_systems.rows(batches))


def _cycles() -> list[str]:
    rows = []
    for name in NAMES:
        row = [name]
        for size in (SMALL, LARGE):
            found = cycle_figures(schedule(name, size))
            for key, which in (("cycles_per_step", "forward"), ("cycles_per_echo_step", "echo")):
                row += [str(found[key]), f"{found['busy'][which]:.2f}"]
            row.append(str(found["cycles_per_update"]))
        rows.append(row)
    columns = [
        f"N = {size.neurons}: {what}"
        for size in (SMALL, LARGE)
        for what in ("forward step", "busy", "echo step", "busy", "update")
    ]
    heading = f"Cycles ({_of(SMALL)}; and {_of(LARGE)})"
    note = (
        "Clock cycles of a forward step, of a step of the twin echo (two trajectories and the gradient), and of an"
        " update of all parameters. Busy: useful products over multiplier cycles, two multipliers an element."
    )
    return _section(heading, note, columns, rows)


def _builds(builds: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    if not builds:
        return []
    rows = []
    for name, r in builds.items():
        row, today = [name], asdict(estimate(Geometry.read(r["geometry"])))
        for cell in CELLS:
            predicted, placed = today[cell], r[cell]
            share = f" ({100 * (predicted - placed) / placed:+.1f} %)" if cell in ("lut", "ff") else ""
            row.append(f"{predicted} / {placed}{share}")
        rows.append([*row, f"{r['fmax_hz'] / 1e6:.0f} MHz"])
    one = next(iter(builds.values()))
    columns = [f"{name}: predicted / placed" for name in CELLS.values()]
    missing = [name for name in NAMES if name not in builds and not systems.is_random(name)]
    note = (
        f"`{build_command('SYSTEM')}`: bitstream for the {one['board']}, {_of(BUILT)}. Predicted is what"
        " `bitstreams.estimate` says before any tool runs (`hel rtl --explain`), placed what nextpnr counted."
        f" The tools were asked for {one['clock_hz'] / 1e6:g} MHz; Fmax is what they reached with that seed."
        " The reports, with the tools' versions, are bitstreams/results/systems/*.json."
    )
    lines = _section("Builds", note, [*columns, "Fmax"], rows)
    return [lines, [f"Not built yet: {', '.join(missing)}."]] if missing else [lines]


def _of(size: Size) -> str:
    return f"N = {size.neurons}, P = {size.elements}, m = {size.inputs}"


def _section(heading: str, note: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A heading, what the table says, and the table, a row a system."""
    cells = [["system", *columns], ["---"] * (1 + len(columns)), *rows]
    return [f"## {heading}", "", note, "", *(f"| {' | '.join(row)} |" for row in cells)]


def measure(results: Results, names: Sequence[str], actions: Sequence[str], force: bool) -> list[str]:
    """Takes every action for every system; a system that fails does not stop the others. Returns what failed."""
    steps = [(action, name) for action in actions for name in names]
    # Random potentials stand for any other in the checks; a board is built for the systems with a name.
    steps = [(action, name) for action, name in steps if action != "build" or not systems.is_random(name)]
    progress, failures = Progress(0), []
    for k, (action, name) in enumerate(steps):
        progress(k, len(steps), f"{action} {name}")
        work = getattr(results, action)
        try:
            said = work(name) if action == "gradcheck" else work(name, force)
        except HelError as error:
            said = f"failed: {error}"
            failures.append(f"{action} {name}: {error}")
        progress.line(f"{action} {name}: {said}")
    return failures


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write the page; exit code 1 if something failed, or with --check if the page is not up to date."""
    summary, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        prog="python -m hel.pages.systems_page",
        description=summary,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("systems", nargs="*", metavar="SYSTEM", help=f"default: {' '.join(NAMES)}")
    parser.add_argument("--only", action="append", choices=ACTIONS, help="one step, may be repeated; default: all")
    parser.add_argument("--force", action="store_true", help="measure again what is there")
    parser.add_argument("--check", action="store_true", help="measure and write nothing, compare the page")
    options = parser.parse_args(argv)
    unknown = [name for name in options.systems if name not in NAMES]
    if unknown:
        parser.error(f"the page has {', '.join(NAMES)}, not {unknown[0]}")
    results = Results()
    if options.check:
        old = PAGE.read_text(encoding="utf-8")
        return int(fill(old, tables(results)) != old)
    chosen = [action for action in ACTIONS[:-1] if action in (options.only or ACTIONS)]
    try:
        failures = measure(results, options.systems or NAMES, chosen, options.force)
    finally:
        # Read now: another run may have added a build, or edited the prose, in the meantime.
        write_whole({PAGE: fill(PAGE.read_text(encoding="utf-8"), tables(Results()))})
    for line in failures:
        print(line, file=sys.stderr)
    return int(bool(failures))


if __name__ == "__main__":
    from hel.__main__ import guarded

    sys.exit(guarded(main))
