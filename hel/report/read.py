"""Runs from files: JSON as a command printed it, a memory map of `hel rtl`, or the folder of a build.

Whatever is wrong with a file is one line: the rule, the file, the way out.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from golden.errors import HelError
from golden.provenance import version as our_version
from hel.report.shapes import COUNT, NUMBER, TEXT, fits, maybe

__all__ = ["COMMANDS", "Run", "of", "read"]

COMMANDS = ("train", "verify", "rtl", "build")
"""What a page is made of."""

_MARKS = {
    "train": ("task", "history"),
    "verify": ("compared_words", "compared_cycles"),
    "build": ("bitstream", "fmax_hz"),
    "rtl": ("control_store", "ports"),
    "gradcheck": ("cosine_float",),
    "systems": ("systems",),
    "glep": ("conditions",),
}
"""Keys by which a result is known that does not say what made it: those of 0.1 and of Python."""


def _row(value: Any) -> bool:
    """A point of a learning curve, of labels or of targets."""
    shape = {"samples": COUNT, "cost": NUMBER}
    return any(fits(value, {**shape, f"training_{measure}": NUMBER}) for measure in ("accuracy", "nmse"))


def _predicted(value: Any) -> bool:
    """Cells of an array; of elements with several banks those that are counted alone."""
    counted = {"dsp": COUNT, "bram": COUNT}
    return fits(value, counted) and (not {"lut", "ff"} & set(value) or fits(value, {"lut": COUNT, "ff": COUNT}))


SHAPES: dict[str, Any] = {
    "made_by": {"command": TEXT, "line": TEXT, "version": TEXT},
    "command": TEXT,
    "task": TEXT,
    "system": TEXT,
    "arithmetic": TEXT,
    "rule": TEXT,
    "simulator": TEXT,
    "mutant": TEXT,
    "board": TEXT,
    "choice": TEXT,
    "formats": TEXT,
    "cuts": TEXT,
    "bitstream": TEXT,
    "digest": TEXT,
    "neurons": COUNT,
    "elements": COUNT,
    "banks": COUNT,
    "inputs": COUNT,
    "steps": COUNT,
    "epochs": COUNT,
    "seed": COUNT,
    "training_samples": COUNT,
    "test_accuracy": maybe(NUMBER),
    "validation_accuracy": maybe(NUMBER),
    "test_nmse": maybe(NUMBER),
    "validation_nmse": maybe(NUMBER),
    "samples_per_s": NUMBER,
    "history": [_row],
    "curve": [_row],
    "flags": [TEXT],
    "argument_clamped": [TEXT],
    "operand_clipped": [TEXT],
    "cut_formats": [{"name": TEXT, "of": TEXT, "format": TEXT, "default": TEXT, "line": TEXT}],
    "trajectory": {
        "neurons": [COUNT],
        "fraction_bits": COUNT,
        "steps": [COUNT],
        "forward": [[NUMBER]],
        "back": [[NUMBER]],
        "return_error_lsb": NUMBER,
    },
    "schedule": {
        str: {"cycles": COUNT, "products": COUNT, "busy": NUMBER, "units": {str: [(COUNT, COUNT, TEXT)]}},
    },
    "mismatches": COUNT,
    "first_mismatch": {str: lambda value: True},
    "compared_words": COUNT,
    "compared_cycles": COUNT,
    "cycles": COUNT,
    "cycles_predicted": COUNT,
    "stall_cycles": COUNT,
    "cycles_per_second": NUMBER,
    "cycles_per_step": COUNT,
    "cycles_per_echo_step": COUNT,
    "cycles_per_update": COUNT,
    "busy": {str: NUMBER},
    "predicted": _predicted,
    "lut": COUNT,
    "ff": COUNT,
    "dsp": COUNT,
    "bram": COUNT,
    "lut_available": COUNT,
    "ff_available": COUNT,
    "dsp_available": COUNT,
    "bram_available": COUNT,
    "fmax_hz": NUMBER,
    "clock_asked_hz": NUMBER,
    "clock_hz": NUMBER,
    "steps_per_s": NUMBER,
    "mac_per_s": NUMBER,
    "multiplier_use": NUMBER,
    "critical_path": {"start": TEXT, "end": TEXT, "ns": NUMBER, "routing_ns": NUMBER},
    "tools": {str: TEXT},
    "accumulator_bits": COUNT,
}
"""Keys that sections show; others are left alone."""


@dataclass(frozen=True)
class Run:
    """One result of one command.

    Members
    -------
    command : one of `COMMANDS`
    line : a command line that makes it again, "" where none is known
    version : of hel-fpga that made it, "" where it does not say
    result : the JSON object, every key of `SHAPES` in its shape
    file : where it was read, "" for one that was just made
    """

    command: str
    line: str
    version: str
    result: Mapping[str, Any]
    file: str = ""

    def __contains__(self, key: str) -> bool:
        return self.result.get(key) is not None

    def __getitem__(self, key: str) -> Any:
        return self.result[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default where it is absent or null."""
        value = self.result.get(key)
        return default if value is None else value


def read(name: str) -> Run:
    """The run of a file, of a build's folder, or of standard input ("-").

    >>> read("no.json")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: a run is a JSON file or the folder of a build, 'no.json' is not there; check the path
    """
    return of(_parsed(_text(name), name), name)


def of(result: Any, file: str = "") -> Run:
    """The run that a result is, checked.

    >>> of({"mismatches": 0, "compared_words": 9, "compared_cycles": 0}).command
    'verify'
    """
    where = f"'{file}'" if file else "the result"
    if not isinstance(result, dict):
        raise HelError(f"a run is a JSON object that hel printed with --json, {where} holds none; {_MAKE}")
    try:
        result = _shown(result)
    except RecursionError:
        raise HelError(f"a run is one flat JSON object, {where} is nested too deeply; {_MAKE}") from None
    made = result.get("made_by")
    if made is None:
        made = {"command": _guessed(result), "line": result.get("command", ""), "version": ""}
    elif not fits(made, SHAPES["made_by"]):
        raise HelError(f"made_by names command, line and version, that of {where} does not; {_MAKE}")
    command, version, ours = made["command"], made["version"], our_version()
    if _numbers(version) > _numbers(ours):
        raise HelError(f"a page shows runs of hel {ours} and before, {where} is of {version}; update hel-fpga")
    if command not in COMMANDS:
        of_what = f"is of {command!r}" if command else "is of no command that we know"
        raise HelError(f"a page is made of {', '.join(COMMANDS)}, {where} {of_what}; {_MAKE}")
    for key in [key for key in SHAPES if result.get(key) is not None]:
        if not fits(result[key], SHAPES[key]):
            raise HelError(
                f"a result has {key!r} as hel writes it, that of {where} is {json.dumps(result[key])[:40]}; {_MAKE}"
            )
    return Run(command, made["line"] or result.get("command", ""), version, result, file)


_MAKE = "make it with `hel COMMAND ... --json > FILE`"


def _guessed(result: Mapping[str, Any]) -> str:
    return next((name for name, marks in _MARKS.items() if all(mark in result for mark in marks)), "")


def _numbers(version: str) -> tuple[int, ...]:
    """0.2.0 -> (0, 2, 0); whatever is no version is older than all."""
    found = re.match(r"\d{1,9}(\.\d{1,9})*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def _text(name: str) -> str:
    if name == "-":
        return _decoded(sys.stdin.buffer.read(), name)
    path = Path(name)
    if path.is_dir():
        path /= "report.json"
        if not path.is_file():
            inside = sorted(str(each.parent) for each in path.parent.glob("*/report.json"))
            way = f"name {' or '.join(inside[:3])}" if inside else "name a file of JSON, or build with `hel build`"
            raise HelError(f"the folder of a build holds report.json, '{name}' does not; {way}")
    elif not path.exists():
        raise HelError(f"a run is a JSON file or the folder of a build, '{name}' is not there; check the path")
    elif not path.is_file():
        raise HelError(f"a run is a regular file, '{name}' is none; {_MAKE}")
    return _decoded(path.read_bytes(), name)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise HelError(f"a run is a text of JSON, '{name}' is none; {_MAKE}") from None


def _parsed(text: str, name: str) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise HelError(f"a run holds finite numbers, '{name}' holds {constant}; {_MAKE}")

    try:
        return json.loads(text, parse_constant=refuse)
    except HelError:
        raise
    except RecursionError:
        raise HelError(f"a run is one flat JSON object, '{name}' is nested too deeply; {_MAKE}") from None
    except ValueError as error:
        if not text.strip():
            raise HelError(f"a run is a text of JSON, '{name}' is empty: what wrote it failed; {_MAKE}") from None
        if text.lstrip()[0] not in "{[":
            raise HelError(f"a run is a text of JSON, '{name}' is none; {_MAKE}") from None
        raise HelError(f"a run is whole JSON, '{name}' is broken: {error}; {_MAKE}") from None


def _shown(value: Any) -> Any:
    """The value with every character that no page can hold replaced: controls and halves of surrogate pairs."""
    if isinstance(value, str):
        return re.sub("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if isinstance(value, dict):
        return {_shown(key): _shown(each) for key, each in value.items()}
    return value
