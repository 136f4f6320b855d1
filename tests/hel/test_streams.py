"""Streams that are closed, full, left by their reader, or without the user's letters: no defect."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEL = f"'{sys.executable}' -m hel"
ROOM = "hel: output needs room on the disk, standard output: No space left on device; free some or choose another"


def shell(line, **environment):
    """Runs a line of bash; (exit code of hel, standard output, standard error)."""
    done = subprocess.run(
        ["bash", "-c", line.replace("hel ", f"{HEL} ", 1) + "; exit ${PIPESTATUS[0]}"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
    )
    return done.returncode, done.stdout, done.stderr


TRAIN = "hel train digits -n 8 --samples 20 --epochs 1"


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("hel systems --json >&-", 0, ""),
        ("hel systems <&- >&- 2>&-", 0, ""),
        ("hel systems --json | head -c 1", 0, ""),
        ("hel systems 2>&1 | head -c 1", 0, ""),
        (f"{TRAIN} 2>&-", 0, ""),
        (f"{TRAIN} 2>/dev/full", 0, ""),
        ("hel trian 2>&-", 2, ""),
        ("hel trian 2>/dev/full", 2, ""),
        ("hel systems > /dev/full", 2, ROOM),
        ("hel systems --json > /dev/full", 2, ROOM),
        ("hel --help > /dev/full", 2, ROOM),
        ("hel systems --help > /dev/full", 2, ROOM),
    ],
)
def test_no_stream_is_needed(line, code, words):
    found, _, err = shell(line)
    assert found == code and err.startswith(words) and err.count("\n") == bool(words), err


def test_a_closed_stream_is_not_given_to_a_file(tmp_path):
    """Descriptor 2 would be the first file that is opened, with all that compilers say in it."""
    assert shell(f"hel rtl dense -n 4 -m 1 -p 2 -o {tmp_path}/a.v <&- >&- 2>&-")[0] == 0
    assert shell(f"hel rtl dense -n 4 -m 1 -p 2 -o {tmp_path}/b.v")[0] == 0
    assert (tmp_path / "a.v").read_text() == (tmp_path / "b.v").read_text()


MINE = '''
import numpy as np
from hel import System


class Öse(System):
    """V = Σ k q² / 2"""

    @property
    def parameters(self):
        return {"k": (self.n,)}

    def potential(self, q, u, theta):
        return np.sum(theta["k"] * q**2) / 2 - u[0] * q[0]  # größer


class Böse(Öse):
    def potential(self, q, u, theta):
        return np.abs(theta["k"] * q)
'''
LOCALES = [
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "latin-1"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LANG": "C"},
]


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: " ".join(locale))
def test_letters_that_a_locale_lacks(tmp_path, locale):
    folder = tmp_path / "ü ber"
    folder.mkdir()
    (folder / "größe.py").write_text(MINE, encoding="utf-8")
    size = "-n 4 -m 1 -p 2"
    for line, code in [
        (f"hel systems '{folder}/größe.py:Öse'", 0),
        (f"hel systems '{folder}/größe.py:Öse' --json", 0),
        (f"hel rtl '{folder}/größe.py:Öse' {size} -o '{folder}/ö.v'", 0),
        (f"hel rtl '{folder}/größe.py:Öse' {size} --figure '{folder}/ö.svg'", 0),
        (f"hel systems '{folder}/größe.py:Böse'", 2),
        (f"hel systems '{folder}/größe.py:Ös'", 2),
        ("hel systéms", 2),
    ]:
        found, out, err = shell(line, **locale)
        assert found == code and "a defect" not in err and err.count("\n") == (code == 2), (line, err)
    assert (folder / "ö.v").exists() and (folder / "ö.svg").exists()


@pytest.mark.cosim
def test_letters_inside_the_simulator(tmp_path):
    (tmp_path / "größe.py").write_text(MINE, encoding="utf-8")
    found, out, err = shell(f"hel verify '{tmp_path}/größe.py:Öse' -n 2 -m 1 -p 1 --steps 1", **LOCALES[2])
    assert found == 0 and out.startswith("0 mismatches"), err


def test_a_name_that_the_locale_has_no_letters_for(capfd, monkeypatch):
    from hel.commands import systems
    from tests.hel.commands import hel

    monkeypatch.setattr(systems, "run", lambda args: open("öse".encode("ascii").decode()))
    code, _, err = hel(capfd, "systems")
    assert code == 2 and "a name must have letters that the locale (ascii) knows, got '\\xf6'; set PYTHONUTF8=1" in err
    monkeypatch.setattr(systems, "run", lambda args: b"\xf6".decode("utf-8"))
    code, _, err = hel(capfd, "systems")
    assert code == 2 and "a text must be UTF-8" in err and "save the file as UTF-8" in err
