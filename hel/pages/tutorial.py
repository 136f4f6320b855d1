"""Runs the examples of documents and writes their output into them: `python -m hel.pages.tutorial [DOCUMENT ...]`.

What a block of each language is held to stands in `hel.pages.blocks`. In a block of a console, every `$ hel ...` line
is run in a folder where the document's files are, and what it prints stands below it; so are `verilator`, `iverilog`
and `vvp`. A block marked `slow` takes minutes and is left alone with `--quick`. What no two runs or machines agree on
(speeds of simulation, where float64 has its own round-off) is written as `...`.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import math
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from golden.errors import ended
from hel.output import write_whole
from hel.pages.blocks import Block, BrokenBlock, blocks, documents, hold

__all__ = ["agree", "main", "outputs", "refreshed", "run"]

_CHANGING = re.compile(r"\d+(?= (?:cycles/s|samples/s)\b)|(?<=float64 is best at eps = )2\^-?\d+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_SIMULATORS = {"verilator": "verilator", "iverilog": "icarus", "vvp": "icarus"}
"""Programs of a console besides hel, and whose they are."""


_PATIENCE_S = 300
"""A simulation that waits for nothing ends."""


def run(command: str) -> str:
    """What a command of a console prints, results and errors alike, without its progress."""
    words = shlex.split(command)
    if words[0] == "hel":
        text = _hel(words[1:])
    elif words[0] in _SIMULATORS:
        text = _simulator(words)
    else:
        raise ValueError(f"a document's console runs hel, {', '.join(_SIMULATORS)}; got {command!r}")
    return _CHANGING.sub("...", "\n".join(line.rstrip() for line in text.splitlines()))


def _hel(words: Sequence[str]) -> str:
    from hel.__main__ import main as hel

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = hel(words)
    errors = [line for line in err.getvalue().splitlines() if line.startswith("hel: ")]
    # Exit code 1 says that words differ, or a gradient: the result tells which.
    return out.getvalue().rstrip("\n") if code in (0, 1) and out.getvalue() else "\n".join(errors)


def _simulator(words: Sequence[str]) -> str:
    from testbench import tools

    tool = tools.find(_SIMULATORS[words[0]])
    done = subprocess.run(
        [tool.paths[words[0]], *words[1:]],
        env=tool.env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=_PATIENCE_S,
    )
    # Verilator tells its release and times in lines that begin with a dash.
    said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("- ")]
    return "\n".join([*said, f"(exit code {done.returncode})"] if done.returncode else said)


def outputs(document: str, *, slow: bool) -> Iterator[tuple[Block, list[str]]]:
    """Runs a document in a folder of its own; yields each console block with what its commands print.

    Raises BrokenBlock where another block does not do what it says.
    """
    names: dict[str, Any] = {"__name__": "document"}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for block in blocks(document):
            if block.slow and not slow:
                continue
            hold(block, names)
            if block.language == "console":
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
    """Rewrite the documents; with --check exit 1 when their outputs are not those of today."""
    parser = argparse.ArgumentParser(prog="python -m hel.pages.tutorial", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("documents", nargs="*", type=Path, metavar="DOCUMENT", help="default: all of the checkout")
    parser.add_argument("--quick", action="store_true", help="leave blocks marked slow alone")
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(argv)
    differs = False
    for path in options.documents or documents(Path()):
        old = path.read_text(encoding="utf-8")
        try:
            new = refreshed(old, slow=not options.quick)
        except BrokenBlock as error:
            print(f"{path}, {error}", file=sys.stderr)
            return 1
        differs |= not agree(old, new)
        if not options.check and new != old:
            write_whole({path: new})
            print(path)
    return int(options.check and differs)


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "120")
    sys.exit(ended(main))
