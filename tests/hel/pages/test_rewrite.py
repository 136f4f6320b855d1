"""A page is written whole, or only compared."""

from pathlib import Path

import pytest

from golden.errors import HelError
from hel.pages.rewrite import rewrite


def test_a_page_is_compared_or_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = Path("page.md")
    page.write_text("old\n")
    assert rewrite(page, str.upper, ["--check"]) == 1 and page.read_text() == "old\n"
    assert rewrite(page, str.upper, []) == 0 and page.read_text() == "OLD\n"
    assert rewrite(page, str.upper, ["--check"]) == 0


@pytest.mark.parametrize("argv", [["--chek"], ["--check", "again"], ["x"]])
def test_another_argument_rewrites_nothing(tmp_path, argv):
    page = tmp_path / "page.md"
    page.write_text("old")
    with pytest.raises(HelError, match="a page is rewritten without arguments and compared with --check, got"):
        rewrite(page, str.upper, argv)
    assert page.read_text() == "old"


def test_a_page_that_is_elsewhere(tmp_path):
    with pytest.raises(HelError, match="is not in .*; go there first"):
        rewrite(tmp_path / "no.md", str.upper, [])
