"""Random systems on both simulators, in batches: what a compiler that was written for twelve systems makes of hundreds.

A batch is a row of seeds in one size and one set of formats. With Verilator, whose compilations are slow, as many of a
batch as fit share an array (`testbench.reuse.together`); with Icarus each has an array of its own. Every system is
compared with golden word for word and with the cycle model at every clock (`testbench.verify`). Most have elements that
do not divide the neurons, so that pads are there to leak.

>>> sum(batch.count for batch in BATCHES if batch.simulator == "verilator")
320
>>> BATCHES[0].name, BATCHES[0].designs[0].command
('verilator-1000', 'random-1000 --neurons 4 --elements 2 --inputs 2 --step 2^-3')
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from rtl.design import Design
from testbench.reuse import array_for, together, verify_reuse

__all__ = ["BATCHES", "STEPS", "Batch", "run"]

W18 = Formats()
W16 = Formats(fraction_bits=12, operand_bits=16, integer_bits=5, log2_inverse_step=2)
W14 = Formats(fraction_bits=11, operand_bits=14, integer_bits=4, log2_inverse_step=2, g_cut=2, clip_log2=7)
STEPS = {"verilator": 2, "icarus": 1}
"""Forward and back, twice."""


@dataclass(frozen=True)
class Batch:
    """Seeds from `first` on, so many, each a system of N neurons and m inputs on P elements."""

    simulator: str
    first: int
    count: int
    neurons: int
    elements: int
    inputs: int
    formats: Formats = W18

    @property
    def name(self) -> str:
        """Simulator and first seed."""
        return f"{self.simulator}-{self.first}"

    @property
    def designs(self) -> list[Design]:
        """One a seed."""
        return [
            Design(
                f"random-{seed}",
                neurons=self.neurons,
                elements=self.elements,
                inputs=self.inputs,
                formats=self.formats,
            )
            for seed in range(self.first, self.first + self.count)
        ]


BATCHES = (
    Batch("verilator", 1000, 30, 4, 2, 2),
    Batch("verilator", 1030, 30, 5, 2, 1),
    Batch("verilator", 1060, 30, 4, 1, 1, W16),
    Batch("verilator", 1090, 30, 4, 3, 2, W16),
    Batch("verilator", 1120, 30, 5, 3, 2),
    Batch("verilator", 1150, 30, 6, 4, 1, W16),
    Batch("verilator", 1180, 30, 5, 1, 2),
    Batch("verilator", 1210, 30, 5, 4, 2, W14),
    Batch("verilator", 500, 30, 5, 2, 2),
    Batch("verilator", 530, 30, 7, 3, 1, W14),
    Batch("verilator", 560, 20, 4, 2, 1, W16),
    Batch("icarus", 1240, 10, 4, 2, 1, W16),
    Batch("icarus", 1250, 10, 3, 2, 1),
    Batch("icarus", 1260, 10, 4, 3, 1, W16),
    Batch("icarus", 1270, 10, 3, 1, 2),
)


def run(batch: Batch, notice: Callable[[str], None] | None = None) -> dict[str, Any]:
    """What a batch came to: systems, arrays, mismatches, first_mismatch, compared_words, compared_cycles, cycles,
    refused.

    `first_mismatch` is None, or a list of the system's name and what differs there (`testbench.mismatch`); `refused`
    has the reason by the name of each system that no array of this size runs.
    """
    groups: list[list[Design]] = []
    refused = {}
    for design in batch.designs:
        try:
            array_for([design])
        except HelError as error:
            refused[design.name] = str(error)
        else:
            groups.append([design])
    if batch.simulator == "verilator":
        groups = together([design for group in groups for design in group])
    reports: dict[str, dict[str, Any]] = {}
    for group in groups:
        reports |= verify_reuse(
            group,
            simulator=batch.simulator,
            steps=STEPS[batch.simulator],
            seed=batch.first,
            recorded=len(group),
            notice=notice,
        )
    sums = ("mismatches", "compared_words", "compared_cycles", "cycles")
    wrong = [[name, r["first_mismatch"]] for name, r in reports.items() if r["mismatches"]]
    return {
        "systems": len(reports),
        "arrays": len(groups),
        **{key: sum(int(report[key]) for report in reports.values()) for key in sums},
        "first_mismatch": wrong[0] if wrong else None,
        "refused": refused,
    }
