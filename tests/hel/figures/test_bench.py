from hel.figures.bench import bench
from tests.hel.bench.rows import ROWS


def test_every_panel_has_its_lines(tmp_path):
    path = bench(ROWS, tmp_path / "bench.svg", "title")
    text = path.read_text()
    for words in ("title", "JAX BPTT, batch 64", "golden compiled, 2 seeds", "MB more while learning", "steps T"):
        assert words in text, words


def test_golden_alone_is_drawn_too(tmp_path):
    assert bench(ROWS[:1], tmp_path / "bench.png").stat().st_size > 10_000
