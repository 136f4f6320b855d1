"""The folder for what can be made again: compiled simulators, and what other packages keep between runs.

    $HEL_CACHE, else $XDG_CACHE_HOME/hel-fpga, else ~/.cache/hel-fpga

An empty variable counts as unset. A relative HEL_CACHE is resolved; a relative XDG_CACHE_HOME is ignored, as its
specification has it. HEL_CACHE is a wish and must be writable. Where the other two are not (no home, one that is read
only, another user's), a temporary folder serves until the process ends, and one line on standard error says so.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import sys
import tempfile
from pathlib import Path

from golden.errors import HelError

__all__ = ["folder", "refused", "settle", "settle_figures", "unwritable", "usual"]

_NAME = "hel-fpga"
_TEMPORARY = f"{_NAME}-cache-"


def usual() -> tuple[Path | None, str]:
    """The folder that the environment asks for, None where there is no home; and what says so.

    >>> usual()[1] in ("HEL_CACHE", "XDG_CACHE_HOME", "HOME")
    True
    """
    if wish := os.environ.get("HEL_CACHE"):
        return Path(wish).absolute(), "HEL_CACHE"
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
    """The cache, made if need be.

    Raises HelError where HEL_CACHE names what is no folder, or one that cannot be written.
    """
    wanted, said_by = usual()
    return _ready(wanted, said_by, os.getpid())


@functools.cache
def _ready(wanted: Path | None, said_by: str, process: int) -> Path:
    """`wanted` if it can be written, else a temporary folder; asked once a process."""
    if wanted is None:
        return _temporary("you have no home folder")
    why = unwritable(wanted)
    if why is None:
        return wanted
    if said_by == "HEL_CACHE":
        raise refused(wanted, why)
    return _temporary(f"{wanted} cannot be written ({why})")


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


def refused(path: Path, why: str) -> HelError:
    """What to say where the cache cannot be used, and whose word it was."""
    rule = f"the cache must be a folder that can be written and has room, got {path}: {why}"
    if usual()[1] == "HEL_CACHE":
        return HelError(f"{rule}; set HEL_CACHE to another folder, or unset it")
    return HelError(f"{rule}; free some room, or set HEL_CACHE to another folder")


def _temporary(why: str) -> Path:
    try:
        path = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
    except OSError as error:
        raise HelError(
            f"a cache needs a folder that can be written: {why}, and no temporary folder can be made"
            f" ({error.strerror or error}); set HEL_CACHE to a folder, and TMPDIR to another"
        ) from None
    process = os.getpid()

    @atexit.register
    def remove() -> None:
        if os.getpid() == process:
            shutil.rmtree(path, ignore_errors=True)

    if sys.stderr is not None:
        print(f"hel: {why}: this run keeps its cache in {path}; to keep builds, set HEL_CACHE", file=sys.stderr)
    return path


def settle() -> None:
    """Lets other packages keep their caches with ours where they could keep them nowhere.

    Sets XDG_CACHE_HOME, which the yosys of Amaranth and the programs of yowasp go by, in the environment of this
    process and of those it starts; only where what they would use cannot be written.
    """
    _settle(tuple(os.environ.get(name) for name in ("HEL_CACHE", "XDG_CACHE_HOME", "HOME")), os.getpid())


@functools.cache
def _settle(environment: tuple[str | None, ...], process: int) -> None:
    home = cache_home()
    if home is not None and unwritable(home) is None:
        theirs = [home / name for name in ("wasmtime", "YoWASP") if (home / name).exists()]
        if not any(map(unwritable, theirs)):
            return
    os.environ["XDG_CACHE_HOME"] = str(_others())
    if home is None:
        os.environ.setdefault("HOME", str(_others()))


def settle_figures() -> None:
    """The same for matplotlib, before it is imported: sets MPLCONFIGDIR where its own folder cannot be written."""
    if os.environ.get("MPLCONFIGDIR"):
        return
    settle()
    given = os.environ.get("XDG_CONFIG_HOME", "")
    try:
        config = Path(given) if os.path.isabs(given) else Path.home() / ".config"
    except RuntimeError:
        config = None
    if config is None or unwritable(config / "matplotlib"):
        os.environ["MPLCONFIGDIR"] = str(_others())


def _others() -> Path:
    path = folder() / "others"
    path.mkdir(exist_ok=True)
    return path
