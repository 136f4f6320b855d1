"""Progress on a terminal, in a file, with --quiet, after Ctrl-C, and where nobody listens any more."""

import fcntl
import io
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios

import pytest

from hel import output
from hel.output import Progress, clamped_lines, clipped_lines, table_lines
from tests.hel.commands import hel

TRAIN = ["train", "digits", "-n", "8", "--samples", "100", "--epochs", "2"]


class Clock:
    """Time that a test moves."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr(output.time, "monotonic", lambda: self.now)


def lines(monkeypatch, calls, **options):
    """What (seconds, done, total, text) of calls make where there is no terminal."""
    clock, stream = Clock(monkeypatch), io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress(**options) as progress:
        for clock.now, *call in calls:
            progress(*call)
    return stream.getvalue().splitlines()


def test_lines_now_and_then_tell_rate_and_remaining_time(monkeypatch):
    calls = [(0, 0, 100, "a"), (4, 10, 100, "b"), (12, 30, 100, "c"), (16, 40, 100, "d"), (40, 100, 100, "e")]
    found = lines(monkeypatch, calls, unit="samples")
    assert found == [
        " 30.0 %  30/100      12 s  2.5 samples/s  28 s left  c",
        "100.0 %  100/100      40 s  2.5 samples/s  e",
    ]


def test_without_a_unit_or_a_total_there_is_no_rate(monkeypatch):
    assert lines(monkeypatch, [(0, 0, 0, ""), (20, 7, 0, "x")]) == ["7      20 s  x"]
    assert lines(monkeypatch, [(0, 1, 3, ""), (20, 2, 3, "x")]) == [" 66.7 %  2/3      20 s  x"]


def test_time_counts_from_the_first_call_of_a_total(monkeypatch):
    """A compilation of 30 s before it is no slow sample."""
    found = lines(monkeypatch, [(0, 0, 1, "compiling"), (30, 0, 50, ""), (50, 40, 50, "")], unit="samples")
    assert found[-1] == " 80.0 %  40/50      20 s  2 samples/s  5 s left"


def test_quiet_says_nothing(monkeypatch, capfd):
    assert lines(monkeypatch, [(0, 0, 1, "a"), (90, 1, 1, "b")], quiet=True) == []
    progress = Progress(quiet=True)
    progress.line("compiling")
    assert capfd.readouterr() == ("", "")


class Gone(io.StringIO):
    """A stream whose reader has left."""

    def write(self, text):
        raise BrokenPipeError

    def isatty(self):
        return True


@pytest.mark.parametrize("stream", [None, Gone(), io.StringIO()], ids=["none", "gone", "closed"])
def test_nothing_breaks_where_nobody_listens(monkeypatch, stream):
    if type(stream) is io.StringIO:
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress(0.0, unit="samples") as progress:
        progress(1, 2, "a")
        progress.line("b")
        progress(2, 2, "c")


def heed():
    """What a shell starts in the background ignores SIGINT, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def on_a_terminal(*argv, columns=80, interrupt_at="", **surroundings):
    """(exit code, all that a command of ours writes to a terminal)."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm", **surroundings}
    process = subprocess.Popen(
        [sys.executable, "-m", "hel", *argv],
        stdout=slave,
        stderr=slave,
        env=environment,
        start_new_session=True,
        preexec_fn=heed,
    )
    os.close(slave)
    said = ""
    while select.select([master], [], [], 120)[0]:
        try:
            said += os.read(master, 4096).decode(errors="replace")
        except OSError:  # the other end is closed
            break
        if interrupt_at and interrupt_at in said:
            process.send_signal(signal.SIGINT)
            interrupt_at = ""
    os.close(master)
    return process.wait(timeout=60), said


def last_line(said):
    """What stays on the screen's last lines: after each return the line is written anew."""
    return [re.sub(r"\x1b\[K", "", line.rstrip("\r").rpartition("\r")[2]) for line in said.split("\n")]


@pytest.mark.parametrize("columns", [120, 30])
def test_a_bar_fits_the_terminal_and_is_gone_in_the_end(columns):
    code, said = on_a_terminal(*TRAIN, columns=columns, NO_COLOR="1")
    assert code == 0
    drawn = [part for part in re.split(r"[\r\n]", said) if "%" in part]
    assert len(drawn) > 1 and all(len(part) < columns for part in drawn)
    if columns == 120:
        assert re.search(r"\d+/200  \d\d:\d\d<\d\d:\d\d  +[\d.]+ samples/s, epoch \d, cost", said)
    assert not re.search(r"\x1b\[[\d;]*m", said)  # no colours
    assert last_line(said)[0].startswith("epoch   1") and "%" not in "".join(last_line(said))


def test_a_bar_is_gone_after_an_interrupt():
    code, said = on_a_terminal("train", "digits", "-n", "8", "--epochs", "50", interrupt_at="samples/s")
    assert code == 130 and last_line(said)[0].endswith("hel: interrupted"), said[-200:]
    assert "%" not in "".join(last_line(said))


def test_a_terminal_without_a_cursor_gets_lines():
    code, said = on_a_terminal(*TRAIN, TERM="dumb")
    assert code == 0 and "\x1b" not in said and "100.0 %  200/200" in said


@pytest.mark.parametrize("flag", ["-q", "--quiet"])
def test_a_quiet_command_says_its_result_alone(capfd, flag):
    code, out, err = hel(capfd, *TRAIN, flag)
    assert code == 0 and err == "" and "accuracy" in out
    code, out, err = hel(capfd, "train", "digit", flag)
    assert code == 2 and "unknown task" in err  # errors are still told


def test_a_long_formula_is_shortened_in_the_middle():
    function = " + ".join(f"exp(-{k} * x**2)" for k in range(1, 9))
    row = {"name": "f", "function": function, "low": -1.0, "high": 1.0, "stated": False, "segments": 16}
    row |= {"format": "SQ(1, 17)", "fold": "", "steep": [], "error_lsb": 1.0, "error": 1e-5, "line": ""}
    (line,) = table_lines({"tables": [row]})
    formula = line.partition("table f: ")[2].partition(" for x from")[0]
    assert len(formula) <= 60 and formula.startswith("exp(-1 * x**2) + ") and formula.endswith("exp(-8 * x**2)")
    assert "..." in formula


def test_a_coarse_table_says_what_makes_it_finer():
    row = {"name": "f", "function": "exp(x)", "low": -1.0, "high": 9.0, "segments": 2048, "format": "SQ(14, 4)"}
    row |= {"fold": "", "steep": [], "error": 1e-5, "line": ""}
    said = {
        (stated, off): table_lines({"tables": [row | {"stated": stated, "error_lsb": off}]})[0]
        for stated in (True, False)
        for off in (15.0, 45.0)
    }
    assert not any("finer" in said[stated, 15.0] for stated in (True, False))
    assert "45 last places = 1e-05 (a shorter range, np.clip(x, low, high), makes it finer)" in said[False, 45.0]
    assert "(a shorter stated range makes it finer)" in said[True, 45.0]


def test_flags_say_where_and_what_to_write():
    """Of sin the range is fixed, of any other function it can be stated; cuts are named, a few of them."""
    angle, other = (
        "a.py:1: `np.sin(q)`: an angle beyond the table of sin",
        "a.py:2: `np.exp(q)`: x of exp(x) beyond -1 to 2",
    )
    said = clamped_lines({"argument_clamped": [angle, other]})
    assert "angles = True" in said[0] and "np.clip" not in said[0]
    assert said[1].startswith(other) and "np.clip(x, low, high) or hel.table(f, low=, high=)" in said[1]
    assert clipped_lines({}) == [] == clipped_lines({"operand_clipped": []})
    assert clipped_lines({"operand_clipped": ["a", "b", "c", "d"]}) == ["clipped: a; b; c; and 1 more"]
