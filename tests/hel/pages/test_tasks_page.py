"""The table of docs/tasks.md is that of the cards."""

from pathlib import Path

from golden import tasks
from hel.pages import tasks_page

TEXT = (Path(__file__).parents[3] / tasks_page.PAGE).read_text()


def test_the_page_is_up_to_date():
    assert tasks_page.fill(TEXT) == TEXT, "run `python -m hel.pages.tasks_page`"


def test_every_task_is_in_both_tables():
    assert all(TEXT.count(f"| `{name}` |") == 2 for name in tasks.names())


def test_the_page_is_written_where_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    begin, _, rest = TEXT.partition("<!-- tasks: generated -->\n")
    (tmp_path / tasks_page.PAGE).write_text(
        begin + "<!-- tasks: generated -->\nold\n" + rest[rest.index("<!-- tasks: end") :]
    )
    assert tasks_page.main(["--check"]) == 1 and tasks_page.main([]) == 0 and tasks_page.main(["--check"]) == 0
    assert (tmp_path / tasks_page.PAGE).read_text() == TEXT
