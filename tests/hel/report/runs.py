"""Real, small runs as their commands give them, for the tests of the page; each is made once."""

import importlib
import json
from functools import cache
from pathlib import Path

from hel.__main__ import parsed
from hel.report.read import of

BUILD = Path(__file__).parents[3] / "bitstreams/results/dense_n32_p8_ulx3s_85f_s1.json"
ARGV = {
    "train": ("digits", "-n", "6", "--samples", "40", "--epochs", "2"),
    "rtl": ("dense", "-n", "8", "-p", "4", "-m", "2", "--explain"),
    "verify": ("dense", "-n", "4", "-p", "2", "-m", "1", "--steps", "2", "--simulator", "icarus"),
}


@cache
def _text(command):
    if command == "build":
        return BUILD.read_text()
    module = importlib.import_module(f"hel.commands.{command}")
    return json.dumps(module.run(parsed(command, module, [*ARGV[command], "--quiet"])))


def result(command):
    """A copy of the result, to be changed at will."""
    return json.loads(_text(command))


def run(command, **changes):
    """The run, some of its keys changed; None takes a key away."""
    return of({key: value for key, value in {**result(command), **changes}.items() if value is not None})
