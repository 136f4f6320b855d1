"""Every example of the documents is run, and prints what stands below it."""

import re
from pathlib import Path

import pytest

from bitstreams import build, tools
from golden.errors import HelError
from hel.pages import tutorial
from hel.pages.blocks import LANGUAGES, BrokenBlock, blocks, documents, indented
from rtl.hls.plan import geometry
from testbench import tools as simulators

ROOT = Path(__file__).parents[3]
TEXTS = {str(path.relative_to(ROOT)): path.read_text() for path in documents(ROOT)}
TEXT = TEXTS["docs/your_own_hamiltonian.md"]
SLOW = [name for name, text in TEXTS.items() if any(block.slow for block in blocks(text))]


def compare(text, slow_only):
    compared = 0
    for block, printed in tutorial.outputs(text, slow=slow_only):
        for (command, written), now in zip(block.commands, printed, strict=True):
            if block.slow == slow_only:
                assert tutorial.agree(written, now), f"$ {command}\n{now}\n\nrun `python -m hel.pages.tutorial`"
                compared += 1
    return compared


@pytest.mark.parametrize("name", TEXTS)
def test_every_block_does_what_it_says(name):
    compared = compare(TEXTS[name], slow_only=False)
    assert compared == sum(len(block.commands) for block in blocks(TEXTS[name]) if not block.slow)


def test_an_error_begins_with_one_line_of_the_file():
    errors = [line for line in TEXT.splitlines() if line.startswith("hel: ")]
    head = r"\S+\.py:\d+: `.*?`: "
    assert sum(bool(re.match(f"hel: {head}", line)) for line in errors) >= 5
    assert not [line for line in errors if re.match(f"hel: {head}{head}", line)]


@pytest.mark.slow
@pytest.mark.cosim
@pytest.mark.pnr
@pytest.mark.parametrize("name", SLOW)
def test_the_long_blocks_too(name):
    if not all(map(tools.available, build.TOOLS)):
        pytest.skip("FPGA tools not installed")
    try:
        simulators.find("verilator")
    except HelError as error:
        pytest.skip(str(error))
    assert compare(TEXTS[name], slow_only=True) or not any(
        block.commands for block in blocks(TEXTS[name]) if block.slow
    )


@pytest.mark.parametrize("name", TEXTS)
def test_every_block_has_a_rule(name):
    """A fence of a language that nothing runs, or an indented block that should be one of those."""
    assert {block.language for block in blocks(TEXTS[name])} <= set(LANGUAGES)
    assert len(re.findall(r"^ *```", TEXTS[name], re.M)) == 2 * len(blocks(TEXTS[name]))
    assert indented(TEXTS[name]) == []


@pytest.mark.parametrize("name", TEXTS)
def test_verilog_is_read_by_a_tool(name):
    for file in re.findall(r"^```verilog\n// (\w+\.s?v)$", TEXTS[name], re.M):
        commands = [command for block in blocks(TEXTS[name]) for command, _ in block.commands]
        assert any(file in command and not command.startswith("hel ") for command in commands)


@pytest.mark.parametrize("name", ["README.md", "docs/index.md"])
def test_the_doors_have_the_example_of_the_tutorial(name):
    first, *_ = [block.text for block in blocks(TEXTS[name]) if block.language == "python"]
    assert first == next(block.text for block in blocks(TEXT) if block.language == "python")


def test_every_command_has_its_output_written():
    commands = [pair for block in blocks(TEXT) for pair in block.commands]
    assert len(commands) >= 20 and all(printed for _, printed in commands)


def test_the_limits_in_the_text_are_those_of_the_array():
    rows = [
        f"| elements, neurons on one of them | {geometry.MAX_ELEMENTS}, {geometry.MAX_FOLD} |",
        f"| inputs of a step | {geometry.MAX_INPUTS} |",
        "| words of parameters on an element; with those of constants and tables"
        f" | {geometry.PARAMETER_WORDS - 1}; {geometry.WEIGHT_DEPTHS[-1]} |",
        f"| tables | {geometry.MAX_TABLES} |",
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


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("python\n1 / 0\n", "line 1: ZeroDivisionError"),
        ("python\n>>> 1 + 1\n3\n", "Expected"),
        ("python\nprint(1)  # 2\n", "it prints \\['1'\\], written is \\['2'\\]"),
        ("python\n# own.py\nraise SystemExit\n", "SystemExit"),
        ("sh\nmake nothing_of_the_sort\n", "no make target"),
        ("sh\nhel verify --nothing\n", "see `hel verify --help`"),
        ("sh\npython -m hel.nothing\n", "No module named"),
        ("sh\nrm -r x\n", "use console"),
        ("verilog\nmodule a;\n", "first line"),
        ("program\nprogram\n", "line 1"),
        ("json\n{\n", "line 1"),
        ("toml\n=\n", "line 1"),
        ("cobol\nSTOP RUN.\n", "no rule for blocks of cobol"),
        ("\nx\n", "no rule for blocks of no language"),
    ],
)
def test_a_block_that_is_wrong_is_told(block, says):
    with pytest.raises(BrokenBlock, match=says):
        list(tutorial.outputs(f"```{block}```\n", slow=False))


def test_the_command_says_which_block_is_wrong(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("a\n\n```python\n1 / 0\n```\n")
    assert tutorial.main([str(page)]) == 1
    assert capsys.readouterr().err == f"{page}, line 3: ZeroDivisionError: division by zero\n"


def test_the_command_writes_or_only_compares(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(old := "```console\n$ hel --version\nold\n```\n")
    assert tutorial.main([str(page), "--check"]) == 1 and page.read_text() == old
    assert tutorial.main([str(page)]) == 0 and page.read_text() != old
    assert tutorial.main([str(page), "--check"]) == 0
