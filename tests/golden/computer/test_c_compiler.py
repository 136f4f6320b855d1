"""Which C compiler is taken, and what is said where there is none."""

import pytest

from golden.computer.c_compiler import c_compiler
from golden.errors import HelError


@pytest.fixture
def programs(monkeypatch, tmp_path):
    """A path of our own, and what puts a program there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)

    def put(name):
        file = tmp_path / name
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)

    return put


def test_the_first_of_its_names_is_taken(programs):
    programs("clang")
    assert c_compiler() == ("clang",)
    programs("gcc")
    assert c_compiler() == ("gcc",)


def test_a_wish_comes_first_with_its_options(programs, monkeypatch):
    programs("gcc")
    programs("other")
    monkeypatch.setenv("CC", "other -m64")
    assert c_compiler() == ("other", "-m64")


def test_none_is_told_with_the_way_out(programs):
    with pytest.raises(HelError, match="there is no C compiler; install one .*, or set CC"):
        c_compiler()
