"""What a command said of a point, as a row: its result or its error, seconds, what made it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable, Mapping
from typing import Any

from golden.computer.blame import machine_error
from golden.provenance import made_by
from hel.explore import keys
from hel.explore.hands import Answer
from hel.explore.points import Point

__all__ = ["checked", "find", "row", "said"]


def row(point: Point, answer: Answer, keep: Iterable[str]) -> dict[str, Any]:
    """The row; it has `result` where the command gave one, `error` where it failed, both where it found a difference.

    >>> row(Point("d-s", {"seed": 1}, ("verify",)), Answer(2, "", "hel: no way\\n", 0.1234), [])["error"]
    'no way'
    """
    made = {"digest": point.digest, "point": dict(point.options)}
    result = _result(answer)
    by = (result or {}).pop("made_by", None) or made_by(point.argv[0], point.line)
    if result is not None:
        made["result"] = {key: find(result, key) for key in keep} or result
    if result is None or answer.code != 0:
        made["error"] = _error(point.argv[0], answer)
    return {**made, "seconds": round(answer.seconds, 3), "made_by": by}


def find(result: Any, key: str) -> Any:
    """A value of a result by its dotted key, None where there is none.

    >>> find({"history": [{"cost": 2.5}, {"cost": 0.5}]}, "history.-1.cost")
    0.5
    """
    for part in key.split("."):
        if isinstance(result, Mapping):
            result = result.get(part)
        elif isinstance(result, list) and part.lstrip("-").isdigit() and -len(result) <= int(part) < len(result):
            result = result[int(part)]
        else:
            return None
    return result


def checked(answer: Answer, keep: Iterable[str]) -> None:
    """Raises UsageError where a result lacks a key that rows are to keep, at whatever depth."""
    result = _result(answer)
    if result is None:
        return
    for key in keep:
        keys.checked(key, [name for name in result if name != "made_by"])
        parts = key.split(".")
        for depth in range(1, len(parts)):
            if isinstance(there := find(result, ".".join(parts[:depth])), Mapping):
                keys.checked(parts[depth], there, ".".join(parts[:depth]))


def said(answer: Answer) -> list[str]:
    """Lines about the machine that a command which succeeded has printed beside its result."""
    return [line for line in answer.err.splitlines() if line.startswith("hel: ")] if answer.code == 0 else []


def _result(answer: Answer) -> dict[str, Any] | None:
    if answer.code not in (0, 1):
        return None
    try:
        result = json.loads(answer.out)
    except ValueError:
        return None
    return result if isinstance(result, dict) else None


def _error(command: str, answer: Answer) -> str:
    """Why there is no result, in one line."""
    said = [line.removeprefix("hel: ") for line in answer.err.splitlines() if line.startswith("hel: ")]
    if answer.code < 0:
        blamed = machine_error(f"hel {command}", answer.code, "")
        return str(blamed or f"hel {command} was ended by {signal.Signals(-answer.code).name}")
    if answer.code == 1 and _result(answer) is not None:
        return f"hel {command} ended with exit code 1: its result says what differs"
    if said:
        return said[-1]
    last = (answer.err.strip().splitlines() or ["it says nothing more"])[-1]
    return f"hel {command} ended with exit code {answer.code}: {last}"
