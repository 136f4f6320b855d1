"""The tables of docs/bench.md are those of docs/results/bench.json."""

import json
from pathlib import Path

from hel.pages import bench_page
from tests.hel.bench.rows import DOCUMENT

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / bench_page.PAGE).read_text()


def test_the_page_is_up_to_date():
    assert bench_page.fill(TEXT, ROOT / bench_page.RESULTS) == TEXT, "run `python -m hel.pages.bench_page`"


def test_the_page_is_written_where_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs/results").mkdir(parents=True)
    (tmp_path / bench_page.PAGE).write_text(TEXT)
    (tmp_path / "docs/results/bench.json").write_text(json.dumps(DOCUMENT))
    assert bench_page.main(["--check"]) == 1 and bench_page.main([]) == 0 and bench_page.main(["--check"]) == 0
    assert "| JAX BPTT, best batch | **0.8 (256)** | 1.25 (64) |" in (tmp_path / bench_page.PAGE).read_text()


def test_without_results_it_says_so(tmp_path):
    assert "Nothing is measured yet" in bench_page.fill(TEXT, tmp_path)
