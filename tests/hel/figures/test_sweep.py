"""The figure of a sweep: numbers and names, one line and many, a range where there are several."""

import pytest

from hel.figures.sweep import sweep

pytest.importorskip("matplotlib")

LINES = {16: {8: [1.0, 3.0], 16: [10.0, 30.0], 32: [1000.0]}, 32: {8: [2.0], 16: [20.0]}}


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".pdf", b"%PDF"), (".svg", b"<?xml")])
def test_every_format(tmp_path, suffix, start):
    path = sweep(LINES, tmp_path / f"a{suffix}", x="neurons", y="error", by="bits", title="a $ b")
    assert path.read_bytes().startswith(start) and [each.name for each in tmp_path.iterdir()] == [f"a{suffix}"]


def test_what_it_says(tmp_path):
    """SVG keeps a text as a comment beside its outlines."""
    text = sweep(LINES, tmp_path / "a.svg", x="neurons", y="error", by="bits", title="one").read_text()
    for said in ("error: mean and range", "neurons", "bits = 16", "bits = 32", "one"):
        assert f"<!-- {said} -->" in text, said
    assert text == sweep(LINES, tmp_path / "a.svg", x="neurons", y="error", by="bits", title="one").read_text()


def test_names_and_one_value_each(tmp_path):
    text = sweep({None: {"dense": [0.0], "hru": [1.0]}}, tmp_path / "a.svg", x="system", y="accuracy").read_text()
    assert "<!-- dense -->" in text and "<!-- accuracy -->" in text and "mean and range" not in text


def test_powers_of_two_are_ticks_of_their_own(tmp_path):
    lines = {None: {2.0**-k: [float(k)] for k in range(3, 7)}}
    text = sweep(lines, tmp_path / "a.svg", x="eps", y="error").read_text()
    assert all(f"<!-- 2^-{k} -->" in text for k in range(3, 7))
