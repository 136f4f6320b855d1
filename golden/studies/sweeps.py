"""Rows of a sweep, JSON lines as `hel explore` writes them, as rows of a study: those of all seeds together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.studies.rows import Case

__all__ = ["seeds_together"]


def seeds_together(file: Path, value: str) -> list[Case]:
    """Points that differ in their seed alone as one row, in the order of the file.

    Parameters
    ----------
    value : a key of each result, a number

    Returns
    -------
    case : the point's options but the seed, and `seeds`, how many there are; `value`: the numbers by seed, with their
    mean and deviation; flags of any

    Raises
    ------
    HelError : a point has failed, or its result has no such key.
    """
    _, *lines = file.read_text(encoding="utf-8").splitlines()
    newest = {row["digest"].partition("-")[0]: row for row in map(json.loads, lines)}
    groups: dict[str, dict[int, dict[str, Any]]] = {}
    for row in newest.values():
        if value not in row.get("result", {}):
            why = row.get("error", f"its result has {', '.join(row.get('result', {}))}")
            raise HelError(f"rows of {file} have {value}, {row['made_by']['line']} has none: {why}; run it again")
        case = {name: option for name, option in row["point"].items() if name != "seed"}
        groups.setdefault(json.dumps(case), {})[row["point"]["seed"]] = row["result"]
    found = []
    for text, results in groups.items():
        values = [float(results[seed][value]) for seed in sorted(results)]
        flags = sorted({flag for result in results.values() for flag in result.get("flags", [])})
        told = {"mean": float(np.mean(values)), "deviation": float(np.std(values)), "flags": flags}
        found.append({"case": {**json.loads(text), "seeds": len(values)}, value: values, **told})
    return found
