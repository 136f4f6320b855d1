"""The lock, the configuration and the rules of the test run."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from golden.tasks.package_files import VERSIONS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "requirements.docs.lock", "requirements.data.lock")
LOCK = [line for name in LOCKS for line in (ROOT / name).read_text().splitlines()]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_lock_holds_exact_versions_and_no_address():
    for line in LOCK:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line), line
    assert len({normal(line.split("==")[0]) for line in LOCK}) == len(LOCK)


def test_the_lock_holds_every_dependency():
    locked = {normal(line.split("==")[0]) for line in LOCK}
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"], *sum(extras.values(), [])]
    names = {normal(re.match(r"[A-Za-z0-9._-]+", requirement)[0]) for requirement in wanted}
    assert names - {"hel-fpga"} <= locked


def test_the_packages_of_data_are_those_that_messages_name():
    """A message says which release has the files whose hashes we know; `make env` installs the same."""
    lock = (ROOT / "requirements.data.lock").read_text().split()
    assert sorted(lock) == sorted(f"{package}=={version}" for package, version in VERSIONS.items())
    assert {
        normal(re.match(r"[\w.-]+", line)[0]) for line in PROJECT["project"]["optional-dependencies"]["data"]
    } == set(VERSIONS)


def test_folders_of_the_configuration_exist():
    tool = PROJECT["tool"]
    folders = [*tool["hatch"]["build"]["targets"]["wheel"]["packages"], *tool["mypy"]["files"]]
    folders += tool["pytest"]["ini_options"]["testpaths"]
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_the_wheel_has_the_bench_and_what_its_simulators_compile(tmp_path):
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", tmp_path, ROOT]
    subprocess.run(build, check=True, capture_output=True, text=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        files = subprocess.run(["git", "ls-files", folder], check=True, capture_output=True, text=True, cwd=ROOT).stdout
        assert files.split() and set(files.split()) <= names
    assert {"testbench/bench.sv", "testbench/bare.cpp", "testbench/cells/DP16KD.v"} <= names
    assert not any(name.startswith("tests/") for name in names)


def test_continuous_integration_can_be_run():
    assert os.access(ROOT / ".ci/run", os.X_OK) and os.access(ROOT / ".ci/system-packages", os.X_OK)


@pytest.mark.parametrize(("environment", "code"), [({"CI": "true"}, 1), ({"CI": ""}, 0)])
@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_a_skip_fails_continuous_integration_only(tmp_path, environment, code, workers):
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text("import pytest\ndef test_a(): pass\ndef test_b(): pytest.skip('no tool')\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        *workers,
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, cwd=tmp_path)
    assert done.returncode == code, done.stdout + done.stderr


def test_an_unknown_marker_is_an_error():
    options = PROJECT["tool"]["pytest"]["ini_options"]
    assert "--strict-markers" in options["addopts"] and options["filterwarnings"][0] == "error"
    assert {marker.split(":")[0] for marker in options["markers"]} == {"browser", "cosim", "formal", "pnr", "slow"}
