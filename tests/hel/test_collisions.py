"""A user's folder has packages golden, rtl, testbench, bitstreams: ours win, and the user's file has its neighbours."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from golden.errors import HelError
from testbench import tools

ROOT = Path(__file__).parents[2]
NAMES = ("golden", "rtl", "testbench", "bitstreams")
FILE = '''
import numpy as np
import lattice.bonds
from golden.systems import System
from helper import HALF


class Mine(System):
    """V = sum k q^2 / 2 + sum log cosh(q + B u)."""

    parameters = property(lambda self: {"k": (self.n,), "B": (self.n, self.m)})

    def potential(self, q, u, theta):
        return lattice.bonds.springs(theta["k"], q) * HALF + np.sum(np.log(np.cosh(q + theta["B"] @ u)))
'''
BONDS = "import numpy as np\n\n\ndef springs(k, q):\n    return np.sum(k * q**2)\n"
SIZE = ("-n", "4", "-m", "1")
COMMANDS = {
    "systems": ("systems", "{}", *SIZE),
    "gradcheck": ("gradcheck", "{}", *SIZE, "--steps", "4"),
    "rtl": ("rtl", "{}", *SIZE, "-p", "2", "-o", "{out}"),
    "verify": ("verify", "{}", *SIZE, "-p", "2", "--steps", "1", "--simulator", "icarus"),
}


def package(folder, name, text, init=True):
    (folder / name).mkdir(parents=True)
    (folder / name / "widths.py").write_text("WIDTH = 18\n")
    if init:
        (folder / name / "__init__.py").write_text(text)


def collide(folder, kind):
    """Packages, folders without __init__.py, or modules, under every name of ours."""
    for name in NAMES:
        text = f"raise AttributeError('the {name} of {folder.name} was imported')\n"
        if kind == "module":
            (folder / f"{name}.py").write_text(text)
        else:
            package(folder, name, text, init=kind == "package")


@pytest.fixture
def lab(tmp_path):
    """The user's file with its neighbours in a folder of its own, and another folder to work in."""
    lab, desk = tmp_path / "lab", tmp_path / "desk"
    desk.mkdir()
    package(lab, "lattice", "")
    (lab / "lattice/bonds.py").write_text(BONDS)
    (lab / "helper.py").write_text("HALF = 0.5\n")
    (lab / "mine.py").write_text(FILE)
    return tmp_path


def run(cwd, *argv, module=True, path=()):
    """(exit code, output, errors) of `python -m hel`, or as the script `hel` starts."""
    script = cwd.parent / "scripts" / "hel"
    script.parent.mkdir(exist_ok=True)
    script.write_text("import sys\nfrom hel.__main__ import main\nsys.exit(main())\n")
    start = ["-m", "hel"] if module else [str(script)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [*path, ROOT]))}
    command = [sys.executable, *start, *argv]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def answer(lab, command, cwd="desk", **how):
    words = [word.format(lab / "lab/mine.py:Mine", out=lab / "mine.v") for word in COMMANDS[command]]
    code, out, err = run(lab / cwd, *words, "--json", **how)
    assert code == 0, err
    return json.loads(out)


KINDS = ("package", "folder", "module")
MODULE = pytest.mark.parametrize("module", [True, False], ids=["python -m hel", "hel"])


@pytest.mark.parametrize("place", ["lab", "desk"])
@pytest.mark.parametrize("kind", KINDS)
@MODULE
def test_beside_the_file_and_in_the_current_folder(lab, kind, place, module):
    collide(lab / place, kind)
    (row,) = answer(lab, "systems", cwd="desk", module=module)["systems"]
    assert row["parameters"] == {"k": [4], "B": [4, 1]} and row["array"]


@pytest.mark.parametrize("cwd", ["lab", "desk"])
@pytest.mark.parametrize("command", ["gradcheck", "rtl"])
@pytest.mark.parametrize("kind", KINDS)
def test_commands_that_import_more_later(lab, command, kind, cwd):
    """The user's file asks for our names and gets ours; the commands import from them after it has run."""
    collide(lab / "lab", kind)
    (lab / "lab/mine.py").write_text("import bitstreams, rtl, testbench\n" + FILE)
    answer(lab, command, cwd=cwd)
    assert (lab / "mine.v").exists() == (command == "rtl")


@pytest.mark.cosim
@MODULE
def test_verify(lab, module):
    """The interpreter inside the simulator runs the user's file again, and imports testbench and rtl itself."""
    try:
        tools.find("icarus")
    except HelError as error:
        pytest.skip(str(error))
    collide(lab / "lab", "package")
    (lab / "lab/mine.py").write_text("import bitstreams, rtl, testbench\n" + FILE)
    result = answer(lab, "verify", cwd="lab", module=module, path=[lab / "lab"])
    assert result["mismatches"] == 0 and result["compared_words"] > 0


@pytest.mark.parametrize("kind", KINDS)
@MODULE
def test_pythonpath(lab, kind, module):
    collide(lab / "lab", kind)
    answer(lab, "rtl", path=[lab / "lab"], module=module)


def test_built_in_systems_too(lab):
    collide(lab / "desk", "package")
    code, _, err = run(lab / "desk", "rtl", "dense", *SIZE, "-p", "2", "-o", "dense.v")
    assert code == 0, err


def test_a_folder_hel_beside_the_file(lab):
    package(lab / "lab", "hel", "raise AttributeError('the hel of the user')\n")
    (lab / "lab/mine.py").write_text("import hel.commands\n" + FILE)
    answer(lab, "rtl", cwd="lab", module=False)


@pytest.mark.parametrize("kind", ["package", "folder"])
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import rtl.widths", "ModuleNotFoundError: No module named 'rtl.widths'"),
        ("from rtl import widths", "ImportError: cannot import name 'widths' from 'rtl'"),
        ("import rtl; rtl.WIDTH", "AttributeError: module 'rtl' has no attribute 'WIDTH'"),
    ],
)
def test_one_line_where_the_file_means_its_neighbour(lab, kind, line, said):
    collide(lab / "lab", kind)
    (lab / "lab/mine.py").write_text(f"{line}\n" + FILE)
    code, out, err = run(lab / "lab", "systems", "mine.py:Mine")
    assert (code, out, err.count("\n")) == (2, "", 1) and f"mine.py:1: `{line}`: the file raised {said}" in err
    way_out = f"correct the name, or rename {lab / 'lab' / 'rtl'} if you mean that"
    assert err.endswith(f"; rtl means hel-fpga's own package here; {way_out}\n")


def test_without_a_neighbour_of_that_name_nothing_is_to_be_renamed(lab):
    (lab / "lab/mine.py").write_text("import rtl.widths\n" + FILE)
    _, _, err = run(lab / "lab", "systems", "mine.py:Mine")
    assert err.endswith("No module named 'rtl.widths'; correct it\n")


@pytest.mark.parametrize("name", ["golden", "rtl"])
def test_a_script_that_imported_its_own_package_first(lab, name):
    package(lab / "lab", name, "")
    (lab / "lab/script.py").write_text(f"import {name}\nimport hel\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=lab / "lab", env=environment, capture_output=True, text=True
    )
    assert done.stderr.splitlines()[-1] == (
        f"ImportError: hel-fpga needs its package {name} under its name, {name} is imported already, and is not that of"
        " hel-fpga; import hel first, or rename your package"
    )


def test_golden_alone_leaves_a_script_its_packages(lab):
    package(lab / "lab", "rtl", "")
    (lab / "lab/script.py").write_text("import golden.systems\nimport rtl.widths\nprint(rtl.widths.WIDTH)\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=lab / "lab", env=environment, capture_output=True, text=True
    )
    assert done.stdout == "18\n", done.stderr


def test_help_needs_no_package_of_ours_but_its_own(lab):
    collide(lab / "desk", "package")
    code, out, err = run(lab / "desk", "--help")
    assert code == 0 and out.startswith("usage: hel COMMAND") and not err
