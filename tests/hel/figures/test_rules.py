"""Figures of the learning rules: paths are checked before work, files are written whole."""

import pytest

from golden.checks.glepcheck import errors_by_eps, shown
from golden.studies.two_oscillators import study
from hel.arguments import UsageError
from hel.figures import rules
from hel.figures.canvas import checked

pytest.importorskip("matplotlib")


def test_both_figures(tmp_path):
    size = {"neurons": 2, "inputs": 1, "steps": 10, "step": 0.125, "seed": 0}
    found = {"pfvp": shown("dense", "pfvp", eps=1e-3, **size)}
    errors = {"pfvp": errors_by_eps("dense", "pfvp", eps=[2.0**-6, 2.0**-8], **size), "none": []}
    one = rules.boundary_conditions(found, errors, tmp_path / "one.pdf")
    two = rules.two_oscillators(study(epochs=2), tmp_path / "two.png")
    assert one.read_bytes().startswith(b"%PDF") and two.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("folder.png", "--figure must name a regular file"),
        ("link.png", "--figure must name a regular file"),
        ("a.gif", "--figure must name a .png, .svg, .pdf file, not .*; try 'a.png'"),
        ("no/a.png", "in an existing folder"),
    ],
)
def test_where_a_figure_can_go(tmp_path, name, message):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "elsewhere.png")
    with pytest.raises(UsageError, match=message):
        checked(tmp_path / name)
    assert checked(tmp_path / "new.svg") == tmp_path / "new.svg" and checked(None) is None
