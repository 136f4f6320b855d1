"""The figure of a scan: written whole in every format, with what is missing left out."""

import pytest

from golden.checks.eps_scan import scan
from hel.figures.strengths import errors_by_eps

pytest.importorskip("matplotlib")


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".pdf", b"%PDF"), (".svg", b"<?xml")])
def test_every_format(tmp_path, suffix, start):
    result = scan("springs", neurons=3, steps=20)
    path = errors_by_eps(result, tmp_path / f"a{suffix}")
    assert path.read_bytes().startswith(start) and [each.name for each in tmp_path.iterdir()] == [f"a{suffix}"]


def test_what_diverged_is_left_out(tmp_path):
    result = scan("dense", neurons=3, steps=20)
    for row in result["rows"]:
        row |= {"relative_error_float": None, "round_off": None, "limit": "flags"}
    assert errors_by_eps(result, tmp_path / "a.svg").read_text().count("words overflow or clip") > 0
