"""The page on debugging: its mismatch is made as it says, and prints what stands there."""

from pathlib import Path

import pytest

from golden.errors import HelError
from hel.pages import tutorial
from testbench import tools
from testbench.mutants import MUTANTS

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "how_to" / "debug_a_mismatch.md").read_text()


@pytest.mark.cosim
def test_the_mismatch_is_the_one_that_is_shown():
    try:
        tools.find("icarus")
    except HelError as error:
        pytest.skip(str(error))
    compared = 0
    for block, printed in tutorial.outputs(TEXT, slow=True):
        for (command, written), now in zip(block.commands, printed, strict=True):
            assert tutorial.agree(written, now), f"$ {command}\n{now}\n\nrun `python -m hel.pages.tutorial` on the page"
            compared += 1
    assert compared == 2


def test_the_files_and_mutants_that_it_names_are_there():
    for name in ("lanes", "sum_register", "table", "cut", "state", "gradient"):
        assert f"{name}.py" in TEXT and (ROOT / "rtl" / "element" / f"{name}.py").is_file()
    assert {word.strip("`") for word in TEXT.split() if word.strip("`") in MUTANTS} == {"lane0", "sum0"}


def test_it_has_the_example_of_the_other_pages():
    other = [block.text for block in tutorial.blocks((ROOT / "docs/your_own_hamiltonian.md").read_text())]
    page = [block.text for block in tutorial.blocks(TEXT) if block.language == "python"]
    assert page == other[:1]
