"""What this machine has of what the commands need: version and place of each, and how to get what is missing.

Python and its packages, compilers, simulators, FPGA tools, the cache, serial ports. Exit code 1 if something is missing
that a command needs; lacks that one can live with are told, too. It looks, and changes nothing.

example:
  hel doctor
  hel doctor --json
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from hel.doctor import machine, programs, python
from hel.doctor.check import Check, found


def arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def run(args: argparse.Namespace) -> dict[str, Any]:
    """checks: a row each (`hel.doctor.check.Check`); missing, optional: names of those that are not there; failed."""
    checks = found(
        [
            (python.GROUP, "python", python.interpreter),
            (python.GROUP, "shared library", python.library),
            (python.GROUP, "virtual environment", python.environment),
            (python.GROUP, "hel on PATH", python.command),
            (python.PACKAGES, "packages", python.packages),
            *programs.LOOKS,
            (machine.GROUP, "cache", machine.caches),
            (machine.GROUP, "temporary files", machine.temporary),
            (machine.GROUP, "locale", machine.locale),
            (machine.GROUP, "serial port", machine.serial_ports),
        ]
    )
    missing = [check.name for check in checks if not check.found and check.needed]
    optional = [check.name for check in checks if not check.found and not check.needed]
    return {"checks": list(map(asdict, checks)), "missing": missing, "optional": optional, "failed": bool(missing)}


def text(result: dict[str, Any]) -> str:
    """A line for each thing, under its group; below what is not there, what that takes away and the remedy."""
    checks = [Check(**row) for row in result["checks"]]
    names, versions = (max(len(getattr(check, which)) for check in checks) for which in ("name", "version"))
    lines: list[str] = []
    for number, check in enumerate(checks):
        if number == 0 or check.group != checks[number - 1].group:
            lines += [*([""] if lines else []), check.group]
        state = "ok" if check.found else "missing" if check.needed else "not there"
        lines.append(f"  {state:9}  {check.name:{names}}  {check.version:{versions}}  {check.path}".rstrip())
        if not check.found:
            lines += [f"             without it: {check.without}", f"             remedy: {check.remedy}"]
    missing = result["missing"]
    end = f"missing: {', '.join(missing)}" if missing else "all that the commands need is there"
    return "\n".join([*lines, "", end])
