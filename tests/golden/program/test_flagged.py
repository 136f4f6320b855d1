"""What left its range: by the line of the potential, or by its name where a program was read from a text."""

import numpy as np

from golden.compiler import compile_system
from golden.program import Program, flagged
from golden.program.ops import Cut, Table
from golden.systems import System


class Two(System):
    """A table of its own, an angle, and a square that is cut."""

    @property
    def parameters(self):
        return {"k": (self.n,)}

    def potential(self, q, u, theta):
        wall = np.sum(np.sinh(np.clip(q, -1.5, 2)))
        return wall - u[0] * np.sum(np.sin(3 * q)) + np.sum(theta["k"] * q**4)


def test_lines_with_function_and_range():
    program = compile_system(Two(3))
    looked_up = [op for op in program.ops if isinstance(op, Table)]
    names = {op.source if op.function == "sin" else op.name for op in looked_up}
    told = flagged.clamped(program, names)
    assert told == sorted(set(told)) and all(line.startswith("test_flagged.py:") for line in told)
    assert any(line.endswith("x of cosh(clip(x, -1.5, 2)) beyond -1.5 to 2") for line in told)
    assert any(": an angle beyond the table of sin, -8 to 8" in line for line in told)
    cuts = [op.name for op in program.ops if isinstance(op, Cut)]
    told = flagged.clipped(program, cuts)
    assert "q as a factor beyond SQ(5, 13), +-16" in told
    assert any(line.startswith("test_flagged.py:") and "x_x beyond SQ(" in line for line in told)


def test_names_where_there_are_no_lines():
    program = Program.parse(str(compile_system(Two(3))))
    (own,) = (op for op in program.ops if isinstance(op, Table) and op.function != "sin")
    assert flagged.clamped(program, [own.name]) == [own.name]
    assert flagged.clamped(program, ["nothing"]) == ["nothing"] == flagged.clipped(program, ["nothing"])
