"""Docstrings as Markdown, for the reference pages of the documentation site.

Ours are plain text with a few marks of reStructuredText: sections with a line of dashes, tables between lines of `=`,
examples with `>>>`, formulas indented after `::`. `markdown` turns those into Markdown; `Docstrings` hands it to
mkdocstrings.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Any

__all__ = ["Docstrings", "markdown"]

_RULE = re.compile(r"={3,}(\s+={3,})+\s*")
_DOCUMENT = re.compile(r"(?<![\w/])(docs/(\w+)\.md)")
_ENTRY = re.compile(r"(?P<name>\S.*?)(?: : (?P<text>.*))?")


def markdown(docstring: str) -> str:
    r"""A docstring as Markdown; the sentence for `tests/test_floor_plan.py`, "May import ...", is left out.

    >>> print(markdown("Its sum, 2**k.\n\nRaises\n------\nHelError : no\n    number"))
    Its sum, 2\*\*k.
    <BLANKLINE>
    **Raises**
    <BLANKLINE>
    - `HelError`: no number
    """
    return "\n\n".join(_paragraphs(docstring.expandtabs().strip("\n").split("\n")))


def _paragraphs(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
        elif at + 1 < len(lines) and re.fullmatch(r"-{3,}\s*", lines[at + 1]):
            yield f"**{lines[at].strip()}**"
            stop = _end_of_section(lines, at + 2)
            yield from _entries(lines[at + 2 : stop])
            at = stop
        elif lines[at][0] == " ":  # a formula
            stop = next((k for k in range(at, len(lines)) if lines[k].strip() and lines[k][0] != " "), len(lines))
            yield _fenced("text", textwrap.dedent("\n".join(lines[at:stop])).strip("\n"))
            at = stop
        else:
            stop = next((k for k in range(at, len(lines)) if not lines[k].strip()), len(lines))
            yield from _paragraph(lines[at:stop])
            at = stop


def _end_of_section(lines: list[str], start: int) -> int:
    """A section ends before the next one's title, or at a blank line with an example or unindented prose behind it."""
    for k in range(start, len(lines)):
        titled = k + 1 < len(lines) and re.fullmatch(r"-{3,}\s*", lines[k + 1])
        if titled or (not lines[k].strip() and k + 1 < len(lines) and lines[k + 1].startswith(">>>")):
            return k
        if not lines[k].strip() and k + 1 < len(lines) and lines[k + 1].strip() and lines[k + 1][0] != " ":
            return k + 1
    return len(lines)


def _entries(lines: list[str]) -> Iterator[str]:
    """`name : text` and what is indented below it, as a list; examples and other prose as they are."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line[:1] == " " and found:
            found[-1][1].append(line.strip())
        elif line.strip():
            found.append((line.strip(), []))
    if any(name.startswith(">>>") for name, _ in found):
        yield from _paragraph([line for line in lines if line.strip()])
        return
    items = []
    for first, rest in found:
        entry = _ENTRY.fullmatch(first)
        assert entry is not None
        if entry["text"] is None and not rest:
            items.append(_escaped(first))
        else:
            text = " ".join([entry["text"] or "", *rest]).strip()
            items.append(f"- `{entry['name']}`: {_escaped(text)}")
    yield "\n".join(items)


def _paragraph(lines: list[str]) -> Iterator[str]:
    if lines[0].startswith("May import of"):
        return
    if lines[0].startswith(">>>"):
        yield _fenced("pycon", "\n".join(lines))
    elif _RULE.fullmatch(lines[0]):
        yield _table(lines)
    elif lines[0].startswith("|"):
        yield "\n".join(lines)
    elif any(re.search(r"\S {3,}\S", line) for line in lines):  # columns, or a formula
        yield _fenced("text", "\n".join(lines))
    else:
        text = "\n".join(lines)
        yield _escaped(re.sub(r"::$", ":", text))


def _table(lines: list[str]) -> str:
    starts = [match.start() for match in re.finditer("=+", lines[0])]
    rows = [
        [line[a:b].strip().replace("|", "\\|") for a, b in zip(starts, [*starts[1:], None], strict=True)]
        for line in lines
        if not _RULE.fullmatch(line)
    ]
    if sum(bool(_RULE.fullmatch(line)) for line in lines) < 3:
        rows.insert(0, [""] * len(starts))
    shown = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([shown[0], "|" + "---|" * len(starts), *shown[1:]])


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


def _escaped(text: str) -> str:
    """Prose in which stars are stars, outside of code, and documents of ours are links."""
    parts = re.split(r"(``.*?``|`.*?`)", text, flags=re.S)
    parts[::2] = [_DOCUMENT.sub(r"[\1](../\2.md)", re.sub(r"([*<\[])", r"\\\1", part)) for part in parts[::2]]
    return "".join(parts)


def _on_instance(self: object, *, obj: Any, **others: Any) -> None:
    if not obj.is_alias and obj.docstring is not None:
        obj.docstring.value = markdown(obj.docstring.value)


def _base() -> type:
    try:
        from griffe import Extension
    except ModuleNotFoundError:  # without the extra docs there is no site; `markdown` has its examples all the same
        return object
    base: type = Extension
    return base


Docstrings = type("Docstrings", (_base(),), {"on_instance": _on_instance})
"""What mkdocstrings calls for every object that it has read."""
