"""Runs the examples of a document and writes their output into it: `python -m hel.pages.tutorial`.

A block of Python whose first line is `# name.py` becomes that file. In a block of a console, every `$ hel ...` line is
run where those files are, and what it prints stands below it; a block marked `console slow` takes minutes and is left
alone with `--quick`. What no two runs agree on (speeds of simulation) is written as `...`.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import math
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hel.output import write_whole

__all__ = ["DOCUMENT", "Block", "agree", "blocks", "main", "refreshed", "run"]

DOCUMENT = Path("docs/your_own_hamiltonian.md")
_FENCE = re.compile(r"^```(\w+)( slow)?\n(.*?)^```$", re.M | re.S)
_CHANGING = re.compile(r"\d+(?= (?:cycles/s|samples/s)\b)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


@dataclass
class Block:
    """A fenced block: its language, whether it is slow, its text, and where the text stands in the document."""

    language: str
    slow: bool
    text: str
    start: int
    end: int
    commands: list[tuple[str, str]] = field(default_factory=list)
    """Of a console: (command, what it printed)."""


def blocks(document: str) -> list[Block]:
    """The fenced blocks of a document.

    >>> block, = blocks("a\\n```console\\n$ hel --version\\nhel 0.1.0\\n```\\nb")
    >>> block.commands
    [('hel --version', 'hel 0.1.0')]
    """
    found = []
    for match in _FENCE.finditer(document):
        block = Block(match[1], bool(match[2]), match[3], match.start(3), match.end(3))
        if block.language == "console":
            for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
                command, _, printed = part.partition("\n")
                block.commands.append((command, printed.rstrip("\n")))
        found.append(block)
    return found


def run(command: str) -> str:
    """What a `hel` command prints, results and errors alike, without its progress."""
    from hel.__main__ import main as hel

    words = shlex.split(command)
    if words[0] != "hel":
        raise ValueError(f"a document's console runs hel, got {command!r}")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = hel(words[1:])
    errors = [line for line in err.getvalue().splitlines() if line.startswith("hel: ")]
    # Exit code 1 says that words differ, or a gradient: the result tells which.
    text = out.getvalue().rstrip("\n") if code in (0, 1) and out.getvalue() else "\n".join(errors)
    return _CHANGING.sub("...", "\n".join(line.rstrip() for line in text.splitlines()))


def outputs(document: str, *, slow: bool) -> Iterator[tuple[Block, list[str]]]:
    """Runs a document in a folder of its own; yields each console block with what its commands print."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for block in blocks(document):
            name = re.match(r"# (\w+\.py)\n", block.text)
            if block.language == "python" and name:
                Path(name[1]).write_text(block.text)
            elif block.language == "console" and (slow or not block.slow):
                yield block, [run(command) for command, _ in block.commands]


def refreshed(document: str, *, slow: bool) -> str:
    """The document with the output of its commands as it is now."""
    parts, at = [], 0
    for block, printed in outputs(document, slow=slow):
        shown = [
            f"$ {command}\n" + f"{text}\n" * bool(text)
            for (command, _), text in zip(block.commands, printed, strict=True)
        ]
        parts += [document[at : block.start], *shown]
        at = block.end
    return "".join([*parts, document[at:]])


def agree(written: str, printed: str) -> bool:
    """Whether two outputs say the same: equal but for numbers, which agree to 1 %, and tiny ones to a factor of 30.

    >>> agree("error 1.2e-06 in 5 steps", "error 3.1e-06 in 5 steps"), agree("5 steps", "6 steps")
    (True, False)
    """
    if _NUMBER.sub("#", written).split() != _NUMBER.sub("#", printed).split():
        return False
    return all(_close(a, b) for a, b in zip(_NUMBER.findall(written), _NUMBER.findall(printed), strict=True))


def _close(a: str, b: str) -> bool:
    x, y = float(a), float(b)
    if x == y or ("e-" in a and "e-" in b and x > 0 and y > 0):
        return x == y or abs(math.log(x / y)) < math.log(30)
    return abs(x - y) <= 0.01 * max(abs(x), abs(y))


def main(argv: Sequence[str] | None = None) -> int:
    """Rewrite the document; with --check exit 1 when its outputs are not those of today."""
    parser = argparse.ArgumentParser(prog="python -m hel.pages.tutorial", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("document", nargs="?", type=Path, default=DOCUMENT)
    parser.add_argument("--quick", action="store_true", help="leave blocks marked slow alone")
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(argv)
    old = options.document.read_text()
    new = refreshed(old, slow=not options.quick)
    if options.check:
        return int(not agree(old, new))
    write_whole({options.document: new})
    return 0


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "120")
    sys.exit(main())
