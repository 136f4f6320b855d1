"""Tables stand between a study's markers, and nothing else of the page changes."""

import pytest

from golden.errors import HelError
from golden.studies.pages import insert, marks


def test_markers_are_needed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("no markers")
    with pytest.raises(HelError, match="needs the two marker lines"):
        insert(page, "text", "operand_cuts")
    begin, end = marks("operand_cuts")
    page.write_text("a\n" + "\n".join(marks("operand_cuts")) + "\nb\n")
    insert(page, "text", "operand_cuts")
    assert page.read_text() == f"a\n{begin}\ntext\n{end}\nb\n"
