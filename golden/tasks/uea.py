"""`uea:NAME`: any data set of the UEA and UCR archives, from timeseriesclassification.com, kept in the cache.

The network is asked once a data set; what came is kept as it is and not pinned by a hash. Inputs are normalised on the
training set; a frame is held one step of h = 1/4, and the cost is the final one unless another is asked for.
"""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
import urllib.error
import urllib.request
import zipfile
from dataclasses import replace
from pathlib import Path

from golden.computer import cache
from golden.errors import HelError
from golden.tasks.base import Task
from golden.tasks.ts_format import parse_ts
from golden.tasks.user_file import Way, task_of_series

__all__ = ["ADDRESS", "downloaded", "uea"]

ADDRESS = "https://www.timeseriesclassification.com/aeon-toolkit"
TIMEOUT_S = 30


def uea(name: str, way: Way | None = None) -> Task:
    """The task of that data set, such as ``uea("Coffee")``.

    Raises
    ------
    HelError : no such name, no network, not two .ts files.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", name):
        raise HelError(f"a data set of the archive has a name such as uea:Coffee, got uea:{name[:40]}; correct it")
    train, test = (parse_ts(path.read_text(encoding="utf-8", errors="replace"), path.name) for path in downloaded(name))
    return task_of_series(f"uea:{name}", train, test, replace(way or Way(), normalise=True))


def downloaded(name: str) -> tuple[Path, Path]:
    """Training and test file in the cache, fetched where they are not there yet."""
    folder = cache.folder() / "uea" / name
    files = folder / f"{name}_TRAIN.ts", folder / f"{name}_TEST.ts"
    if not all(file.is_file() for file in files):
        texts = _fetched(name)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as place:  # a file is there whole, or not at all
            for file, data in zip(files, texts, strict=True):
                part = Path(place) / file.name
                part.write_bytes(data)
                part.replace(file)
    return files


def _fetched(name: str) -> list[bytes]:
    address = f"{ADDRESS}/{name}.zip"
    try:
        with contextlib.closing(urllib.request.urlopen(address, timeout=TIMEOUT_S)) as answer:
            data = answer.read()
    except urllib.error.HTTPError as error:
        raise HelError(
            f"uea:NAME names a data set of timeseriesclassification.com, it has none of the name {name} (HTTP"
            f" {error.code}); look for the spelling on its list"
        ) from None
    except OSError as error:  # URLError and timeouts too
        why = getattr(error, "reason", error)
        raise HelError(
            f"uea:{name} is fetched from timeseriesclassification.com, which does not answer ({why}); use a network, or"
            f" put {name}_TRAIN.ts and {name}_TEST.ts into a folder of yours and name {name}_TRAIN.ts"
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [archive.read(f"{name}_{part}.ts") for part in ("TRAIN", "TEST")]
    except (zipfile.BadZipFile, KeyError):
        raise HelError(
            f"a data set of the archive is {name}_TRAIN.ts and {name}_TEST.ts, what {address} sent is not; it may have"
            " no such form, name your own file instead"
        ) from None
