"""The rooms of rtl: each imports what its text allows, and no module imports, over any detour, itself."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import rtl

ROOT = Path(rtl.__file__).parent

ALLOWED = {
    "rtl.hls.plan": ("golden",),
    "rtl.hls.check": ("golden", "rtl.hls.plan"),
    "rtl.hls.schedule": ("golden", "rtl.hls.plan", "rtl.hls.check"),
    "rtl.hls.report": ("golden", "rtl.hls.plan", "rtl.hls.schedule"),
    "rtl.hls": ("golden",),
    "rtl.primitives": ("golden", "amaranth", "rtl.hls.plan"),
    "rtl.element": ("golden", "amaranth", "rtl.hls.plan", "rtl.primitives"),
    "rtl.streams": ("amaranth",),
    "rtl.host": ("golden", "amaranth", "rtl.hls", "rtl.streams"),
    "rtl": ("golden", "amaranth"),
}
"""Beside the room itself and the rooms in it."""


def module(path: Path) -> str:
    """The name by which a file is imported."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(path: Path) -> str:
    """The folder of a file."""
    return ".".join(path.parent.relative_to(ROOT.parent).parts)


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


FILES = {module(path): path for path in sorted(ROOT.rglob("*.py"))}


def test_every_room_is_listed_and_has_its_rule() -> None:
    assert {room(path) for path in FILES.values()} == set(ALLOWED)


@pytest.mark.parametrize("name", FILES)
def test_a_module_imports_what_its_room_may(name: str) -> None:
    here = room(FILES[name])
    for other in imported(FILES[name]):
        if other.split(".")[0] in ("golden", "rtl", "testbench", "bitstreams", "hel", "amaranth"):
            assert any(other == start or other.startswith(f"{start}.") for start in (here, *ALLOWED[here])), other


@pytest.mark.parametrize("name", ["rtl.array", "rtl.ring", "rtl.sequencer"])
def test_the_rtl_knows_of_the_compiler_its_plan_alone(name: str) -> None:
    """A schedule is loaded, not wired."""
    assert all(other.startswith("rtl.hls.plan.") for other in imported(FILES[name]) if other.startswith("rtl.hls"))


def test_no_module_of_rtl_imports_itself_over_a_detour() -> None:
    graph = {name: imported(path) & set(FILES) for name, path in FILES.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(FILES)
