"""Scheduled arrays and random words for the tests of rtl/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from golden import systems
from golden.arithmetic.formats import SQ, Formats
from golden.compiler import compile_system
from golden.program import Program
from rtl.hls import Schedule, compile_array

SYSTEMS = ("linear", "hru", "dense", "springs")
REFERENCE = Formats()
NARROW = Formats(fraction_bits=12, operand_bits=16, log2_inverse_step=2)
SMALL = Formats(fraction_bits=10, operand_bits=12, integer_bits=3, log2_inverse_step=1, g_cut=2, clip_log2=6)
FORMATS = {"reference": REFERENCE, "w16": NARROW, "w12": SMALL}

EVERYTHING = """
program own n=4 m=4
parameter a [4]
parameter M [4, 4]
constant D [4, 4] +1[0:3]=65536
constant c [4] [0:4]=-32768
x = cut q SQ(5, 13)
arg = matvec D x
zt = round floor arg 11
s = table tanh zt
a_s = mul a s
twice = scale a_s 1
back = matvec_t D s
D_u = matvec D u
M_u = matvec M u
Mt_x = matvec_t M x
c_one = mul c one
x_s = mul x s
F = sum + twice << 1 - back + D_u << 4 + M_u << 4 + Mt_x << 4 + c_one << 4 + x_s << 3
K = round half_up F 20
kick K
gradient a = mul x s, mul x x scale -2**-1
gradient M = outer x u, outer s x
"""
"""A program, wiring and all, in which every way of using an operand occurs; four neurons, four inputs."""

Words = npt.NDArray[np.int64]
Sizes = tuple[int, int, int]
"""Neurons, elements, inputs."""


def of_every_system(sizes: Sequence[Sizes]) -> list[tuple[str, Sizes]]:
    """Systems and sizes, without those that a system refuses."""
    return [(name, size) for name in SYSTEMS for size in sizes if not (name == "springs" and size[0] < 2)]


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

    theta = {name: words(f.theta, shape) for name, shape in program.parameters}
    for name in program.symmetric:
        theta[name] = np.triu(theta[name]) + np.triu(theta[name], 1).T
    return Case(
        theta,
        words(f.q, (program.n,), scale),
        words(f.p, (program.n,), scale),
        words(f.u, (steps, program.m), 0.25),
        words(f.p, (steps, program.n), scale / 16),
    )
