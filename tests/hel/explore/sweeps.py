"""Small sweeps for tests: a file, the command in a process of its own, its rows."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.hel.test_signals import heed

ROOT = Path(__file__).parents[3]
SMALL = """
command = "gradcheck"
keep = ["relative_error_fixed", "flags"]
[options]
system = "linear"
steps = 5
inputs = 1
[axes]
neurons = [2, 3]
seed = "0..3"
"""
LONG = SMALL.replace("steps = 5", "steps = 300000")
"""Points that take minutes: what runs of them is ended."""


def written(folder, text=SMALL, name="small.toml"):
    (folder / name).write_text(text)
    return folder / name


def rows(path):
    """The rows of a file behind its first line."""
    return [json.loads(line) for line in path.read_text().splitlines()[1:]]


def same(path):
    """What two runs agree on: each digest with its point, result and what made it."""
    return {row["digest"]: {key: row[key] for key in row if key != "seconds"} for row in rows(path)}


@contextmanager
def started(folder, *argv, **environment):
    """`hel explore ARGV...` as a process in a folder; all that it starts carries the mark of the folder.

    It ends with the block, whatever happens there.
    """
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "HEL_TEST_MARK": str(folder), **environment}
    command = [sys.executable, "-m", "hel", "explore", *map(str, argv)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=folder, env=surroundings, preexec_fn=heed, **pipes) as running:
        try:
            yield running
        finally:
            running.kill()
