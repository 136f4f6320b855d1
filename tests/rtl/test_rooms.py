"""What the rooms of rtl may not know, beside the floor plan (tests/test_floor_plan.py)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import golden
import rtl

ROOT = Path(rtl.__file__).parents[1]
PLAIN = [
    *sorted(Path(golden.__file__).parent.rglob("*.py")),
    *sorted((ROOT / "rtl/hls").rglob("*.py")),
    ROOT / "rtl/design.py",
]


def imported(path: Path) -> set[str]:
    """Modules that a file names in its imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative"
            found.add(node.module or "")
        elif isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
    return found


def test_golden_and_the_scheduler_are_plain_python() -> None:
    """What an array computes, and when, is known before there is any RTL."""
    assert len(PLAIN) > 150
    assert [path for path in PLAIN if any(name.split(".")[0] == "amaranth" for name in imported(path))] == []


@pytest.mark.parametrize("name", ["array", "ring", "sequencer"])
def test_the_rtl_knows_of_the_compiler_its_plan_alone(name: str) -> None:
    """A schedule is loaded, not wired."""
    names = imported(ROOT / f"rtl/{name}.py")
    assert all(other.startswith("rtl.hls.plan.") for other in names if other.startswith("rtl.hls"))
