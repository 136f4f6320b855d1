"""Damping in integers: how far a run returns without the lost bits, and what keeping them costs.

    python -m golden.studies.dissipation -o docs/results/dissipation.json --into docs/dissipation.md

The dense system, N = 16, four inputs, h = 1/8, the reference format; parameters `initial(seed)`, initial state and
inputs normal with deviation 1/2, seeds 0 to 4 side by side. Forward T steps, then back: once with the stack of bits,
once without. Rows are one loss 2^-d and one T each; a run adds those its file lacks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from golden import systems
from golden.arithmetic.contraction import BitStack
from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.computer.figures import pyplot
from golden.dynamics.damped_integrator import DampedIntegrator
from golden.dynamics.integrator import Integrator
from golden.errors import ended
from golden.studies.command import parser, table

__all__ = ["cases", "figure", "main", "measure", "render"]


NEURONS, INPUTS, SEEDS, SIZE = 16, 4, 5, 0.5
LOSSES = (4, 6, 8, 10)
STEPS = (1, 16, 64, 256, 1024, 4096)


def cases() -> Iterator[dict[str, Any]]:
    """Every loss at every length."""
    for log2_loss in LOSSES:
        for steps in STEPS:
            yield {"log2_loss": log2_loss, "steps": steps, "neurons": NEURONS, "seeds": SEEDS}


def measure(case: dict[str, Any]) -> dict[str, Any]:
    """One row.

    damping : g of the contraction
    return_error_lsb, return_error_without : largest difference of a word of q, p from its start, in its LSB: worst
        seed with the stack, median seed without
    bits_per_word_step : stored, measured; stated: 2^(2-d); information: -2 log2 c
    echo_bits, bptt_bits : of one sample: 2 n words and the stack; 2 n words a step (q's and p's own widths)
    """
    formats, steps, seeds = Formats(), case["steps"], range(case["seeds"])
    system = systems.get("dense", n=case["neurons"], m=INPUTS)
    theta = [system.initial(seed) for seed in seeds]
    words = {name: np.stack([formats.theta.raw(one[name]) for one in theta]) for name in system.parameters}
    damped = DampedIntegrator(Integrator(compile_system(system, formats), words), case["log2_loss"])
    starts = [np.random.default_rng([seed, 1]) for seed in seeds]
    q, p = (np.stack([word.raw(rng.normal(0, SIZE, system.n)) for rng in starts]) for word in (formats.q, formats.p))
    inputs = np.stack([formats.u.raw(rng.normal(0, SIZE, (steps, INPUTS))) for rng in starts], axis=1)
    bits = BitStack()
    end = damped.forward_many(q, p, inputs, bits)
    stored = len(bits)

    def away(back: tuple[Any, Any]) -> Any:
        return np.maximum(np.abs(back[0] - q).max(-1), np.abs(back[1] - p).max(-1))

    word_bits = system.n * (formats.q.width + formats.p.width)
    return {
        "damping": damped.damping,
        "return_error_lsb": int(away(damped.inverse_many(*end, inputs, bits)).max()),
        "return_error_without": float(np.median(away(damped.inverse_many(*end, inputs)))),
        "bits_per_word_step": stored / (steps * system.n * len(seeds)),
        "stated": damped.bits_per_step,
        "information": damped.information,
        "echo_bits": word_bits + stored / len(seeds),
        "bptt_bits": word_bits * steps,
    }


def render(rows: Sequence[dict[str, Any]]) -> str:
    """Two tables in Markdown: by loss, and by loss and length."""
    longest = {row["case"]["log2_loss"]: row for row in rows if row["case"]["steps"] == max(STEPS)}
    lines = [
        "",
        "| d | g | bits a word and step: measured | stated 2^(2-d) | least possible, -2 log2 c | "
        f"memory at T = {max(STEPS)}: echo with bits | BPTT | ratio |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for log2_loss, row in longest.items():
        memory = row["bptt_bits"] / row["echo_bits"]
        lines.append(
            f"| {log2_loss} | {row['damping']:.4f} | {row['bits_per_word_step']:.4f} | {row['stated']:.4f} | "
            f"{row['information']:.4f} | {row['echo_bits'] / 8192:.2f} KiB | {row['bptt_bits'] / 8192:.0f} KiB | "
            f"{memory:.0f} |"
        )
    lines += [
        "",
        "Return error in LSB, without the bits / with them:",
        "",
        "| d | " + " | ".join(f"T = {steps}" for steps in STEPS) + " |",
        "|---" * (len(STEPS) + 1) + "|",
    ]
    for log2_loss in LOSSES:
        found = {row["case"]["steps"]: row for row in rows if row["case"]["log2_loss"] == log2_loss}
        cells = [f"{found[t]['return_error_without']:.0f} / {found[t]['return_error_lsb']}" for t in STEPS]
        lines.append(f"| {log2_loss} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def figure(rows: Sequence[dict[str, Any]], path: Path) -> Path:
    """Return error without the bits, and memory, over T; writes a PNG. Needs matplotlib."""
    plt = pyplot()
    image, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for log2_loss in LOSSES:
        chosen = sorted(
            (row for row in rows if row["case"]["log2_loss"] == log2_loss), key=lambda row: row["case"]["steps"]
        )
        steps = [row["case"]["steps"] for row in chosen]
        (line,) = left.loglog(steps, [row["return_error_without"] for row in chosen], "o-", label=f"d = {log2_loss}")
        right.loglog(steps, [row["echo_bits"] / 8 for row in chosen], "o-", color=line.get_color())
    right.loglog(steps, [row["bptt_bits"] / 8 for row in chosen], "k--", label="BPTT: the trajectory")
    right.loglog([], [], "k-", label="echo: state and bits")
    left.set(xlabel="T, steps", ylabel="LSB", title="return error without the bits (with them: 0)")
    right.set(xlabel="T, steps", ylabel="bytes a sample", title=f"memory, N = {NEURONS}")
    left.legend()
    right.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    image.savefig(path, dpi=120)
    plt.close(image)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    made = parser("dissipation", __doc__)
    made.add_argument("--figure", type=Path, help="a PNG file (needs matplotlib)")
    options = made.parse_args(arguments)
    rows = table("dissipation", options, cases(), measure, render)
    if options.figure:
        figure(rows, options.figure)
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
