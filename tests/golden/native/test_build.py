"""Compiling once, and what is said where nothing can be compiled."""

import os
import stat

import pytest

from golden.compiler import compile_system
from golden.computer import cache as caches
from golden.native import COMPILED, NUMPY, Unavailable, build, choice, executor_of
from golden.systems import get

SOURCE = "int answer(void) { return 42; }\n"


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A cache of its own, and a compiler that is looked for anew."""
    monkeypatch.setenv("HEL_CACHE", str(tmp_path / "cache"))
    found = (build.compiler, build._identity, choice.library_of.__globals__["_library"], caches._ready)
    for one in found:
        one.cache_clear()
    yield monkeypatch
    for one in found:
        one.cache_clear()


def test_a_source_is_compiled_once(machine):
    first = build.library(SOURCE)
    when = first.stat().st_mtime_ns
    assert build.library(SOURCE) == first and first.stat().st_mtime_ns == when
    assert (first.parent / "program.c").read_text() == SOURCE
    assert build.library(SOURCE + "\n") != first
    assert not [name for name in os.listdir(first.parents[1]) if name.startswith("tmp")]


def test_flags_and_compiler_are_part_of_the_key(machine, tmp_path):
    first = build.library(SOURCE)
    other = tmp_path / "other-cc"
    other.write_text('#!/bin/sh\nexec cc "$@" -DOTHER\n')
    other.chmod(other.stat().st_mode | stat.S_IXUSR)
    machine.setenv("CC", str(other))
    build.compiler.cache_clear()
    build._identity.cache_clear()
    assert build.library(SOURCE) != first


def test_what_does_not_compile_names_the_compilers_own_words(machine):
    with pytest.raises(
        Unavailable, match=r"must compile C11 for this processor, it said: .*error.*; set CC to another"
    ):
        build.library("int answer(void) { return }\n")
    assert not list((caches.folder() / "native").glob("*/*/program.so"))


def test_a_missing_compiler_is_told_once_and_numpy_runs(machine, tmp_path, capsys):
    machine.setenv("PATH", str(tmp_path))
    machine.delenv("CC", raising=False)
    machine.setattr(choice, "_told", set())
    program = compile_system(get("linear", n=3, m=1))
    assert [executor_of(program, COMPILED), executor_of(program)] == [NUMPY, NUMPY]
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        "hel: NumPy runs what could run compiled, many times faster: there is no C compiler; install one "
        "(Debian, Ubuntu: `apt install gcc libc6-dev`), or set CC"
    )


def test_a_cache_without_room_is_named(machine):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    machine.setattr(build.tempfile, "TemporaryDirectory", full)
    machine.setattr(build, "_identity", lambda: "known")
    with pytest.raises(Unavailable, match=r"needs room in .*native, got: .*No space left on device; set HEL_CACHE"):
        build.library(SOURCE)


def test_a_compiler_that_is_not_there_is_named(machine):
    machine.setenv("CC", "no-such-cc -O1")
    with pytest.raises(Unavailable, match="CC names the compiler, and there is no no-such-cc -O1; correct or unset it"):
        build.compiler()


def test_the_words_of_executors():
    from golden.errors import HelError

    program = compile_system(get("linear", n=3, m=1))
    assert executor_of(program, NUMPY) == NUMPY and executor_of(program, None, steps=10) == NUMPY
    assert executor_of(program, COMPILED, steps=1) == COMPILED and executor_of(program) == COMPILED
    with pytest.raises(HelError, match="an executor is compiled or numpy, got 'fast'; choose one, or leave it out"):
        executor_of(program, "fast")
