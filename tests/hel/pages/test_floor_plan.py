"""The floor plan: what is read from imports, how it is counted and drawn, and that the committed picture is today's."""

import json
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from golden.errors import HelError
from hel.pages import floor_plan
from hel.pages.floor_plan import FloorPlan, survey
from hel.pages.imports import sources

ROOT = Path(__file__).parents[3]
HOUSE = {
    "golden/__init__.py": '"""The mathematics."""\n',
    "golden/errors.py": '"""What goes wrong."""\n',
    "golden/words/__init__.py": '"""Words <of> "numbers".\n\nMore.\n"""\n',
    "golden/words/a.py": "from golden.errors import HelError\n",
    "golden/rules/b.py": (
        "import numpy\nfrom golden import errors\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from golden.tasks import c\nelse:\n    import golden.words.a\n"
    ),
    "golden/tasks/c.py": "def f():\n    from golden.rules.b import g, h\n",
    "testbench/tools.py": "import golden.tasks.c as c, golden.errors\n",
}
TABLE = '"golden/errors" = []\n"golden/words" = ["golden/errors"]\n'


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A made-up house, as the working directory."""
    for path, text in (HOUSE | {"hel/pages/floor_plan.toml": TABLE}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_picture_and_the_page_are_todays():
    for path, text in floor_plan.today(ROOT).items():
        assert (ROOT / path).read_text() == text, "run `python -m hel.pages.floor_plan --write`"


def test_every_kind_of_import_is_read(house):
    found = sources(house)
    assert found["golden/rules/b.py"].imports == {"golden/errors.py", "golden/words/a.py"}
    assert found["golden/rules/b.py"].type_imports == {"golden/tasks/c.py"}
    assert found["golden/tasks/c.py"].imports == {"golden/rules/b.py"}
    assert found["testbench/tools.py"].imports == {"golden/tasks/c.py", "golden/errors.py"}


def test_the_figures(house):
    figures = survey(house).figures()
    plan = figures.pop("plan")
    assert figures == {
        "rooms": 5,
        "floors": 5,
        "arrows": 6,
        "plain_arrows": 4,
        "type_arrows": 1,
        "files": 7,
        "circles": [],
        "file_circles": [],
        "upward": [],
        "against": [
            ["golden/rules", "golden/errors"],
            ["golden/rules", "golden/words"],
            ["golden/tasks", "golden/rules"],
            ["testbench", "golden/errors"],
            ["testbench", "golden/tasks"],
        ],
    }
    assert [*plan] == ["golden/errors", "golden/words", "golden/rules", "golden/tasks", "testbench"]
    assert plan["golden/words"] == {"floor": 1, "purpose": 'Words <of> "numbers"', "imports": ["golden/errors"]}
    assert (
        survey(house, "golden").row("today", "golden alone")
        == "| today, golden alone | 4 | 4 | 4 | 3 | 0 (0) | 0 (0) | 0 |"
    )


def test_circles_share_a_floor_and_are_drawn_whole(house):
    (house / "golden/errors.py").write_text("from golden.words.a import x\n")
    plan = survey(house)
    figures = plan.figures()
    assert figures["circles"] == [["golden/errors", "golden/words"]]
    assert figures["file_circles"] == [["golden/errors.py", "golden/words/a.py"]]
    assert plan.floor["golden/errors"] == plan.floor["golden/words"] == 0
    assert {("golden/errors", "golden/words"), ("golden/words", "golden/errors")} <= plan.plain_arrows()


def test_an_arrow_from_a_lower_package_to_a_higher_one_is_upward(house):
    (house / "golden/errors.py").write_text("import testbench.tools\n")
    assert survey(house).figures()["upward"] == [["golden/errors", "testbench"]]


def test_the_picture_says_everything_in_words_too(house):
    plan = survey(house)
    svg = ET.fromstring(plan.picture())
    names = {"s": "http://www.w3.org/2000/svg"}
    assert svg.get("role") == "img" and svg.get("aria-labelledby") == "title desc"
    assert svg.find("s:title", names).text == "Floor plan of hel-fpga"
    for room in plan.graph:
        assert f"{room} imports" in svg.find("s:desc", names).text
    shown = [text.text for text in svg.iterfind(".//s:text", names)]
    assert {"errors", "words", "rules", "tasks", "testbench", 'Words <of> "numbers"'} <= set(shown)
    assert "prefers-color-scheme: dark" in svg.find("s:style", names).text
    assert len(svg.findall("s:path[@class='wrong']", names)) == 5


def test_boxes_do_not_overlap_and_stay_inside(house):
    names = {"s": "http://www.w3.org/2000/svg"}
    for tree in (house, ROOT):
        svg = ET.fromstring(survey(tree).picture())
        _, _, width, height = map(float, svg.get("viewBox").split())
        boxes = [
            [float(box.get(key)) for key in ("x", "y", "width", "height")]
            for box in svg.iterfind(".//s:g/s:rect", names)
        ]
        assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
        for k, (x, y, w, h) in enumerate(boxes):
            assert not any(x < a + c and a < x + w and y < b + d and b < y + h for a, b, c, d in boxes[:k])


def test_the_command(house, capsys):
    assert floor_plan.main([]) == 0
    said = capsys.readouterr().out
    assert said.startswith(
        "5 rooms on 5 floors, 6 arrows between them (4 without those that a longer way implies), 1 for types"
    )
    assert "floor 4\n  testbench                  golden/tasks\n" in said and "5 arrows against" in said
    assert floor_plan.main(["--json", "--package", "golden"]) == 0
    assert json.loads(capsys.readouterr().out)["rooms"] == 4
    assert floor_plan.main(["--row", "then"]) == 0
    assert capsys.readouterr().out == "| then, house | 5 | 5 | 6 | 4 | 0 (0) | 0 (0) | 0 |\n"
    assert floor_plan.main(["--svg", "plan.svg"]) == 0
    assert Path("plan.svg").read_text() == survey(house).picture()


def test_the_page_is_written_and_compared(house):
    page = house / "docs/architecture.md"
    page.parent.mkdir()
    page.write_text("| before, house | 1 |\n| today, house | 1 |\nend\n")
    assert floor_plan.main(["--check"]) == 1
    assert floor_plan.main(["--write"]) == 0 and floor_plan.main(["--check"]) == 0
    assert page.read_text().startswith("| before, house | 1 |\n| today, house | 5 | 5 |")
    page.write_text("nothing\n")
    with pytest.raises(HelError, match=r"rows that begin with '\| today, ', there are none; restore them"):
        floor_plan.main(["--check"])


def test_another_revision_is_measured_alike(house, capsys):
    def git(*arguments):
        identity = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    (house / "golden/tasks/c.py").write_text("")
    assert floor_plan.main(["--revision", "HEAD", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["arrows"] == 6
    assert floor_plan.main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out)["arrows"] == 5


def test_what_cannot_be_measured_is_said(house, tmp_path_factory):
    with pytest.raises(HelError, match="`git archive` finds here, got 'nowhere'; name a commit"):
        floor_plan.main(["--revision", "nowhere"])
    empty = tmp_path_factory.mktemp("empty")
    with pytest.raises(HelError, match="needs one of the packages golden, rtl, .* has none; run it from the root"):
        survey(empty)
    assert FloorPlan({}).figures()["floors"] == 0
