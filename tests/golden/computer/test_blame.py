"""What the machine is to blame for is told as such; what it is not stays ours."""

import signal

import pytest

from golden.computer.blame import machine_error


@pytest.mark.parametrize(
    ("code", "words", "said"),
    [
        (
            1,
            "cc1plus: fatal error: error writing to a.s: No space left on device",
            "it needs room on the disk: cc1plus",
        ),
        (1, "as: x.o: Disk quota exceeded", "it needs room in your quota"),
        (
            1,
            "Cannot create temporary file in /x/: Permission denied",
            "set HEL_CACHE and TMPDIR to folders of your own",
        ),
        (1, "Fatal: cannot create temporary", "set TMPDIR to a folder"),
        (1, "g++: fatal error: Killed signal terminated program cc1plus", "it must fit this machine's memory"),
        (1, "terminate called after throwing an instance of 'std::bad_alloc'", "it must fit this machine's memory"),
        (-signal.SIGKILL, "", "ended by SIGKILL; close other programs"),
        (-signal.SIGXFSZ, "", "raise `ulimit -f`"),
        (-signal.SIGXCPU, "", "raise `ulimit -t`"),
        (2, "a.cpp:1:10: fatal error: iostream: No such file or directory", "apt install g++"),
        (1, "/usr/bin/ld: cannot find -lstdc++: No such file", "apt install g++"),
        (1, "/lib/x86_64-linux-gnu/libm.so.6: version `GLIBC_2.38' not found", "`hel doctor` shows where it is"),
    ],
)
def test_the_machine(code, words, said):
    error = machine_error("c++", code, f"some words\n{words}\n")
    assert error is not None and said in str(error) and str(error).startswith("c++ failed, ") and "\n" not in str(error)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, "%Error: bench.sv:3: syntax error"),
        (1, "Vtop.cpp:1: fatal error: Vtop.h: No such file or directory"),
        (-signal.SIGSEGV, ""),
        (1, "ERROR: unable to place"),
    ],
)
def test_not_the_machine(code, words):
    assert machine_error("c++", code, words) is None
