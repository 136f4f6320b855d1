"""Errors put into the RTL on purpose: what a mismatch looks like, and that the comparison finds one.

A mutant inverts the lowest bit of one word on its way into the last element. Golden, the cycle model and the schedule
know nothing of it.

>>> sorted(MUTANTS)
['host', 'input', 'lane0', 'lane1', 'sum0', 'sum1']
"""

from __future__ import annotations

import re

from golden.errors import HelError

__all__ = ["MUTANTS", "known", "mutated"]

MUTANTS = {
    "lane0": ("x0_i", "a word that rotates, of lane 0"),
    "lane1": ("x1_i", "a word that rotates, of lane 1"),
    "sum0": ("acc0_i", "a partial sum that travels, of lane 0"),
    "sum1": ("acc1_i", "a partial sum that travels, of lane 1"),
    "input": ("imm", "the word that is broadcast with the control word: an input, or a load"),
    "host": ("io_i", "a word of the host chain"),
}
"""Name -> (port of the element, what comes through it)."""


def known(mutant: str) -> str:
    """`mutant`, if there is one of that name; else raises HelError."""
    if mutant not in MUTANTS:
        raise HelError(
            f"a mutant of the RTL is one of {', '.join(sorted(MUTANTS))}, got {mutant!r}; choose one of them"
        )
    return mutant


def mutated(verilog: str, mutant: str, elements: int) -> str:
    """The array's Verilog with the error in it."""
    port = MUTANTS[known(mutant)][0]
    instance = re.search(rf"hel_element element{elements - 1} \(.*?\);", verilog, re.S)
    assert instance is not None
    changed, count = re.subn(rf"(\.{port}\()([^()]*)\)", r"\1(\2) ^ 1'b1)", instance[0])
    assert count == 1, port
    return verilog[: instance.start()] + changed + verilog[instance.end() :]
