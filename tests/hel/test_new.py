"""`hel new`: what it writes runs as it is, and it takes nothing's place."""

import ast

import pytest

from golden import systems
from golden.checks.gradcheck import gradcheck
from hel.__main__ import main
from rtl.design import Design


def test_what_is_written_runs_as_it_is(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "coupled pendulums.py"]) == 0
    assert "hel verify 'coupled pendulums.py' -n 8 -m 2" in capsys.readouterr().out
    text = (tmp_path / "coupled pendulums.py").read_text()
    assert "tarter" not in text and "STARTER" not in text and max(map(len, text.splitlines())) <= 120
    found = gradcheck("coupled pendulums.py:CoupledPendulums", neurons=8, inputs=2, steps=20)
    assert found["return_error_lsb"] == 0 and found["cosine_fixed"] > 0.999 and not found["flags"]
    assert Design("coupled pendulums.py", neurons=8, inputs=2, elements=4).schedule.geometry.elements == 4


def test_its_text_explains_itself_by_commands_that_are_accepted(tmp_path, monkeypatch):
    import importlib
    import re
    import shlex

    from hel.__main__ import parsed
    from hel.commands import SUMMARIES

    monkeypatch.chdir(tmp_path)
    main(["new", "ring.py"])
    shown = re.findall(r"  hel (.+)$", ast.get_docstring(ast.parse((tmp_path / "ring.py").read_text())), re.M)
    assert len(shown) == 6
    for line in shown:
        name, *rest = shlex.split(line)
        assert name in SUMMARIES
        parsed(name, importlib.import_module(f"hel.commands.{name}"), rest)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("there.py", "a new file takes nothing's place, 'there.py' is there already"),
        ("dangling.py", "takes nothing's place"),
        ("ring", "ends in .py, not 'ring'; try 'ring.py'"),
        ("no/folder.py", "a folder that exists, 'no' does not"),
        ("2.py", "'2.py' makes 2; begin it with a letter"),
        ("___.py", "makes none; begin it with a letter"),
        ("system.py", "'system.py' makes System, the name of a class of hel's own; call it after your system"),
        ("System.py", "makes System, the name of a class of hel's own"),
        ("starter.py", "makes Starter, the name of a class of hel's own"),
        ("/dev/full", "ends in .py, not '/dev/full'; choose a name of its own"),
        (".", "ends in .py, not '.'; choose a name of its own"),
        ("numpy.py", "must not hide a module"),
        ("random.py", "must not hide a module"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(tmp_path, monkeypatch, capsys, name, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.py").write_text("mine")
    (tmp_path / "dangling.py").symlink_to("nowhere")
    assert main(["new", name]) == 2
    error = capsys.readouterr().err
    assert says in error and error.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dangling.py", "there.py"]
    assert (tmp_path / "there.py").read_text() == "mine"


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    assert main(["new", "ring.py"]) == 2
    assert "room on the disk" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_the_starter_is_a_system_of_the_project_too():
    from hel.starter import Starter

    assert isinstance(systems.load.examined(Starter(4, 2)).initial(3), dict)
