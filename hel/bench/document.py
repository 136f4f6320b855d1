"""The document of a run: rows as they come, kept in a file that a later run goes on from, and whose machine it was."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from golden.provenance import version
from hel.arguments import UsageError
from hel.output import write_whole

__all__ = ["NAME", "Document", "machine", "processors"]

NAME = "bench.json"


def processors() -> int:
    """That we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine(devices: Iterable[str]) -> dict[str, Any]:
    """What rows may be compared within: processor, versions, devices of JAX.

    >>> sorted(machine([]))
    ['devices', 'hel_fpga', 'jax', 'numpy', 'processor', 'processors', 'python']
    """
    return {
        "processor": _processor(),
        "processors": processors(),
        "python": platform.python_version(),
        "numpy": _version("numpy"),
        "jax": _version("jax"),
        "devices": list(devices),
        "hel_fpga": version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


class Document:
    """Rows, each ``{"case": case, "rows": [...]}``; in a folder, or kept nowhere.

    Parameters
    ----------
    folder : where `NAME` is; None: nowhere
    line : the command
    here : `machine`; what another machine, or other versions, have measured is dropped
    anew : drop every row

    Members
    -------
    dropped : how many rows were dropped for the machine's sake
    """

    def __init__(self, folder: Path | None, line: str, here: dict[str, Any], *, anew: bool = False) -> None:
        self.path = None if folder is None else folder / NAME
        self.found: dict[str, Any] = {"command": line, "machine": here, "measured": []}
        self.dropped = 0
        if self.path is None or not self.path.exists() or anew:
            return
        try:
            old = json.loads(self.path.read_text(encoding="utf-8"))
            rows, theirs = list(old["measured"]), old["machine"]
        except (ValueError, KeyError, TypeError):
            raise UsageError(f"{self.path} is no file of hel bench; choose another --out, or take it away") from None
        if theirs == here:
            self.found["measured"] = rows
        else:
            self.dropped = len(rows)

    def has(self, case: dict[str, Any]) -> bool:
        return any(each["case"] == case for each in self.found["measured"])

    def add(self, case: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        """Keeps the rows of a case, in the file too, which is always whole."""
        self.found["measured"].append({"case": case, "rows": rows})
        if self.path is not None:
            write_whole({self.path: json.dumps(self.found, indent=1) + "\n"})

    def rows(self, cases: Iterable[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        """Flat: sizes and results in one row; of these cases, or of all."""
        wanted = None if cases is None else list(cases)
        return flat(self.found["measured"], wanted)


def flat(measured: list[dict[str, Any]], cases: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """A row for each that was measured, with what, system, neurons and steps of its case.

    >>> flat([{"case": {"what": "speed", "steps": 8, "batches": [1]}, "rows": [{"who": "x"}]}])
    [{'what': 'speed', 'steps': 8, 'who': 'x'}]
    """
    keys = ("what", "system", "neurons", "steps")
    return [
        {**{key: each["case"][key] for key in keys if key in each["case"]}, **row}
        for each in measured
        if cases is None or each["case"] in cases
        for row in each["rows"]
    ]
