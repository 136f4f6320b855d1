"""The two commands of the README on a bare Debian, with what the README names and nothing else.

Slow: about 90 s for the root, then as long as `make demo` and `make test` take. Needs root, debootstrap and a network.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tests/bare/debian.sh"


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A folder for the root of the bare system; gone after the tests."""
    if os.getuid() != 0:
        pytest.skip("a bare Debian needs root: debootstrap and chroot")
    for program in ("debootstrap", "unshare"):
        if shutil.which(program) is None:
            pytest.skip(f"a bare Debian needs {program}: apt install {program.replace('unshare', 'util-linux')}")
    folder = tmp_path_factory.mktemp("bare")
    folder.chmod(0o755)
    yield folder / "root"
    subprocess.run(["rm", "-rf", "--one-file-system", folder / "root"], check=True)


def run(bare, *words):
    return subprocess.run([SCRIPT, bare, *words], capture_output=True, text=True)


def test_the_readme_names_what_the_root_has():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    packages = re.search(r"--include=(\S+)", SCRIPT.read_text(encoding="utf-8"))[1].split(",")
    brought = {"git", "ca-certificates"}  # with them came the clone
    assert [name for name in packages if name not in brought and f"`{name}`" not in text] == []


def test_without_privileges_one_line_names_the_packages(bare):
    done = run(bare, "--as-nobody", "make", "env")
    line = "error: system packages are missing; run: sudo apt-get install iverilog python3-venv libpython3.11"
    assert done.returncode == 2 and done.stderr.splitlines()[0] == line, done.stderr


@pytest.mark.cosim
@pytest.mark.pnr
def test_make_demo_and_make_test(bare):
    for words in (["make demo"], ["--same-clone", ".venv/bin/hel doctor"], ["--same-clone", "make test"]):
        done = run(bare, *words)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
