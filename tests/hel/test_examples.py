"""Every example of every `hel COMMAND --help` is run, in order, beside a ring.py, a bits.toml; minutes are slow."""

import importlib
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from hel.__main__ import parsed
from hel.commands import SUMMARIES

RING = '''import numpy as np
from hel import System


class Ring(System):
    """V = sum k q^2 / 2 + sum log cosh(c (q_i - q_{i+1})) - (B u) . q: a ring of softly coupled oscillators."""

    @property
    def parameters(self):
        return {"k": (self.n,), "c": (self.n,), "B": (self.n, self.m)}

    def potential(self, q, u, theta):
        springs = np.sum(theta["k"] * q**2) / 2
        return springs + np.sum(np.log(np.cosh(theta["c"] * (q - np.roll(q, -1))))) - (theta["B"] @ u) @ q
'''

SLOW = (
    "hel build ",
    "hel verify ring.py",
    "hel verify dense --neurons 2 --elements 1",
    "hel train digits --neurons 32",
    "hel bench --out",
    "hel train digits --arithmetic rtl",
)
"""Beginnings of examples that compile a simulator, place and route, or learn a whole training set."""
FINDS = ("hel doctor",)
"""Beginnings of examples that may say, by exit code 1, that this machine lacks something."""


def examples(name):
    """The command lines below `example:` in a command's help."""
    text = importlib.import_module(f"hel.commands.{name}").__doc__
    _, _, block = text.partition("\nexample:\n")
    return [line.strip() for line in block.splitlines() if line.strip()]


def sweep():
    """The file that the help of `hel explore` shows."""
    text = importlib.import_module("hel.commands.explore").__doc__
    return textwrap.dedent(re.search(r"^  command = .*?\n\n", text, re.M | re.S)[0])


def ran(lines, folder):
    """Runs command lines in a shell whose `hel` is that of the sources; says what any of them said."""
    if any("ring.py:" in line for line in lines):
        (folder / "ring.py").write_text(RING)
    if any("bits.toml" in line for line in lines):
        (folder / "bits.toml").write_text(sweep())
    hel = f'hel() {{ {shlex.quote(sys.executable)} -m hel "$@"; }}'
    heeded = [f"{line.partition('#')[0]} || [ $? = 1 ]" if line.startswith(FINDS) else line for line in lines]
    script = "\n".join(["set -euo pipefail", hel, *heeded])
    surroundings = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, env=surroundings)
    assert done.returncode == 0, f"{lines}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_command_has_examples_of_itself(name):
    """Each line is a command line of this command, or one that it needs; every word of it is known."""
    lines = examples(name)
    assert any(line.startswith(f"hel {name} ") or line == f"hel {name}" for line in lines)
    for line in lines:
        for part in re.split(r"[|>]", line.partition("#")[0]):
            words = shlex.split(part)
            if words[:1] == ["hel"]:
                parsed(words[1], importlib.import_module(f"hel.commands.{words[1]}"), words[2:])


@pytest.mark.parametrize("name", [name for name in SUMMARIES if name != "build"])
def test_examples_do_what_they_say(name, tmp_path):
    """All that are quick, and every command but a build has one; files that they name are there afterwards."""
    lines = [line for line in examples(name) if not line.startswith(SLOW)]
    assert any(line.startswith(f"hel {name}") for line in lines)
    assert ran(lines, tmp_path).stdout
    for line in lines:
        for made in re.findall(r"(?:-o|--figure|--report|--waves|--parquet) (\S+)", line):
            assert (tmp_path / made).stat().st_size > 0, line


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [line for name in SUMMARIES for line in examples(name) if line.startswith(SLOW)],
    ids=lambda line: " ".join(line.split()[:5]),
)
def test_slow_examples_do_what_they_say(line, tmp_path):
    assert ran([line], tmp_path).stdout
    for made in re.findall(r"--report (\S+)", line):
        assert "</html>" in (tmp_path / made).read_text()
