"""Angles beside positions in the RTL: one element makes x and t of its words, and every clock is the cycle model's."""

from __future__ import annotations

from pathlib import Path

import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.systems import get
from rtl.design import Design
from rtl.hls import Geometry, compile_array
from testbench.verify import verify
from tests.golden.dynamics.turn_cases import Wells, both_operands
from tests.testbench.test_tables import REFERENCE, W8, W12, need, right, run, run_together

pytestmark = pytest.mark.cosim

CLUTCH = '''
import numpy as np
from hel import System


class Clutch(System):
    """Two rotors on the shaft of an oscillator, driven."""

    angles = [0, 1]

    @property
    def parameters(self):
        return {"a": (2,), "c": (2,), "k": (self.n - 2,)}

    def potential(self, q, u, theta):
        rotors = np.sum(theta["a"] * np.cos(q[:2])) + q[2] * np.sum(theta["c"] * np.sin(q[:2]))
        return np.sum(theta["k"] * q[2:] ** 2) / 2 - rotors - u[0] * q[2] - u[1] * q[0]
'''


WRAPPING_SEED = 11
"""Its first states fill their words."""
ON_BOTH = pytest.mark.parametrize("simulator", ["verilator", pytest.param("icarus", marks=pytest.mark.slow)])


@ON_BOTH
def test_rotors_on_a_shaft_from_a_users_file(simulator: str, tmp_path: Path) -> None:
    """As `hel verify clutch.py`: forward, echo and update; words wrap, and an echo without nudge misses nothing."""
    need(simulator)
    path = tmp_path / "clutch.py"
    path.write_text(CLUTCH)
    design = Design(str(path), neurons=4, elements=2, inputs=2)
    found = right(verify(design, simulator=simulator, steps=4, seed=WRAPPING_SEED))
    assert "q_overflow" in found["flags"] and found["trajectory"]["return_error_lsb"] == 0


@ON_BOTH
@pytest.mark.parametrize(("formats", "elements"), [(REFERENCE, 2), (W12, 3), (W8, 1)], ids=["w18", "w12", "w8"])
@pytest.mark.slow
def test_every_use_of_both_operands(simulator: str, formats: Formats, elements: int) -> None:
    run(both_operands(formats=formats), elements, simulator, steps=2)


def test_every_use_of_both_operands_on_icarus() -> None:
    run(both_operands(2, W8), 1, "icarus")


def test_a_wrong_operand_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The RTL alone takes turns one bit too high; golden and the cycle model run in another process."""
    need("icarus")
    right_shift = vars(Geometry)["turn_shift"].fget
    monkeypatch.setattr(Geometry, "operand_shift", property(lambda g: right_shift(g) + 5))
    monkeypatch.setattr(Geometry, "turn_shift", property(lambda g: right_shift(g) + 1))
    with pytest.raises(AssertionError):
        run(both_operands(2, W8), 1, "icarus")


@pytest.mark.slow
def test_a_control_word_with_narrow_input_numbers() -> None:
    """So many tables and vectors that the word would be too wide for the store else."""
    program = compile_system(Wells(6, 2))
    assert compile_array(program, elements=1).widths["u_index"] == 1
    run(program, 1, "verilator", steps=1)


@pytest.mark.slow
def test_programs_of_either_operand_run_on_an_array_of_both() -> None:
    programs = [both_operands(4), *(compile_system(get(name, n=4, m=2)) for name in ("springs", "rotor"))]
    assert run_together(programs, 2, "verilator", steps=2).chooses_operand
