"""Scheduled arrays and random words for the tests of rtl/."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from golden import systems
from golden.formats import SQ, Formats
from golden.lower import compile_system
from golden.program import Program
from rtl.hls import Schedule, compile_array

SYSTEMS = ("linear", "hru", "dense")
REFERENCE = Formats()
NARROW = Formats(fraction_bits=12, operand_bits=16, log2_inverse_step=2)
SMALL = Formats(fraction_bits=10, operand_bits=12, integer_bits=3, log2_inverse_step=1, g_cut=2, clip_log2=6)
FORMATS = {"reference": REFERENCE, "w16": NARROW, "w12": SMALL}

Words = npt.NDArray[np.int64]


@cache
def program(system: str, neurons: int, inputs: int, formats: Formats = REFERENCE) -> Program:
    return compile_system(systems.get(system, n=neurons, m=inputs), formats)


@cache
def scheduled(system: str, neurons: int, elements: int, inputs: int, formats: Formats = REFERENCE) -> Schedule:
    return compile_array(program(system, neurons, inputs, formats), elements=elements)


@dataclass(frozen=True)
class Case:
    """Words of one random run: theta by name, q and p (N,), u (T, m), nudges e (T, N)."""

    theta: dict[str, Words]
    q: Words
    p: Words
    u: Words
    e: Words


def random_case(program: Program, *, steps: int, seed: int, scale: float) -> Case:
    """Parameters over their whole range; q, p and nudges over `scale` of theirs (1: words that wrap at once)."""
    random, f = np.random.default_rng(seed), program.formats

    def words(word: SQ, shape: tuple[int, ...], part: float = 1.0) -> Words:
        return np.rint(random.uniform(word.low, word.high, shape) * part).astype(np.int64)

    return Case(
        {name: words(f.theta, shape) for name, shape in program.parameters},
        words(f.q, (program.n,), scale),
        words(f.p, (program.n,), scale),
        words(f.u, (steps, program.m), 0.25),
        words(f.p, (steps, program.n), scale / 16),
    )
