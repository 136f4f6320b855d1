"""The house is built as its floor plan says: hel/pages/floor_plan.toml, and the lengths of files and functions."""

import ast
from pathlib import Path

import pytest

from hel.pages.floor_plan import TABLE, FloorPlan, may_import, read_table, survey
from hel.pages.imports import PACKAGES, sources

ROOT = Path(__file__).parents[1]
LONGEST_FILE, LONGEST_FUNCTION = 400, 80
LONGER: dict[tuple[str, str], str] = {}
"""Functions over the limit, and why."""


@pytest.fixture
def plan(tmp_path):
    """A made-up house: its files and its table -> what is wrong with it."""

    def faults(files, table):
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return FloorPlan(sources(tmp_path), table).faults()

    return faults


def test_every_room_imports_what_the_plan_lets_it_import():
    faults = survey(ROOT).faults()
    assert not faults, "\n".join(faults)


def test_every_room_says_what_it_is_for_and_what_it_may_import():
    table = survey(ROOT).table
    texts = {room: ROOT / room / "__init__.py" for room in table}
    for room, file in texts.items():
        if file.exists():
            purpose, *_, last = (ast.get_docstring(ast.parse(file.read_text())) or "").split("\n\n")
            assert purpose and " ".join(last.split()) == may_import(table[room]), f"{file}: {may_import(table[room])}"


def test_the_plan_is_a_file_of_the_house():
    table = read_table(ROOT / TABLE)
    assert table and [*dict.fromkeys(room.split("/")[0] for room in table)] == list(PACKAGES)


def test_a_good_house_has_no_faults(plan):
    files = {"golden/low/a.py": "", "golden/high/b.py": "import golden.low.a\n", "golden/__init__.py": ""}
    assert plan(files, {"golden/low": [], "golden/high": ["golden/low"]}) == []


@pytest.mark.parametrize(
    "text",
    [
        "import golden.high.b\n",
        "from golden.high import b\n",
        "from golden.high.b import x\n",
        "def f():\n    if f:\n        from golden.high.b import x\n",
        "try:\n    import golden.high.b\nexcept ImportError:\n    pass\n",
        "from ..high.b import x\n",
        "from ..high import b\n",
    ],
)
def test_an_upward_import_fails_with_both_files(plan, text):
    (fault,) = plan({"golden/low/a.py": text, "golden/high/b.py": "x = 1\n"}, {"golden/low": [], "golden/high": []})
    assert fault == (
        "golden/low/a.py imports golden/high/b.py, and the floor plan does not let golden/low import golden/high; "
        "move what they share to a lower room, or, where golden/high stands lower, "
        "add it to golden/low in floor_plan.toml"
    )


def test_an_import_for_types_alone_is_no_arrow(plan):
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from golden.high.b import x\n"
    assert plan({"golden/low/a.py": text, "golden/high/b.py": ""}, {"golden/low": [], "golden/high": []}) == []


def test_a_circle_fails_with_the_files_of_every_link(plan):
    files = {
        "golden/one/a.py": "import golden.two.b\n",
        "golden/two/b.py": "import golden.three.c\n",
        "golden/three/c.py": "def f():\n    import golden.one.a\n",
    }
    table = {"golden/three": ["golden/one"], "golden/two": ["golden/three"], "golden/one": ["golden/two"]}
    circle, order = plan(files, table)
    assert circle == (
        "rooms must not import each other in a circle, golden/one and golden/three and golden/two do: "
        "golden/one/a.py imports golden/two/b.py, golden/three/c.py imports golden/one/a.py, "
        "golden/two/b.py imports golden/three/c.py; cut one of them"
    )
    assert order == "the floor plan lets golden/three import golden/one, which is not above it; move the line"


def test_a_room_that_the_plan_does_not_know_fails(plan):
    files = {"golden/low/a.py": "", "golden/new/b.py": "", "golden/newer/c.py": "import golden.low.a, golden.new.b\n"}
    assert plan(files, {"golden/low": []}) == [
        "the floor plan must know every room, not golden/new; give it a line in floor_plan.toml, "
        "below what it imports: nothing",
        "the floor plan must know every room, not golden/newer; give it a line in floor_plan.toml, "
        "below what it imports: golden/low, golden/new",
    ]


def test_what_nobody_uses_any_more_fails(plan):
    table = {"golden/gone": [], "golden/low": [], "golden/high": ["golden/low"]}
    assert plan({"golden/low/a.py": "", "golden/high/b.py": ""}, table) == [
        "the floor plan has golden/gone, and there is no such room; take its line out",
        "the floor plan lets golden/high import golden/low, and it does not; take that out",
    ]


def test_what_ships_knows_nothing_of_the_tests():
    """The wheel has no tests; co-simulation and benchmarks run without them."""
    for path in sources(ROOT):
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert all(name.split(".")[0] != "tests" for name in names), path


def test_no_file_is_too_long():
    lines = {path: len((ROOT / path).read_text().splitlines()) for path in sources(ROOT)}
    assert {path: length for path, length in lines.items() if length > LONGEST_FILE} == {}


def test_no_function_is_too_long():
    long = {
        (path, node.name)
        for path in sources(ROOT)
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    }
    assert long == set(LONGER), f"over {LONGEST_FUNCTION} lines, or listed and no longer so"
