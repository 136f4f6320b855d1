"""List the built-in systems: their potential, their parameters and what can be done with them.

example:
  hel systems
  hel systems --json
"""

from __future__ import annotations

import argparse
from typing import Any

from hel.output import table


def arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The registry of `golden.systems`, described at N neurons and M inputs."""
    from golden import systems

    rows = []
    for name in systems.SYSTEMS:
        system = systems.get(name, n=16, m=8)
        doc = (type(system).__doc__ or "").strip().splitlines()
        rows.append(
            {
                "name": name,
                "summary": doc[0] if doc else "",
                "parameters": {key: list(shape) for key, shape in system.parameters.items()},
                "array": name in ARRAY_SYSTEMS,
            }
        )
    return {"systems": rows, "neurons": 16, "inputs": 8}


ARRAY_SYSTEMS = ("dense", "hru", "linear")
"""Systems the RTL array runs; the others are golden only."""


def text(result: dict[str, Any]) -> str:
    """A table; shapes at 16 neurons and 8 inputs."""
    rows = [
        {
            "system": r["name"],
            "array": "yes" if r["array"] else "golden only",
            "parameters": r["parameters"],
            "what": r["summary"],
        }
        for r in result["systems"]
    ]
    return table(rows) + "\n(shapes for 16 neurons, 8 inputs)"
