"""The wheel in fresh environments of every Python from 3.11 to 3.13 that is here, and every command run from it.

Slow: installs about 0.8 GB for each Python, and compiles and builds for each. Prints a table, command by Python.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hel.commands import SUMMARIES

pytestmark = [pytest.mark.slow, pytest.mark.cosim, pytest.mark.pnr]

ROOT = Path(__file__).parents[1]
VERSIONS = ("3.11", "3.12", "3.13")
SMALL = ["-n", "4", "-m", "1", "-p", "2"]
LEARN = ["-n", "4", "--samples", "10", "--epochs", "1"]
MINE = """
import numpy as np
from hel import System


class Mine(System):
    @property
    def parameters(self):
        return {"k": (self.n,), "B": (self.n, self.m)}

    def potential(self, q, u, theta):
        return np.sum(theta["k"] * q**2) / 2 + np.sum(np.log(np.cosh(q))) - (theta["B"] @ u) @ q
"""
SWEEP = """
command = "gradcheck"
[options]
system = "mine.py:Mine"
steps = 5
[axes]
seed = "0..2"
"""
RUNS = [
    ["systems"],
    ["systems", "mine.py:Mine", "--json"],
    ["tasks", "digits"],
    ["gradcheck", "dense", "--steps", "10"],
    ["glep", "--figure", "glep.png"],
    ["train", "digits", *LEARN, "--arithmetic", "float"],
    ["train", "digits", *LEARN, "--arithmetic", "fixed"],
    ["train", "digits", *LEARN, "--arithmetic", "rtl", "-p", "4"],
    ["verify", "mine.py:Mine", *SMALL, "--steps", "2", "--simulator", "verilator"],
    ["verify", "mine.py:Mine", *SMALL, "--steps", "2", "--simulator", "icarus"],
    ["rtl", "dense", *SMALL, "-o", "my array.v", "--explain"],
    ["build", "linear", "-n", "2", "-m", "1", "-p", "1", "--board", "ulx3s_25f", "-o", "my build"],
    ["explore", "my sweep.toml", "--json"],
    ["report", "my array.v.json", "-o", "my runs.html"],
    ["bench", "--quick", "--out", "my bench"],
    ["new", "ring too.py"],
    ["doctor"],
]
MADE = ["my sweep.jsonl", "my runs.html", "ring too.py", "glep.png", "my array.v", "my array.v.json", "my build"]


def interpreters():
    """Version -> a Python of it that can make environments: of PATH, else of pyenv."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    try:
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout.strip()
        folders += sorted(Path(root, "versions").glob("*/bin"), reverse=True)
    except (OSError, subprocess.CalledProcessError):
        pass
    found = {}
    for version in VERSIONS:
        for folder in folders:
            python = folder / f"python{version}"
            check = [python, "-c", "import ensurepip, venv"]
            if python.exists() and subprocess.run(check, capture_output=True).returncode == 0:
                found[version] = python
                break
    return found


FOUND = interpreters()


def test_every_command_is_run():
    assert {run[0] for run in RUNS} == set(SUMMARIES)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, ROOT]
    subprocess.run(build, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def table(request):
    """Command -> Python -> seconds, or what failed; printed at the end."""
    rows = {" ".join(run): {} for run in RUNS}
    yield rows
    width = max(map(len, rows))
    lines = ["", f"{'command':{width}}  " + "  ".join(f"{version:>8}" for version in VERSIONS)]
    for name, row in rows.items():
        lines.append(f"{name:{width}}  " + "  ".join(f"{row.get(version, '-'):>8}" for version in VERSIONS))
    lines.append("Pythons: " + ", ".join(f"{version} {python}" for version, python in FOUND.items()))
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n".join(lines))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_command_runs_from_the_wheel(version, wheel, table, tmp_path):
    if version not in FOUND:
        pytest.skip(f"python{version} with venv is not here")
    if shutil.which("iverilog") is None:
        pytest.skip("iverilog is not installed")
    lab = tmp_path / "my lab"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "HEL_"))
    }
    environment |= {"HEL_CACHE": str(lab / "my cache"), "PATH": f"{lab / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([FOUND[version], "-m", "venv", lab], check=True, env=environment)
    pip = [lab / "bin/python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet", f"{wheel}[all]"]
    subprocess.run(pip, check=True, env=environment)
    work = lab / "my work"
    work.mkdir()
    (work / "mine.py").write_text(MINE, encoding="utf-8")
    (work / "my sweep.toml").write_text(SWEEP, encoding="utf-8")
    failed = {}
    for run in RUNS:
        began = time.monotonic()
        done = subprocess.run([lab / "bin/hel", *run], cwd=work, env=environment, capture_output=True, text=True)
        said = done.stdout + done.stderr
        good = done.returncode == 0 and "Warning" not in said and "Traceback" not in said
        table[" ".join(run)][version] = f"{time.monotonic() - began:.1f} s" if good else "FAILED"
        if not good:
            failed[" ".join(run)] = (done.returncode, said[-2000:])
    assert not failed
    assert all((work / name).exists() for name in MADE)
    where = [lab / "bin/python", "-c", "import hel; print(hel.__file__)"]
    assert str(lab) in subprocess.run(where, capture_output=True, text=True, cwd=work, env=environment).stdout
    shutil.rmtree(lab)
