"""Every example of the documents is run, and prints what stands below it."""

import re
from pathlib import Path

import pytest

from bitstreams import build, tools
from golden.errors import HelError
from hel.pages import tutorial
from rtl.hls.plan import geometry
from testbench import tools as simulators

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / tutorial.DOCUMENT).read_text()


def compare(slow_only):
    compared = 0
    for block, printed in tutorial.outputs(TEXT, slow=slow_only):
        for (command, written), now in zip(block.commands, printed, strict=True):
            if block.slow == slow_only:
                assert tutorial.agree(written, now), f"$ {command}\n{now}\n\nrun `python -m hel.pages.tutorial`"
                compared += 1
    return compared


def test_the_examples_of_your_own_hamiltonian():
    assert compare(slow_only=False) >= 18


def test_an_error_begins_with_one_line_of_the_file():
    errors = [line for line in TEXT.splitlines() if line.startswith("hel: ")]
    head = r"\S+\.py:\d+: `.*?`: "
    assert sum(bool(re.match(f"hel: {head}", line)) for line in errors) >= 5
    assert not [line for line in errors if re.match(f"hel: {head}{head}", line)]


@pytest.mark.slow
@pytest.mark.cosim
@pytest.mark.pnr
def test_the_long_examples_of_your_own_hamiltonian():
    if not all(map(tools.available, build.TOOLS)):
        pytest.skip("FPGA tools not installed")
    try:
        simulators.find("verilator")
    except HelError as error:
        pytest.skip(str(error))
    assert compare(slow_only=True) >= 2


def test_the_readme_and_the_document_have_one_example():
    readme = [block.text for block in tutorial.blocks((ROOT / "README.md").read_text()) if block.language == "python"]
    document = [block.text for block in tutorial.blocks(TEXT) if block.language == "python"]
    assert readme == document[:1]


def test_every_command_has_its_output_written():
    commands = [pair for block in tutorial.blocks(TEXT) for pair in block.commands]
    assert commands and all(printed for _, printed in commands)


def test_the_limits_in_the_text_are_those_of_the_array():
    rows = [
        f"| elements, neurons on one of them | {geometry.MAX_ELEMENTS}, {geometry.MAX_FOLD} |",
        f"| inputs of a step | {geometry.MAX_INPUTS} |",
        "| words of parameters on an element; with those of constants; where it has a table"
        f" | {geometry.PARAMETER_WORDS - 1}; {geometry.WEIGHT_WORDS - 1}; {geometry.TABLE_BASE - 1} |",
        f"| words of intermediate vectors that an element needs at one time | {geometry.VECTOR_WORDS[-1]} |",
        f"| control words | {geometry.STORE_WORDS[-1]} |",
    ]
    assert "\n".join(rows) in TEXT


def test_a_document_is_refreshed():
    text = "a\n```python\n# one.py\nx = 1\n```\n```console\n$ hel --version\nold\n$ hel systems one.py\n```\nb\n"
    new = tutorial.refreshed(text, slow=False)
    assert "$ hel --version\nhel 0." in new and "old" not in new and new.endswith("```\nb\n")
    assert "$ hel systems one.py\nhel: a file with exactly one system needs no class name, one.py defines none" in new
    assert tutorial.refreshed(new, slow=False) == new


def test_slow_blocks_are_left_alone():
    text = "```console slow\n$ hel systems\nwhat stood there\n```\n"
    assert tutorial.refreshed(text, slow=False) == text


@pytest.mark.parametrize(
    ("written", "printed", "same"),
    [
        ("LUT 1000", "LUT 1009", True),
        ("LUT 1000", "LUT 1020", False),
        ("error 1e-06", "error 2e-05", True),
        ("error 1e-06", "error 1e-04", False),
        ("yes", "no", False),
        ("0 mismatches", "1 mismatches", False),
    ],
)
def test_outputs_agree_but_for_rounding(written, printed, same):
    assert tutorial.agree(written, printed) is same


def test_a_console_runs_hel_only():
    with pytest.raises(ValueError, match="runs hel"):
        tutorial.run("rm -r /nothing")
