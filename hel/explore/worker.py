"""A process that imports what a command needs once, and forks for every point: a point costs no import, and dies alone.

It is given a socket. A request is a line of JSON, `{"argv": [...], "folder": "..."}`; the answer one too, `{"code": 0,
"out": "...", "err": "...", "seconds": 1.5}`, with the exit code negative for a signal. A socket that closes says that
whoever asked is gone, by kill -9 too: the point is asked to end, its compilers with it, and what does not is killed.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from typing import IO, Any

from golden.computer.processes import end_children

__all__ = ["IDLE_S", "main"]

IDLE_S = 60.0
"""Where nothing is asked for so long, the process ends: nobody may be left to end it."""
GRACE_S = 5.0
"""From the wish that a point ends to its end by force."""
_PARENT_DEATH_SIGNAL = 1  # prctl(2), PR_SET_PDEATHSIG
_WARM = {
    "gradcheck": ("golden.checks.gradcheck", "golden.native"),
    "glep": ("golden.checks.glepcheck",),
    "train": ("golden.training.sequences", "golden.native", "sklearn.datasets"),
    "verify": ("testbench.verify",),
    "rtl": ("rtl.verilog",),
    "build": ("bitstreams.learning",),
}
"""What a command imports while it runs, besides its own module."""
_ALWAYS = ("golden.provenance", "hel.signals", "hel.streams")


def main(descriptor: int, command: str) -> int:
    """Serves until the socket closes; in the fork of a point, its exit code."""
    channel = socket.socket(fileno=descriptor)
    for name in (f"hel.commands.{command}", *_WARM.get(command, ()), *_ALWAYS):
        with suppress(ImportError):  # the point will say what is missing
            importlib.import_module(name)
    while request := _request(channel):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            start_s = time.monotonic()
            ours, theirs = os.pipe()  # only the fork holds `theirs`: it closes when the fork ends
            parent, process = os.getpid(), os.fork()
            if process == 0:
                channel.close()
                os.close(ours)
                return _point(request, out, err, parent)
            os.close(theirs)
            gone = not _ended(process, ours, channel)
            code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
            os.close(ours)
            if gone:
                break
            answer = {"code": code, "out": _said(out), "err": _said(err), "seconds": time.monotonic() - start_s}
            channel.sendall(json.dumps(answer).encode() + b"\n")
    return 0


def _request(channel: socket.socket) -> Any:
    """The next line, None where the socket has closed or nothing comes."""
    text = b""
    while not text.endswith(b"\n"):
        readable, _, _ = select.select([channel], [], [], IDLE_S)
        if not readable or not (part := channel.recv(65536)):
            return None
        text += part
    return json.loads(text)


def _ended(process: int, ours: int, channel: socket.socket) -> bool:
    """Waits for a fork; False where whoever asked has gone before it ended, which then is ended."""
    readable, _, _ = select.select([ours, channel.fileno()], [], [])
    if ours in readable:
        return True
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)
    if not select.select([ours], [], [], GRACE_S)[0]:
        end_children()
    return False


def _point(request: dict[str, Any], out: IO[bytes], err: IO[bytes], parent: int) -> int:
    """`hel ARGV...` in this process, a fork; its exit code."""
    with suppress(AttributeError, OSError):  # Linux has it: who forked us may be killed
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:
        return 143
    with suppress(OSError):  # on another machine of a cluster the folder may not be there
        os.chdir(request["folder"])
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    sys.argv = ["hel", *request["argv"]]
    try:
        runpy.run_module("hel", run_name="__main__", alter_sys=True)
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def _said(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
