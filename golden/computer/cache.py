"""The folder for what can be made again: compiled simulators, and what other packages keep between runs.

    $HEL_CACHE, else $XDG_CACHE_HOME/hel-fpga, else ~/.cache/hel-fpga

An empty variable counts as unset. A relative HEL_CACHE is resolved; a relative XDG_CACHE_HOME is ignored, as its
specification has it. Where the folder cannot be written (no home, one that is read only, another user's, a HEL_CACHE
that leads nowhere), one temporary folder serves until the process ends, and one line on standard error says so.
"""

from __future__ import annotations

import atexit
import errno
import functools
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from golden.errors import HelError

__all__ = ["folder", "forbidden", "nearest", "refused", "settle", "settle_figures", "unwritable", "usual"]

_NAME = "hel-fpga"
_TEMPORARY = f"{_NAME}-cache-"
_LOCK = threading.RLock()
_before: dict[str, tuple[Path | None, str]] = {}
"""What `settle` has put into HEL_CACHE -> what `usual` said before."""
_told: set[Path] = set()
"""Temporary folders that standard error knows of."""


def usual() -> tuple[Path | None, str]:
    """The folder that the environment asks for, None where there is no home; and what says so.

    >>> usual()[1] in ("HEL_CACHE", "XDG_CACHE_HOME", "HOME")
    True
    """
    if wish := os.environ.get("HEL_CACHE"):
        return _before.get(wish, (Path(wish).absolute(), "HEL_CACHE"))
    home = cache_home()
    said_by = "XDG_CACHE_HOME" if os.path.isabs(os.environ.get("XDG_CACHE_HOME", "")) else "HOME"
    return (None if home is None else home / _NAME), said_by


def cache_home() -> Path | None:
    """The folder in which every program has its cache; None for a user without a home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(given):
        return Path(given)
    try:
        return Path.home().absolute() / ".cache"
    except RuntimeError:  # neither HOME nor an entry in the list of users
        return None


def folder() -> Path:
    """The cache, made if need be; the temporary folder where it cannot be written.

    Raises HelError where there is no such folder either.
    """
    with _LOCK:
        path, why = _ready(*usual())
        if why is not None and path not in _told:
            _told.add(path)
            if sys.stderr is not None:
                print(f"hel: {why}: this run keeps its cache in {path}; {_way_out()}", file=sys.stderr)
        return path


def _way_out() -> str:
    """How builds are kept for the next run."""
    if usual()[1] == "HEL_CACHE":
        return "to keep builds, set HEL_CACHE to another folder, or unset it"
    return "to keep builds, set HEL_CACHE"


@functools.cache
def _ready(wanted: Path | None, said_by: str) -> tuple[Path, str | None]:
    """`wanted` if it can be written, else the temporary folder, and why; asked once a process."""
    if wanted is None:
        lack = "you have no home folder"
    elif (why := unwritable(wanted)) is None:
        return wanted, None
    elif said_by == "HEL_CACHE":
        lack = f"HEL_CACHE must lead to a folder that can be written, {wanted} cannot be ({why})"
    else:
        lack = f"{wanted} cannot be written ({why})"
    try:
        return _temporary(), lack
    except OSError as error:
        raise HelError(
            f"a cache needs a folder that can be written: {lack}, and no temporary folder can be made"
            f" ({error.strerror or error}); set HEL_CACHE to a folder, and TMPDIR to another"
        ) from None


@functools.cache
def _temporary() -> Path:
    """The one temporary folder of this process, which takes it along when it ends."""
    path = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
    process = os.getpid()

    @atexit.register
    def remove() -> None:
        if os.getpid() == process:
            shutil.rmtree(path, ignore_errors=True)

    return path


def unwritable(path: Path) -> str | None:
    """Why no file can be made in `path`, which is made if need be; None if one can."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"\0" * 4096)
            file.flush()
    except OSError as error:
        return "it is a file" if isinstance(error, FileExistsError) else error.strerror or str(error)
    return None


def nearest(path: Path) -> Path:
    """`path`, or the nearest folder above it of what is there.

    >>> nearest(Path("/none/of/it"))
    PosixPath('/')
    """
    return next(each for each in (path, *path.parents) if os.path.lexists(each))


def forbidden(path: Path) -> str | None:
    """Why no file could be made in `path`, as far as looking tells; unlike `unwritable` it makes nothing."""
    there = nearest(path)
    if not os.path.isdir(there):
        return "it is a file" if there == path else f"{there} is a file"
    if os.access(there, os.W_OK | os.X_OK):
        # to a superuser every folder is writable, also those of /proc, where there is no room for anything
        return None if shutil.disk_usage(there).total else f"the file system of {there} keeps no files"
    return os.strerror(errno.EROFS if os.statvfs(there).f_flag & os.ST_RDONLY else errno.EACCES)


def refused(path: Path, why: str) -> HelError:
    """What to say where the cache cannot be used, and whose word it was."""
    rule = f"the cache must be a folder that can be written and has room, got {path}: {why}"
    if usual()[1] == "HEL_CACHE":
        return HelError(f"{rule}; set HEL_CACHE to another folder, or unset it")
    return HelError(f"{rule}; free some room, or set HEL_CACHE to another folder")


def settle() -> None:
    """Lets other packages keep their caches with ours where they could keep them nowhere.

    Sets XDG_CACHE_HOME, which the yosys of Amaranth and the programs of yowasp go by, in the environment of this
    process and of those it starts; only where what they would use cannot be written.
    """
    with _LOCK:
        _settle(_environment())
        if os.environ.get("HEL_CACHE") in _before:
            folder()  # says so where it is a temporary one


def _environment() -> tuple[str | None, ...]:
    return tuple(os.environ.get(name) for name in ("HEL_CACHE", "XDG_CACHE_HOME", "HOME"))


@functools.cache
def _settle(environment: tuple[str | None, ...]) -> None:
    home = cache_home()
    if home is not None and unwritable(home) is None:
        theirs = [home / name for name in ("wasmtime", "YoWASP") if (home / name).exists()]
        if not any(map(unwritable, theirs)):
            return
    ours, others = usual(), _others()
    # The next line must not lead ours elsewhere, here or in the processes that we start.
    if ours[1] != "HEL_CACHE" or others.parent != ours[0]:
        os.environ["HEL_CACHE"] = str(others.parent)
        _before[str(others.parent)] = ours
    os.environ["XDG_CACHE_HOME"] = str(others)
    if home is None:
        os.environ.setdefault("HOME", str(others))


def settle_figures() -> None:
    """The same for matplotlib, before it is imported: sets MPLCONFIGDIR where its own folder cannot be written.

    Says nothing of a temporary folder: all that is lost with it is a list of fonts.
    """
    if os.environ.get("MPLCONFIGDIR"):
        return
    given = os.environ.get("XDG_CONFIG_HOME", "")
    with _LOCK:
        try:
            config = Path(given) if os.path.isabs(given) else Path.home() / ".config"
        except RuntimeError:
            config = None
        _settle(_environment())
        if config is None or unwritable(config / "matplotlib"):
            os.environ["MPLCONFIGDIR"] = str(_others())


def _others() -> Path:
    path = _ready(*usual())[0] / "others"
    path.mkdir(exist_ok=True)
    return path
