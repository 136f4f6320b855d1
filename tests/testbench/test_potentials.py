"""Potentials that users write, and the systems with tables, angles or masses: RTL against golden on both simulators.

The elements do not divide the neurons, so that every vector has a pad.
"""

from __future__ import annotations

import numpy as np
import pytest

import hel
from golden.errors import HelError
from golden.systems import System
from rtl.design import Design
from testbench import tools
from testbench.verify import verify
from tests.plain_potentials import PLAIN
from tests.potentials import RUN, Driven

pytestmark = pytest.mark.cosim

BUILT_IN = ("kuramoto", "josephson", "rotor", "sine_gordon", "toda", "morse", "lennard_jones", "henon_heiles", "horn")
SIZES = {"verilator": (8, 3, 4), "icarus": (4, 3, 1)}
"""Neurons, elements, steps."""


def run(made: type[System] | str, simulator: str) -> None:
    try:
        tools.find(simulator)
    except HelError as error:
        pytest.skip(str(error))
    neurons, elements, steps = SIZES[simulator]
    if isinstance(made, str):
        design = Design(made, neurons=neurons, elements=elements, inputs=2)
    else:
        design = Design(made(neurons, 2), elements=elements)
    found = verify(design, simulator=simulator, steps=steps, seed=neurons)
    print(found)
    assert found["mismatches"] == 0
    assert found["compared_words"] > 1000 and found["compared_cycles"] > 300
    assert found["cycles"] == found["cycles_predicted"] + found["stall_cycles"]


@pytest.mark.slow
@pytest.mark.parametrize("simulator", SIZES)
@pytest.mark.parametrize("system", BUILT_IN)
def test_systems_of_any_function(system: str, simulator: str) -> None:
    run(system, simulator)


@pytest.mark.slow
@pytest.mark.parametrize("simulator", SIZES)
@pytest.mark.parametrize("made", [*RUN, *PLAIN])
def test_potentials_of_users(made: type[System], simulator: str) -> None:
    run(made, simulator)


class Ripples(Driven):
    """Two functions whose slopes need all the segments there are, if one insists."""

    def own(self, q, k):
        sine, cosine = (
            hel.table(f, df=df, low=-1.0, high=3.0, error=8e-4)
            for f, df in (
                (lambda x: np.exp(-x) * np.sin(9 * x), lambda x: np.exp(-x) * (9 * np.cos(9 * x) - np.sin(9 * x))),
                (lambda x: np.exp(-x) * np.cos(9 * x), lambda x: -np.exp(-x) * (9 * np.sin(9 * x) + np.cos(9 * x))),
            )
        )
        return np.sum(k[1:] * (sine(q[1:] / 4) + cosine(q[:-1] / 4)))


def test_two_tables_of_an_error_asked_for_do_not_fit_and_that_is_said() -> None:
    """2049 words each, and parameters, of 4096; on more elements, too."""
    rule = "holds 4096 words, got [45][0-9]+: .*takes 2049, .*takes 2049.*; give a table a smaller range or an error"
    for elements in (3, 8):
        with pytest.raises(HelError, match=rule):
            Design(Ripples(8, 2), elements=elements).schedule  # noqa: B018
