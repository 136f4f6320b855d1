"""The files for contributors and for continuous integration agree with the project, and name what is there."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PAGES = ["CONTRIBUTING.md", "docs/stability.md", "docs/results/first_hour.md"]
PAGES += [f"docs/contributing/{name}.md" for name in ("system", "pass", "rule", "board", "task")]
CI, HOOKS, CITATION = (
    (ROOT / name).read_text() for name in (".github/workflows/ci.yml", ".pre-commit-config.yaml", "CITATION.cff")
)


def value(text, key):
    """The value of a key in YAML, on one line."""
    (found,) = re.findall(rf"^ *(?:- )?{key}: *(.+)$", text, re.M)
    return found


@pytest.mark.parametrize("text", [CI, HOOKS, CITATION], ids=["ci", "hooks", "citation"])
def test_every_line_is_a_key_an_item_or_text_under_one(text):
    """As far as YAML goes that is written here: spaces in pairs, no tabs, one `key: value` a line."""
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        assert "\t" not in line and indent % 2 == 0 and line == line.rstrip(), line
        item = line.strip().removeprefix("- ")
        known = not item or item.startswith("#") or re.match(r"[\w-]+:( |$)", item)
        assert known or line.startswith("  "), line


def test_the_citation_is_of_this_version():
    assert value(CITATION, "version") == PROJECT["version"]
    assert value(CITATION, "title") == PROJECT["name"] and value(CITATION, "license") == PROJECT["license"]
    assert value(CITATION, "name") == PROJECT["authors"][0]["name"]
    assert re.findall(r"^  - (?!name)(.+)$", CITATION, re.M) == PROJECT["keywords"]
    assert f"  {PROJECT['description']}." in CITATION.splitlines()


def test_ci_runs_every_python_that_is_promised():
    promised = [name.rpartition(" ")[2] for name in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d+$", name)]
    assert re.findall(r'"([\d.]+)"', value(CI, "python")) == promised
    assert PROJECT["requires-python"] == f">={promised[0]}"
    assert value(CI, "run") == "bash .ci/run" and (ROOT / ".ci/run").exists()


def test_actions_have_a_version():
    used = re.findall(r"uses: (\S+)", CI)
    assert used and all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", action) for action in used)


def test_hooks_run_what_make_lint_runs():
    lint = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    commands = {command.split(" --")[0].removesuffix(" .") for command in re.findall(r"-m (.+)", lint)}
    assert {entry.split(" --")[0] for entry in re.findall(r"entry: .venv/bin/python -m (.+)", HOOKS)} == commands
    assert set(re.findall(r"language: (\w+)", HOOKS)) == {"system"}


@pytest.mark.parametrize("page", PAGES)
def test_pages_name_files_that_are_there(page):
    text = (ROOT / page).read_text()
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert ((ROOT / page).parent / link).exists(), link
    folders = "golden|rtl|testbench|bitstreams|hel|docs|tests"
    for name in re.findall(rf"(?<![\w/])((?:{folders})/[\w/]+\.\w+)", text):
        assert "NAME" in name or (ROOT / name).exists(), name
    for name in re.findall(r"(?:`|-m )((?:golden|rtl|bitstreams|hel)(?:\.\w+)+)", text):
        parts = name.split(".")
        assert (
            any((ROOT / "/".join(parts[:k])).with_suffix(".py").exists() for k in (len(parts), len(parts) - 1))
            or (ROOT / "/".join(parts[: len(parts) - 1])).is_dir()
        ), name


def test_every_kind_of_contribution_has_a_page():
    linked = re.findall(r"\((docs/contributing/[^)]+)\)", (ROOT / "CONTRIBUTING.md").read_text())
    assert sorted(linked) == sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs/contributing").glob("*.md"))
