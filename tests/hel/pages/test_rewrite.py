"""A page is written whole, or only compared."""

from pathlib import Path

from hel.pages.rewrite import rewrite


def test_a_page_is_compared_or_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = Path("page.md")
    page.write_text("old\n")
    assert rewrite(page, str.upper, ["--check"]) == 1 and page.read_text() == "old\n"
    assert rewrite(page, str.upper, []) == 0 and page.read_text() == "OLD\n"
    assert rewrite(page, str.upper, ["--check"]) == 0
