"""Pictures of pages: taken whole or not at all; those of docs are small."""

from pathlib import Path

import pytest

from golden.errors import HelError
from hel.pages import screenshots
from hel.pages.screenshots import SHOTS, Shot, take

PICTURES = Path(__file__).parents[3] / "docs/pictures"


def size(png):
    """Width and height of a PNG, from its header."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


@pytest.mark.parametrize(
    ("name", "width"), [("report", 1000), ("report_schedule", 1000), ("site", 1400), ("site_phone", 400)]
)
def test_pictures_of_docs_are_there_and_small(name, width):
    png = (PICTURES / f"{name}.png").read_bytes()
    assert size(png)[0] >= width and len(png) < 300_000


@pytest.mark.browser
def test_a_text_and_a_file_are_pictured(tmp_path):
    (tmp_path / "page.html").write_text("<p style='margin:90px;width:300px;height:50px'>here</p>")
    shots = [
        Shot("text", "<h1>Hello</h1>", width=640, height=480),
        Shot("file", (tmp_path / "page.html").as_uri(), width=500, element="p", dark=True),
    ]
    margin = 2 * screenshots.MARGIN
    found = {path.name: size(path.read_bytes()) for path in take(shots, tmp_path)}
    assert found["text.png"] == (640, 480) and found["file.png"][1] == 50 + margin


@pytest.mark.browser
def test_no_picture_is_better_than_half_of_them(tmp_path):
    with pytest.raises(Exception, match="ERR_FILE_NOT_FOUND"):
        take([Shot("a", "<p>a"), Shot("b", "file:///no/such/page.html")], tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_a_browser_the_way_out_is_told(monkeypatch):
    monkeypatch.setattr(screenshots.shutil, "which", lambda name: None)
    with pytest.raises(HelError, match="need Chromium, none is on the PATH; `make docs-env`"):
        screenshots.chromium()


def test_an_unknown_picture(capfd):
    assert screenshots.main(["--only", "reprot"]) == 2
    assert "unknown picture 'reprot', did you mean report?" in capfd.readouterr().err and "report" in SHOTS
