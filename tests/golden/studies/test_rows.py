"""A study adds rows to its own document, and to no other file."""

import json

import pytest

from golden.errors import HelError
from golden.studies.rows import collect


def test_rows_that_are_there_are_not_measured_again(tmp_path):
    out = tmp_path / "new" / "rows.json"
    collect(out, "again", [{"n": 1}], lambda case: {"when": "first"})
    rows = collect(out, "again", [{"n": 1}, {"n": 2}], lambda case: {"when": "then"})
    assert rows == [{"case": {"n": 1}, "when": "first"}, {"case": {"n": 2}, "when": "then"}]
    assert json.loads(out.read_text()) == {"command": "again", "rows": rows}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "3", '{"rows": [3]}', '{"rows": [{}]}'])
def test_another_file_is_left_as_it_is(tmp_path, text):
    out = tmp_path / "mine.json"
    out.write_text(text)
    with pytest.raises(HelError, match="rows are added to a document of rows, .*mine.json is none; name another file"):
        collect(out, "", [{"n": 1}], lambda case: pytest.fail("measured before the file was looked at"))
    assert out.read_text() == text


def test_a_folder_that_cannot_be_made_is_told_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        collect(tmp_path / "file" / "rows.json", "", [{"n": 1}], lambda case: pytest.fail("measured"))
