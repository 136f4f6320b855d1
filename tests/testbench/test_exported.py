"""What `hel rtl` writes: clean under lint, two in one design, and the array that golden is compared with."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

import testbench.array
from rtl.design import Design
from rtl.exported import exported
from rtl.hls import Geometry
from testbench import tools
from testbench.verify import verify

pytestmark = pytest.mark.cosim


def written(folder: Path, system: str, module: str, banks: int = 1) -> Path:
    file = folder / f"{module}.v"
    file.write_text(exported(Design(system, neurons=4, elements=2, inputs=1, banks=banks).geometry, module))
    return file


@pytest.mark.parametrize(
    ("system", "banks"),
    [*((system, 1) for system in ("dense", "springs", "morse", "stack", "gated")), ("dense", 4)],
)
def test_lint_has_nothing_to_say(tmp_path: Path, system: str, banks: int) -> None:
    tool, file = tools.find("verilator"), written(tmp_path, system, "mine", banks)
    command = [*tool.verilator, "--lint-only", "-Wall", "--top-module", "mine", str(file)]
    found = subprocess.run(command, env=tool.env, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert "%Warning" not in found.stdout + found.stderr


def test_waivers_end_with_the_file(tmp_path: Path) -> None:
    """What a user's own file does wrong is still seen, read after ours."""
    tool = tools.find("verilator")
    own = tmp_path / "top.v"
    own.write_text("module top(input [3:0] a, output [7:0] b);\n  assign b = a + 2'd1;\nendmodule\n")
    files = [str(written(tmp_path, "springs", "mine")), str(own)]
    command = [*tool.verilator, "--lint-only", "--top-module", "top", *files]
    found = subprocess.run(command, env=tool.env, capture_output=True, text=True)
    assert "%Warning-WIDTHEXPAND" in found.stderr


def test_two_arrays_in_one_design(tmp_path: Path) -> None:
    tool = tools.find("icarus")
    files = [str(written(tmp_path, system, module)) for system, module in (("dense", "left"), ("springs", "right"))]
    command = [tool.paths["iverilog"], "-g2012", "-o", str(tmp_path / "both.vvp"), *files]
    subprocess.run(command, env=tool.env, check=True)


def test_the_exported_text_equals_golden(monkeypatch: pytest.MonkeyPatch) -> None:
    def text(geometry: Geometry, *_: Any, **__: Any) -> str:
        return exported(geometry)

    monkeypatch.setattr(testbench.array, "array_verilog", text)
    design = Design("dense", neurons=2, elements=2, inputs=1)
    found = verify(design, simulator="icarus", seed=69, steps=2, stalls=0, recorded=False)
    assert found["mismatches"] == 0 and found["compared_words"] > 0
