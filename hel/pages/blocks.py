"""The code blocks of a document, and what each language's block is held to.

===========  ==========================================================================================================
python       run; a block whose first line is `# name.py` becomes that file as well, one of `>>>` is a doctest, and
             `print(...)  # text` has to print the text
console      every `$ command` is run, and prints what stands below it (`hel.pages.tutorial`)
sh           what sets up a machine: `make` targets exist, `hel` lines are accepted, modules of `python -m` are there
verilog      becomes the file that its first line names, `// name.v`; a console below it lints or runs it
program      is parsed by `golden.program`
json, toml   are parsed; TOML whose first line is `# name.toml` becomes that file
text         is nothing but text: formulas, tables, drawings
===========  ==========================================================================================================

`slow` behind the language: it takes more than seconds. Any other language, and none, is an error. Indented blocks are
text, and must not look like a command or like Python.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import json
import re
import shlex
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["LANGUAGES", "Block", "BrokenBlock", "blocks", "documents", "hold", "indented"]

_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.M | re.S)
_COMMAND = re.compile(r" +(\$ |>>> |(hel|make|pip|python|\.venv/bin/\S+) \S|import \w+$|from [\w.]+ import )")
_PRINTED = re.compile(r"^print\(.*\)  # (.*)$", re.M)
_SET_UP = {"cd", "export", "git", "pip", "pipx", "python3", "sudo", "source", ".venv/bin/pre-commit"}


class BrokenBlock(AssertionError):
    """A block does not do what it says."""


@dataclass
class Block:
    """A fenced block: its language, whether it is slow, its text, and where the text stands in the document."""

    language: str
    slow: bool
    text: str
    start: int
    end: int
    line: int = 0
    commands: list[tuple[str, str]] = field(default_factory=list)
    """Of a console: (command, what it printed)."""


def documents(root: Path) -> list[Path]:
    """Every document of a checkout."""
    return [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]


def blocks(document: str) -> list[Block]:
    """The fenced blocks of a document.

    >>> block, = blocks("a\\n```console\\n$ hel --version\\nhel 0.1.0\\n```\\nb")
    >>> block.commands, block.line
    ([('hel --version', 'hel 0.1.0')], 2)
    """
    found = []
    for match in _FENCE.finditer(document):
        language, _, slow = match[1].partition(" ")
        line = document.count("\n", 0, match.start()) + 1
        block = Block(language, slow == "slow", match[2], match.start(2), match.end(2), line)
        if block.language == "console":
            for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
                command, _, printed = part.partition("\n")
                block.commands.append((command, printed.rstrip("\n")))
        found.append(block)
    return found


def indented(document: str) -> list[str]:
    """Lines of indented blocks that look like a command or like Python, and belong in a fenced block.

    >>> indented("a\\n\\n    x = y\\n    hel systems\\n\\n- item\\n  make it so")
    ['hel systems']
    """
    plain = _FENCE.sub("", document)
    found = re.findall(r"(?:^|\n\n)((?: {4}.*(?:\n|$))+)", plain)
    return [line.strip() for block in found for line in block.splitlines() if _COMMAND.match(line)]


def hold(block: Block, names: dict[str, Any]) -> None:
    """Holds a block, console blocks excepted, to its language's rule, in the current folder.

    `names` are the document's variables so far. Raises BrokenBlock, with the line of the document.
    """
    rule = LANGUAGES.get(block.language)
    try:
        if rule is None:
            raise ValueError(f"no rule for blocks of {block.language or 'no language'}; {', '.join(LANGUAGES)}")
        rule(block.text, names)
    except (Exception, SystemExit) as error:
        raise BrokenBlock(f"line {block.line}: {type(error).__name__}: {error}") from error


def _python(text: str, names: dict[str, Any]) -> None:
    name = re.match(r"# (\w+)\.py\n", text)
    if name:
        Path(f"{name[1]}.py").write_text(text, encoding="utf-8")
        exec(compile(text, f"{name[1]}.py", "exec"), {"__name__": name[1]})
    elif text.startswith(">>> "):
        said = io.StringIO()
        test = doctest.DocTestParser().get_doctest(text, names, "document", None, 0)
        failed, _ = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.write, clear_globs=False)
        names.update(test.globs)
        if failed:
            raise ValueError(said.getvalue())
    else:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(text, "document", "exec"), names)
        written, said_now = _PRINTED.findall(text), out.getvalue().splitlines()
        if written != said_now:
            raise ValueError(f"it prints {said_now}, written is {written}")


def _sh(text: str, names: dict[str, Any]) -> None:
    from hel.__main__ import parsed

    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if not words or words[0] in _SET_UP:
            continue
        program, rest = words[0].removeprefix(".venv/bin/"), words[1:]
        if program == "hel":
            parsed(rest[0], importlib.import_module(f"hel.commands.{rest[0]}"), rest[1:])
        elif program == "make":
            makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
            for target in (word for word in rest if "=" not in word):
                if not re.search(rf"^{target}:", makefile, re.M):
                    raise ValueError(f"no make target {target}")
        elif program == "python" and rest[0] == "-m":
            importlib.import_module(rest[1])
        elif program not in ("bash", "python"):
            raise ValueError(f"a block of sh sets up a machine, and does not know {line!r}; use console")


def _verilog(text: str, names: dict[str, Any]) -> None:
    name = re.match(r"// (\w+\.(?:s?v|vlt))\n", text)
    if not name:
        raise ValueError("Verilog needs a first line `// name.v`, and a console that lints or runs it")
    Path(name[1]).write_text(text, encoding="utf-8")


def _program(text: str, names: dict[str, Any]) -> None:
    from golden.program import Program

    Program.parse(text).verify()


def _toml(text: str, names: dict[str, Any]) -> None:
    tomllib.loads(text)
    if name := re.match(r"# (\w+\.toml)\n", text):
        Path(name[1]).write_text(text, encoding="utf-8")


def _nothing(text: str, names: dict[str, Any]) -> None:
    """Text, and consoles, which `hel.pages.tutorial` runs."""


LANGUAGES: dict[str, Callable[[str, dict[str, Any]], Any]] = {
    "python": _python,
    "console": _nothing,
    "sh": _sh,
    "verilog": _verilog,
    "program": _program,
    "json": lambda text, names: json.loads(text),
    "toml": _toml,
    "text": _nothing,
}
