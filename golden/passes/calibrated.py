"""The program of a system with formats chosen by a calibration run on typical inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from golden.errors import HelError
from golden.formats import Formats
from golden.lower import compile_system
from golden.passes.formats import infer
from golden.passes.real import Reach, calibrate
from golden.program import Program
from golden.systems.base import System

__all__ = ["calibrated"]


def calibrated(
    system: System,
    formats: Formats | None = None,
    *,
    inputs: ArrayLike | None = None,
    seeds: Sequence[int] = range(3),
    steps: int = 1000,
    margin: float = 2.0,
) -> Program:
    """`golden.lower.compile_system`, then each cut's format by what its value reached, `margin` times.

    One run a seed: theta = system.initial(seed), q0 and p0 normal with deviation 1/2, and inputs (T, ..., m) given
    or normal with deviation 1/2 over `steps` steps. Words hold parameters of initial's size: calibrate again
    for others.

    Raises
    ------
    HelError : what no format can hold, with the line of the potential and what to write instead.

    >>> from golden.systems import get
    >>> [str(op) for op in calibrated(get("springs", n=4), steps=100).ops if op.name in ("d", "d1")]
    ['d = cut C_x SQ(4, 14)', 'd1 = cut kc_d SQ(3, 15)']
    """
    if steps < 1 or not seeds:
        raise HelError(f"a calibration has at least one run of one step, got {len(seeds)} of {steps}; use more")
    program = compile_system(system, formats)
    reach: Reach = {}
    for seed in seeds:
        rng = np.random.default_rng([seed, 2])
        driven = rng.normal(0.0, 0.5, (steps, system.m)) if inputs is None else np.asarray(inputs, np.float64)
        q0, p0 = rng.normal(0.0, 0.5, (2, system.n))
        found = calibrate(program, system.initial(seed), driven, q0=q0, p0=p0)
        reach = {name: max(size, reach.get(name, 0.0)) for name, size in found.items()}
    return infer(program, reach, margin).verify()
