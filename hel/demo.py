"""`make demo`: the RTL learns digits under Verilator, bit-equal to the golden model; then the ULX3S-85F bitstream.

    python -m hel.demo [-o build/demo] [--skip-build]

Writes learning_curve.png, trajectories.png and the build's products below the output folder, prints what it measured.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from hel import figures
from hel.commands import build, train
from hel.output import Progress
from hel.parse import Parser, integer

__all__ = ["main"]

NEURONS, ELEMENTS, EPOCHS = 32, 16, 4


def main(argv: list[str] | None = None) -> int:
    """Entry point; user errors are one line, as for `hel`."""
    from hel.__main__ import guarded

    return guarded(lambda: _main(argv))


def _main(argv: list[str] | None) -> int:
    parser = Parser(prog="python -m hel.demo", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=Path("build/demo"), help="folder; default: build/demo")
    parser.add_argument("--epochs", type=integer(1, 100), default=EPOCHS, help=f"default: {EPOCHS}")
    parser.add_argument("--samples", type=integer(10), default=None, help="train on the first so many only")
    parser.add_argument("--skip-build", action="store_true", help="leave out the bitstream")
    args = parser.parse_args(argv)
    progress = Progress(interval_s=15.0)

    progress.line(f"1. dense, N = {NEURONS}, learns digits in the RTL under Verilator, golden in step")
    result = learn(args, progress)
    progress.close()
    print(train.text(result))
    print(figures.learning_curve(result, args.output / "learning_curve.png"))
    print(draw(args, result))
    if args.skip_build:
        return 0
    progress.line(f"2. the bitstream for ULX3S-85F, P = {ELEMENTS}, N = {NEURONS}")
    report = make_bitstream(args)
    print(build.text(report))
    steps = result["training"].task.steps
    print(f"{gradients_per_s(report, steps):.0f} gradients/s (T = {steps}: forward, twin echo and update)")
    return 0


def learn(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """The RTL run, with golden in step."""
    from testbench.cosim.train_rtl import run

    result: dict[str, Any] = run(
        "digits", "dense", neurons=NEURONS, elements=ELEMENTS, simulator="verilator", epochs=args.epochs, seed=0,
        samples=args.samples, validation=False, progress=progress,
    )  # fmt: skip
    return result


def draw(args: argparse.Namespace, result: dict[str, Any]) -> Path:
    """Trajectories of a test sample at the words the RTL has learnt."""
    return figures.trajectories(result["training"], result["parameters"], args.output / "trajectories.png")


def make_bitstream(args: argparse.Namespace) -> dict[str, Any]:
    """`hel build`, into the demo's folder."""
    from hel.__main__ import parsed

    argv = ["dense", "--neurons", str(NEURONS), "--elements", str(ELEMENTS), "-o", str(args.output)]
    return dict(build.run(parsed("build", build, argv)))


def gradients_per_s(report: dict[str, Any], steps: int) -> float:
    """Gradients a second of one array at the build's clock: T forward steps, T echo steps and an update each."""
    cycles = steps * (report["cycles_per_step"] + report["cycles_per_echo_step"]) + report["cycles_per_update"]
    return float(report["clock_hz"] / cycles)


if __name__ == "__main__":
    sys.exit(main())
