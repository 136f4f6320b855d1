"""Files that are runs, and what is said of those that are none."""

import json
import os

import pytest

from golden.errors import HelError
from golden.provenance import version
from hel.report.read import COMMANDS, SHAPES, of, read
from tests.hel.report.runs import BUILD, result, run

MADE = {"command": "verify", "line": "hel verify dense", "version": "0.1.0"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_run_says_what_made_it(command):
    found = run(command)
    assert found.command == command and found.line.startswith(f"hel {command} ")
    assert found.version == ("" if command == "build" else version())  # the committed build is of 0.1
    assert of({**result(command), "made_by": None}).command == command  # as 0.1 and Python have it


def test_a_folder_counts_as_its_report(tmp_path):
    (tmp_path / "report.json").write_text(BUILD.read_text())
    assert read(str(tmp_path)).result == run("build").result


def test_a_folder_of_builds_names_them(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/report.json").write_text("{}")
    with pytest.raises(HelError, match=f"holds report.json, .* does not; name {tmp_path}/a$"):
        read(str(tmp_path))


def test_absent_and_null_are_one():
    found = of({"made_by": MADE, "seed": None, "steps": 3})
    assert "seed" not in found and found.get("seed", 7) == 7 and found["steps"] == 3


REFUSED = {
    "nothing": (b"", "a run is a text of JSON, '{file}' is empty: what wrote it failed; make it with"),
    "a line end": (b"\n", "'{file}' is empty: what wrote it failed"),
    "Python": (b"import numpy as np\n", "a run is a text of JSON, '{file}' is none; make it with"),
    "a page": (b"<!DOCTYPE html>\n<html>", "a run is a text of JSON, '{file}' is none; make it with"),
    "half": (b'{"made_by": ', "'{file}' is broken: "),
    "binary": (b"\x89PNG\xff", "a run is a text of JSON, '{file}' is none"),
    "a list": (b"[]", "a run is a JSON object that hel printed with --json, '{file}' holds none"),
    "another's": (b'{"a": 1}', "'{file}' is of no command that we know; make it with"),
    "a study": (b'{"command": "python -m x", "rows": []}', "'{file}' is of no command that we know"),
    "another command": ({"made_by": {**MADE, "command": "glep"}}, "train, verify, rtl, build, '{file}' is of 'glep'"),
    "half a maker": ({"made_by": {"command": "verify"}}, "made_by names command, line and version, that of '{file}'"),
    "a newer version": ({"made_by": {**MADE, "version": "99.0"}}, "and before, '{file}' is of 99.0; update hel-fpga"),
    "NaN": (b'{"cost": NaN}', "a run holds finite numbers, '{file}' holds NaN"),
    "infinite": (b'{"made_by": {"command": "verify", "line": "", "version": ""}, "cycles_per_second": 1e999}',
                 "a result has 'cycles_per_second' as hel writes it, that of '{file}' is Infinity"),
    "deep": (b"[" * 100_000, "'{file}' is nested too deeply"),
    "another shape": ({"made_by": MADE, "schedule": {"forward": []}}, "has 'schedule' as hel writes it, that of"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_run_is_refused_in_one_line(tmp_path, kind):
    content, message = REFUSED[kind]
    file = tmp_path / "a.json"
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(HelError) as refused:
        read(str(file))
    assert message.format(file=file) in str(refused.value) and "; " in str(refused.value)


@pytest.mark.parametrize("key", SHAPES)
@pytest.mark.parametrize("value", [[{}], {"a": []}, "x" * 9, -1.5, True], ids=repr)
def test_a_key_is_of_its_shape_or_refused(key, value):
    """No section meets what it cannot show: the page is made, or the key is named."""
    from hel.report.page import page

    try:
        found = of({"made_by": MADE, key: value})
    except HelError as error:
        assert repr(key) in str(error) or key == "made_by"
    else:
        assert "<html" in page([found])


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(HelError, match="a run is a regular file"):
        read(str(tmp_path / "pipe"))


def test_characters_that_no_page_holds_are_replaced(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"made_by": MADE, "system": "a\ud800\x00\x1b[31mb"}))
    assert read(str(tmp_path / "a.json"))["system"] == "a\ufffd\ufffd\ufffd[31mb"
