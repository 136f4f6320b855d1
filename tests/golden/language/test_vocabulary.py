"""One vocabulary: what the rules have, what the tracer says that it has, and what the tutorial tells a user."""

import re
from pathlib import Path

import pytest

from golden.language import trace
from golden.language.array_rules import ARRAY_RULES, METHODS
from golden.language.hints import AVAILABLE, HINTS
from golden.language.numpy_rules import UFUNCS
from golden.language.smooth_rules import SMOOTH_UFUNCS

TUTORIAL = (Path(__file__).parents[3] / "docs" / "your_own_hamiltonian.md").read_text(encoding="utf-8")
SECTION = TUTORIAL[TUTORIAL.index("## 6.") : TUTORIAL.index("## 7.")]
OPERATORS = {"add", "subtract", "multiply", "divide", "power", "negative", "positive"}
"""Written as signs."""


def names(text):
    return set(re.findall(r"\bnp\.(\w+)", text))


def test_the_tracer_lists_what_there_are_rules_for():
    assert names(trace.__doc__) == ((set(UFUNCS) | set(SMOOTH_UFUNCS)) - OPERATORS) | set(ARRAY_RULES) | {"clip"}


def test_the_tutorial_lists_what_the_tracer_lists():
    assert names(trace.__doc__) - names(SECTION) == set()


@pytest.mark.parametrize("text", [AVAILABLE])
def test_a_message_lists_nothing_else(text):
    assert names(text) <= names(trace.__doc__)


@pytest.mark.parametrize("name", HINTS)
def test_a_hint_says_what_can_be_traced(name):
    """Beside what it says not to write, and what stands in hel.table."""
    text = re.sub(r"hel\.table\(.*| for np\.\w+", "", HINTS[name])
    assert names(text) <= names(trace.__doc__) | {"pi"}


def test_methods_are_functions():
    assert set(METHODS) <= set(ARRAY_RULES)
