"""The interpreter, its shared library, its environment, and the packages of each extra of ours."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from golden.errors import HelError
from hel.doctor.check import Check
from testbench import tools

__all__ = ["command", "environment", "interpreter", "library", "packages", "requirements"]

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
OLDEST = (3, 11)
GROUP, PACKAGES = "Python", "Python packages"
TAKES_AWAY = {
    "": "no command works",
    "tasks": "no training on digits",
    "data": "no training on the data sets that it ships",
    "plots": "no figures",
    "rtl": "no Verilog, no co-simulation, no bitstreams",
    "builds": "no bitstreams",
    "simulation": "no co-simulation",
    "explore": "no sweeps on a Dask cluster, none as Parquet",
    "jax": "hel bench and the study of tasks leave out JAX",
}
"""Extras whose packages commands use, and what fails without them."""
APART = ("explore", "data", "jax")
"""Extras that only a special wish asks for."""


def interpreter() -> Iterable[Check]:
    """Python itself."""
    yield Check(
        GROUP, "python", sys.version_info >= OLDEST, version=platform.python_version(), path=sys.executable or "",
        without="no command works", remedy="install Python 3.11 or later",
    )  # fmt: skip


def environment() -> Iterable[Check]:
    """A virtual environment is nothing a command needs; packages that pip installs go into it."""
    inside = sys.prefix != sys.base_prefix
    yield Check(
        GROUP, "virtual environment", inside, needed=False, path=sys.prefix if inside else "",
        without="pip installs into the system's Python, or is not allowed to",
        remedy="run `make env` in a checkout, or `python3 -m venv .venv`",
    )  # fmt: skip


def command() -> Iterable[Check]:
    """`hel` as a word of the shell."""
    path, beside = shutil.which("hel"), Path(sys.executable or ".").parent
    yield Check(
        GROUP, "hel on PATH", path is not None, needed=False, path=path or "",
        without="`hel` is no command of the shell; `python -m hel` is the same",
        remedy=f'run `export PATH="{beside}:$PATH"`',
    )  # fmt: skip


def library() -> Iterable[Check]:
    """Python's shared library."""
    without = "no co-simulation: simulators load it to run Python"
    try:
        yield Check(GROUP, "shared library", True, path=str(tools.python_library()), without=without)
    except HelError as error:
        yield Check(GROUP, "shared library", False, remedy=str(error), without=without)


def packages() -> Iterable[Check]:
    """Every package that an extra of a command asks for."""
    listed = requirements()
    if not listed:
        return [Check(PACKAGES, "hel-fpga", False, without="its list of packages", remedy="pip install hel-fpga[all]")]
    return [_package(extra, requirement) for extra, ones in listed.items() for requirement in ones]


def requirements() -> dict[str, list[str]]:
    """Requirements by extra, those without one under ""; of the checkout, else of the installed distribution."""
    if PROJECT.exists():
        project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
        lists = {"": project["dependencies"], **project["optional-dependencies"]}
    else:
        try:
            lines = importlib.metadata.requires("hel-fpga") or []
        except importlib.metadata.PackageNotFoundError:
            return {}
        lists = {extra: [] for extra in TAKES_AWAY}
        for line in lines:
            requirement, _, marker = line.partition(";")
            named = re.search(r"""extra\s*==\s*['"](.+?)['"]""", marker)
            lists.setdefault(named[1] if named else "", []).append(requirement.strip())
    kept: dict[str, list[str]] = {extra: [] for extra in TAKES_AWAY}
    seen = {"hel-fpga"}  # an extra may include another one, and metadata repeat what that asks for
    for extra, ones in kept.items():
        for line in lists.get(extra, []):
            name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
            if name not in seen:
                seen.add(name)
                ones.append(line)
    return kept


def _package(extra: str, requirement: str) -> Check:
    name, wanted = re.findall(r"^([\w.-]+)(?:\[.*?\])?\s*(.*)$", requirement)[0]
    title = f"{name} ({extra})" if extra else name
    without_its_own = "--no-deps " if extra == "data" else ""  # files are wanted, not what the package needs to run
    remedy, needed = f"pip install {without_its_own}'{requirement}'", extra not in APART
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return Check(PACKAGES, title, False, needed=needed, without=TAKES_AWAY[extra], remedy=remedy)
    version = distribution.version
    if not fits(version, wanted):
        without = f"{TAKES_AWAY[extra]}: {name} {wanted} is wanted"
        return Check(PACKAGES, title, False, needed=needed, version=version, without=without, remedy=remedy)
    return Check(PACKAGES, title, True, needed=needed, version=version, path=str(distribution.locate_file("")))


def fits(version: str, wanted: str) -> bool:
    """Whether a version is in the bounds, such as ">=0.5.8,<0.6", of a requirement of ours.

    >>> fits("0.5.10", ">=0.5.8,<0.6"), fits("0.6.0", ">=0.5.8,<0.6"), fits("2.0", "")
    (True, False, True)
    """
    have = _numbers(version)
    for bound in filter(None, wanted.split(",")):
        sign, number = re.findall(r"(>=|<)\s*(\S+)", bound)[0]
        if (have < _numbers(number)) == (sign == ">="):
            return False
    return True


def _numbers(version: str) -> list[int]:
    numbers = [int(part) for part in re.findall(r"^[\d.]*", version)[0].split(".") if part]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers
