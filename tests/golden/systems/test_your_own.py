"""The guide for writers of potentials: its examples run."""

import doctest
from pathlib import Path


def test_the_examples_of_the_document_run():
    page = Path(__file__).parents[3] / "docs/your_own_hamiltonian.md"
    result = doctest.testfile(str(page), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 8 and not result.failed
