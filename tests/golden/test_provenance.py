"""What made a result, in one form; the version that it names is that of the sources."""

import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from golden import provenance

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """The module as if it lay in another folder; returns the folder that its packages lie in."""
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "golden/provenance.py"))
    provenance.version.cache_clear()
    yield tmp_path
    provenance.version.cache_clear()


def test_a_checkout_has_the_version_of_its_own_project():
    assert provenance.version() == PROJECT["version"] and provenance.NAME == PROJECT["name"]


@pytest.mark.parametrize("beside", ["", "[project]\nname = 'other'\nversion = '7'", "[project]", "= broken", None])
def test_a_wheel_has_the_version_that_was_installed(elsewhere, monkeypatch, beside):
    """Whatever pyproject.toml lies beside the packages."""
    monkeypatch.setattr(metadata, "version", {"hel-fpga": "1.2.3"}.get)
    if beside is not None:
        (elsewhere / "pyproject.toml").write_text(beside)
    assert provenance.made_by("verify", "hel verify dense") == {
        "command": "verify",
        "line": "hel verify dense",
        "version": "1.2.3",
    }


def test_sources_that_nobody_installed_have_none(elsewhere, monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert provenance.version() == "unknown"
