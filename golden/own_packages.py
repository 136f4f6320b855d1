"""The packages of this installation win over a user's packages of the same names.

`rtl`, `golden` and `testbench` are ordinary names for folders of a hardware project. Such a folder can stand before
ours on `sys.path`: in the current folder (`python -m hel`), on PYTHONPATH, or beside the user's file while that is
loaded. A finder at the head of `sys.meta_path` answers for the names in `NAMES`, and for no other, with what lies
beside `golden`, in a checkout or in site-packages. `sys.path` keeps its order: a user's file finds all its other
neighbours.

`hold` is called where a name of ours could be taken, and only there: when `hel` is imported (`hel.first`), and before a
user's file runs (`golden.systems.load`), which the interpreter inside a simulator does, too. Importing `golden` alone
changes nothing for the script that does it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

__all__ = ["NAMES", "hold", "shadowed", "taken"]

NAMES = ("bitstreams", "golden", "hel", "rtl", "testbench")
_ROOT = Path(__file__).absolute().parents[1]


class _Finder:
    """Looks for a name in `NAMES` beside `golden`, whatever `sys.path` says."""

    @staticmethod
    def find_spec(
        fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in NAMES:  # what is inside of a package is found in the package
            return None
        return PathFinder.find_spec(fullname, [str(_ROOT)], target)


def hold() -> None:
    """From now on the names in `NAMES` mean our packages; modules that are imported already stay what they are.

    >>> import sys
    >>> hold()
    >>> before = list(sys.meta_path)
    >>> hold()  # once is enough
    >>> sys.meta_path == before
    True
    """
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)


def taken() -> list[str]:
    """Those of `NAMES` under which another module was imported already.

    >>> taken()
    []
    """
    return [name for name in NAMES if name in sys.modules and not _is_ours(sys.modules[name], name)]


def shadowed(name: str, folders: Iterable[str | Path]) -> Path | None:
    """What `folders`, in this order, would give for a name in `NAMES`; None: ours, or nothing.

    >>> shadowed("rtl", ["no/such/folder"]), shadowed("numpy", ["no/such/folder"])
    (None, None)
    """
    if name not in NAMES:
        return None
    found = (path for folder in folders for path in (Path(folder, name), Path(folder, f"{name}.py")) if path.exists())
    first = next(found, None)
    return None if first is None or _is_our_folder(first, name) else first.absolute()


def _is_ours(module: ModuleType, name: str) -> bool:
    return any(_is_our_folder(Path(folder), name) for folder in getattr(module, "__path__", ()))


def _is_our_folder(folder: Path, name: str) -> bool:
    return folder.resolve() == (_ROOT / name).resolve()
