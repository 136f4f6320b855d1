"""Every text file is read and written in a named encoding: the locale's would be another one on another machine."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [
    path
    for name in ("golden", "rtl", "testbench", "bitstreams", "hel")
    for path in sorted(ROOT.glob(f"{name}/**/*.py"))
]


def without(source):
    """Lines of calls that open a text, or read one from a program, and name no encoding."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if "encoding" in given or None in given:
            continue
        if name in ("open", "fdopen", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"):
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            of_path = name == "open" and owner is not None and getattr(owner, "id", "") not in ("io", "gzip")
            if getattr(owner, "id", "") == "os" and name == "open":
                continue
            position = 0 if of_path or "Temporary" in name else 1
            mode = given.get("mode", call.args[position] if len(call.args) > position else None)
            usual = "w+b" if "Temporary" in name else "r"
            if "b" not in (ast.literal_eval(mode) if mode is not None else usual):
                found.append(call.lineno)
        elif name in ("read_text", "write_text", "TextIOWrapper"):
            texts = len(call.args) if name != "write_text" else len(call.args) - 1
            if not texts or name == "TextIOWrapper" and texts < 2:
                found.append(call.lineno)
        elif {"text", "universal_newlines"} & given.keys():
            found.append(call.lineno)
    return found


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("open(p)", [1]),
        ("open(p, 'w')", [1]),
        ("open(p, 'rb')", []),
        ("p.open()", [1]),
        ("p.open('rb')", []),
        ("p.read_text()", [1]),
        ("p.write_text(t)", [1]),
        ("p.write_text(t, encoding='utf-8')", []),
        ("subprocess.run(c, text=True)", [1]),
        ("os.open(p, 0)", []),
        ("TemporaryFile()", []),
        ("NamedTemporaryFile('w')", [1]),
    ],
)
def test_the_rule(source, lines):
    assert without(source) == lines


def test_no_text_is_read_or_written_as_the_locale_has_it():
    found = {path.relative_to(ROOT).as_posix(): without(path.read_text(encoding="utf-8")) for path in FILES}
    assert not {name: lines for name, lines in found.items() if lines}
