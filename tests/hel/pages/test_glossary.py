"""The glossary knows every acronym of the documents, and every word once."""

import re
from pathlib import Path

import pytest

from hel.pages.blocks import documents

ROOT = Path(__file__).parents[3]
GLOSSARY = (ROOT / "docs/glossary.md").read_text()
TERMS = [term for row in re.findall(r"^\| (.*?) \|", GLOSSARY, re.M) for term in re.findall(r"\*\*(.+?)\*\*", row)]
NO_ACRONYMS = {"ANY", "END", "ONE", "WITHIN", "README"}
"""Words that a document stresses by capitals, and a file's name."""


def acronyms(document):
    r"""Words of three or more capitals in prose, plurals without their s; neither code nor file names.

    >>> acronyms("The RTLs of `CODE` in README.md:\n\n    X = YZZ\n\n```text\nABC\n```\n")
    {'RTL'}
    """
    prose = re.sub(
        r"^```.*?^```$|^ {4}[^\n]*$|`[^`]*`|\]\([^)]*\)|\b[\w/]+\.(md|toml|json|cff)\b", "", document, flags=re.M | re.S
    )
    return {word.removesuffix("s") for word in re.findall(r"(?<!\w)[A-Z][A-Z0-9]{2,}s?\b", prose)}


@pytest.mark.parametrize("path", documents(ROOT), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_acronym_is_explained(path):
    known = set(re.findall(r"\w+", " ".join(TERMS)))
    assert acronyms(path.read_text()) - NO_ACRONYMS <= known


def test_a_word_has_one_line():
    assert len(TERMS) > 90 and len(set(TERMS)) == len(TERMS)


@pytest.mark.parametrize(
    "word",
    "EP GLEP HEL RHEL HEB BPTT RTL LSB element lane cut nudge echo kick drift fold P N m T h eps program schedule hold"
    " busy stall".split()
    + ["control word", "twin echo", "SQ(i, f)"],
)
def test_the_house_words_are_there(word):
    assert word in TERMS


def test_acronyms_are_found_in_prose_only():
    text = "The RTLs and a PLL of `CODE` in README.md:\n\n    X = YZZ\n\n```text\nABC\n```\n[more](WSL.md) ECP5"
    assert acronyms(text) == {"RTL", "PLL", "ECP5"}
