"""`make demo`: the RTL learns digits under Verilator, bit-equal to the golden model; then the ULX3S-85F bitstream.

    python -m hel.pages.demo [-o build/demo] [--skip-build]

Writes learning_curve.png, trajectories.png and the build's products below the output folder, prints what it measured.
The build runs beside the training: one core each.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from golden.errors import HelError, ended
from hel.arguments import Parser, integer
from hel.commands import build, train
from hel.figures import learning
from hel.output import Progress

__all__ = ["main"]

NEURONS, ELEMENTS, EPOCHS = 32, 8, 3


def main(argv: list[str] | None = None) -> int:
    """Entry point; user errors are one line, as for `hel`."""
    from hel.__main__ import guarded

    return guarded(lambda: _main(argv))


def _main(argv: list[str] | None) -> int:
    parser = Parser(prog="python -m hel.pages.demo", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=Path("build/demo"), help="folder; default: build/demo")
    parser.add_argument("--epochs", type=integer(1, 100), default=EPOCHS, help=f"default: {EPOCHS}")
    parser.add_argument("--samples", type=integer(10), default=None, help="train on the first so many only")
    parser.add_argument("--skip-build", action="store_true", help="leave out the bitstream")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress; errors and results still")
    args = parser.parse_args(argv)
    with Progress(interval_s=15.0, quiet=args.quiet, unit="samples") as progress:
        return _demonstrated(args, progress)


def _demonstrated(args: argparse.Namespace, progress: Progress) -> int:
    building = None if args.skip_build else start_build(args, progress)
    try:
        progress.line(f"dense, N = {NEURONS}, P = {ELEMENTS}, learns digits in the RTL under Verilator, golden in step")
        result = learn(args, progress)
    except BaseException:
        if building is not None:
            building.terminate()
            building.communicate()  # it ends its programs and removes what is half made
        raise
    progress.close()
    print(train.text(result))
    print(learning.learning_curve(result, args.output / "learning_curve.png"))
    print(draw(args, result))
    if building is None:
        return 0
    report = finish_build(building, progress)
    print(build.text(report))
    steps = result["training"].task.steps
    print(f"{gradients_per_s(report, steps):.0f} gradients/s (T = {steps}: forward, twin echo and update)")
    return 0


def learn(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """The RTL run, with golden in step."""
    from testbench.train_rtl import train_rtl

    result: dict[str, Any] = train_rtl(
        "digits", "dense", neurons=NEURONS, elements=ELEMENTS, simulator="verilator", epochs=args.epochs, seed=0,
        samples=args.samples, validation=False, progress=progress,
    )  # fmt: skip
    return result


def draw(args: argparse.Namespace, result: dict[str, Any]) -> Path:
    """Trajectories of a test sample at the words the RTL has learnt."""
    return learning.trajectories(result["training"], result["parameters"], args.output / "trajectories.png")


def start_build(args: argparse.Namespace, progress: Progress) -> subprocess.Popen[str]:
    """`hel build` in a process of its own; its words go to build.log."""
    args.output.mkdir(parents=True, exist_ok=True)
    progress.line(f"beside it: the bitstream for ULX3S-85F, P = {ELEMENTS} (progress in {args.output / 'build.log'})")
    command = [sys.executable, "-m", "hel", "build", "dense", "--json", "-o", str(args.output)]
    command += ["--neurons", str(NEURONS), "--elements", str(ELEMENTS), "--inputs", "8", "--step", "2^-2"]
    with open(args.output / "build.log", "wb") as log:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, encoding="utf-8", errors="replace")


def finish_build(building: subprocess.Popen[str], progress: Progress) -> dict[str, Any]:
    """Its report, when it is done."""
    if building.poll() is None:
        progress.line("the array has learnt; place and route is still at work")
    answer, _ = building.communicate()
    if building.returncode:
        raise HelError(f"the build ended with exit code {building.returncode}; build.log says why")
    return dict(json.loads(answer))


def gradients_per_s(report: dict[str, Any], steps: int) -> float:
    """Gradients a second of one array at the build's clock: T forward steps, T echo steps and an update each."""
    cycles = steps * (report["cycles_per_step"] + report["cycles_per_echo_step"]) + report["cycles_per_update"]
    return float(report["clock_hz"] / cycles)


if __name__ == "__main__":
    sys.exit(ended(main))
