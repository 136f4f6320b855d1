"""The cache, temporary files, the locale, and the serial ports of boards."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from golden.computer import cache
from hel.doctor.check import Check

__all__ = ["caches", "locale", "serial_ports", "temporary"]

GROUP = "machine"
PORTS = ("ttyUSB*", "ttyACM*", "cu.usb*")
ENOUGH_BYTES = 500e6
PATIENCE_S = 1.0


def caches() -> Iterable[Check]:
    """The cache: whether it can be written or made, how large, and how much room there is; it is not made."""
    path, said_by = cache.usual()
    wish = said_by == "HEL_CACHE"
    why = "you have no home folder" if path is None else cache.forbidden(path)
    if path is None or why is not None:
        yield Check(
            GROUP, "cache", False, needed=wish, path=str(path or ""),
            without="every run compiles its simulators and programs anew",
            remedy=f"{said_by} leads to it, {why}; set HEL_CACHE to a folder that can be written",
        )  # fmt: skip
        return
    free = shutil.disk_usage(cache.nearest(path)).free
    said = f"{_size(_used(path))} used, {_size(free)} free"
    yield Check(
        GROUP, "cache", free > ENOUGH_BYTES, version=said, path=str(path), without="room for compiled simulators",
        remedy="free some, or set HEL_CACHE to a folder with room",
    )  # fmt: skip


def _used(path: Path) -> int:
    """Bytes of all files below; counted for a second at most."""
    until_s, total = time.monotonic() + PATIENCE_S, 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size
            except OSError:
                continue
        if time.monotonic() > until_s:
            break
    return total


def _size(count: float) -> str:
    """Bytes for people.

    >>> _size(0), _size(1.5e6), _size(2e10)
    ('0.0 MB', '1.5 MB', '20.0 GB')
    """
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def temporary() -> Iterable[Check]:
    """Where simulations keep their files while they run."""
    found, version, path = False, "", ""
    try:
        path = tempfile.gettempdir()
        free = shutil.disk_usage(path).free
        found, version = free > ENOUGH_BYTES, f"{_size(free)} free"
    except OSError as error:
        version = error.strerror or str(error)
    yield Check(
        GROUP, "temporary files", found, version=version, path=path, without="no co-simulation, no bitstreams",
        remedy="set TMPDIR to a folder that can be written and has room",
    )  # fmt: skip


def locale() -> Iterable[Check]:
    """The letters that names of files may have."""
    encoding = sys.getfilesystemencoding()
    yield Check(
        GROUP, "locale", encoding.lower() in ("utf-8", "utf8"), needed=False, version=encoding,
        without="names with other letters are escaped or refused", remedy="set PYTHONUTF8=1, or LANG=C.UTF-8",
    )  # fmt: skip


def serial_ports(folder: Path = Path("/dev")) -> Iterable[Check]:
    """Ports that a board may be behind, and whether you may open them."""
    ports = sorted(port for pattern in PORTS for port in folder.glob(pattern))
    if not ports:
        yield Check(GROUP, "serial port", False, needed=False, without="no board to talk to", remedy="connect a board")
    for port in ports:
        may = os.access(port, os.R_OK | os.W_OK)
        yield Check(
            GROUP, f"serial port {port.name}", may, needed=False, path=str(port), without="no talk with its board",
            remedy=f"run `sudo usermod -aG {_group(port)} $USER`, and log in again",
        )  # fmt: skip


def _group(port: Path) -> str:
    try:
        return port.group()
    except (KeyError, OSError, NotImplementedError):
        return "dialout"
