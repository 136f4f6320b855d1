"""Docstrings as Markdown: each of the marks that ours use, and every public docstring in one go."""

import importlib
import inspect
import re

import pytest

from hel.pages import site_reference
from hel.pages.site_docstrings import markdown


@pytest.mark.parametrize(
    ("docstring", "text"),
    [
        ("One line, a * b.", "One line, a \\* b."),
        ("`a * b` and ``c ** d``.", "`a * b` and ``c ** d``."),
        ("As in docs/numerics.md.", "As in [docs/numerics.md](../numerics.md)."),
        ("A.\n\n>>> 1 + 1\n2", "A.\n\n```pycon\n>>> 1 + 1\n2\n```"),
        ("A formula::\n\n    q <- q + p\n      more\n\nB.", "A formula:\n\n```text\nq <- q + p\n  more\n```\n\nB."),
        ("a, b     what they are\nc        another", "```text\na, b     what they are\nc        another\n```"),
        ("=== ===\na   b\n=== ===\n1   x|y\n=== ===", "| a | b |\n|---|---|\n| 1 | x\\|y |"),
        ("=== ===\n1   2\n=== ===", "|  |  |\n|---|---|\n| 1 | 2 |"),
        ("| a |\n|---|\n| b |", "| a |\n|---|\n| b |"),
        ("Sum.\n\nMay import of golden: errors.", "Sum."),
        (
            "Parameters\n----------\nq, p : (n,)\n    of now\neps : strength\n\nRaises\n------\nHelError\n    always",
            "**Parameters**\n\n- `q, p`: (n,) of now\n- `eps`: strength\n\n**Raises**\n\n- `HelError`: always",
        ),
        ("Returns\n-------\nthe sum\n\n>>> 1\n1", "**Returns**\n\nthe sum\n\n```pycon\n>>> 1\n1\n```"),
    ],
)
def test_marks(docstring, text):
    assert markdown(docstring) == text


def docstrings():
    for group in site_reference.MODULES.values():
        for name in group:
            module = importlib.import_module(name)
            for public in module.__all__:
                thing = getattr(module, public)
                if inspect.isclass(thing) or inspect.isfunction(thing):
                    yield f"{name}.{public}", inspect.getdoc(thing)


def test_no_word_of_a_public_docstring_is_lost():
    """Words, in their order, are what they were; only marks change."""
    checked = 0
    for name, text in docstrings():
        if not text:
            continue
        made = re.sub(r"\]\(\.\./\w+\.md\)|```(text|pycon)?|\\", "", markdown(text))
        words = re.findall(r"[A-Za-z]\w+", re.sub(r"^May import.*", "", text, flags=re.M | re.S))
        assert re.findall(r"[A-Za-z]\w+", made) == words, name
        assert made.count("```") % 2 == 0
        checked += 1
    assert checked > 60
