"""A user's own system, from a Python file: `path/to/file.py:Class`; `named` and `blamed` serve other own things too.

The file is run once (again when it has changed), and can import what lies beside it, except under the names of our own
packages (`golden.own_packages`). The class is made with (n, m) and examined: what its methods return, its trace, and
that the traced potential is the potential. Whatever goes wrong in the user's code is a `HelError` with the file and the
line.
"""

from __future__ import annotations

import difflib
import importlib.util
import inspect
import linecache
import math
import re
import sys
import traceback
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

import numpy as np

from golden import own_packages
from golden.errors import HelError
from golden.language.evaluate import Evaluator
from golden.language.graph import Array, Graph
from golden.systems.base import System
from golden.systems.coordinates import coordinates
from golden.systems.members import refuse_physics
from golden.systems.ranges import LIMIT, checked_ranges

__all__ = ["absolute", "blamed", "examined", "find", "is_file", "make", "named"]

_PLACED = re.compile(r"[^\s:]+\.py:")
"""An error that names its file already."""
_SKELETON = "see docs/your_own_hamiltonian.md"
_modules: dict[tuple[str, int, int], ModuleType] = {}


def is_file(name: str) -> bool:
    """Whether a system's name means a file: it has `.py`, a colon or a slash.

    >>> is_file("pendulums.py:Pendulums"), is_file("dense")
    (True, False)
    """
    return ".py" in name or ":" in name or "/" in name or "\\" in name


def absolute(name: str) -> str:
    """`name` for a process that works in another folder: the file's path made absolute."""
    if not is_file(name):
        return name
    file, wanted = _split(name)
    return f"{Path(file).resolve()}:{wanted}" if wanted else str(Path(file).resolve())


def find(name: str) -> type[System]:
    """The class that `file.py:Class` means; `file.py` alone will do where the file defines one system.

    Raises
    ------
    HelError : no such file, no such class, a class that is no System, or an error while the file runs.
    """
    file, wanted = _split(name)
    path = Path(file)
    module = _module(path)
    own = [cls for cls in vars(module).values() if _is_system(cls) and cls.__module__ == module.__name__]
    names = ", ".join(cls.__name__ for cls in own) or "none"
    if not wanted:
        if len(own) != 1:
            example = own[0].__name__ if own else "MySystem"
            raise HelError(
                f"a file with exactly one system needs no class name, {file} defines {names};"
                f" write {file}:{example}" + ("" if own else f" and the class, {_SKELETON}")
            )
        return own[0]
    if not hasattr(module, wanted):
        near = difflib.get_close_matches(wanted, [cls.__name__ for cls in own], n=1)
        hint = f"did you mean {file}:{near[0]}?" if near else "correct the name"
        raise HelError(f"{file} defines no {wanted!r}; its systems: {names}; {hint}")
    found = getattr(module, wanted)
    if not _is_system(found):
        kind = "class" if inspect.isclass(found) else type(found).__name__
        raise HelError(
            f"a system is a class derived from golden.systems.System, {file}:{wanted} is a {kind} that is not;"
            f" write `class {wanted}(System):`"
        )
    return found


def make(name: str, n: int, m: int) -> System:
    """The system of `file.py:Class` with n neurons and m inputs, examined.

    Raises
    ------
    HelError : whatever `find` raises; a class that cannot be made or traced, or breaks a rule of `System`.
    """
    cls, path = find(name), Path(_split(name)[0])
    missing = sorted(getattr(cls, "__abstractmethods__", ()))
    if missing:
        raise HelError(f"{path.name}: class {cls.__name__} must define {', '.join(missing)}, and does not; {_SKELETON}")
    with blamed(path, f"{cls.__name__}({n}, {m})", "a constructor takes n and m, and raises HelError to refuse them"):
        system = cls(n, m)
    if not (hasattr(system, "n") and hasattr(system, "m")):
        raise HelError(f"{path.name}: {cls.__name__}.__init__ must call super().__init__(n, m), and does not; add it")
    if (system.n, system.m) != (n, m):
        raise HelError(
            f"{path.name}: {cls.__name__}(n, m) must keep n and m, got n = {system.n}, m = {system.m} for ({n}, {m});"
            " call super().__init__(n, m), or ask for that size with --neurons and --inputs"
        )
    _examine(system, path)
    system.__dict__["examined"] = True
    return system


def examined(system: object) -> System:
    """`system`, if it is a `System` object that keeps the rules; looked at once.

    Raises
    ------
    HelError : no `System` object, or what `make` raises for a class of a file.

    >>> from golden.systems import get
    >>> examined(get("dense", n=4))
    Dense(n=4, m=1)
    >>> examined(4)
    Traceback (most recent call last):
    ...
    golden.errors.HelError: a system is a name or a System object, got 4; name one, for instance "dense"
    """
    if inspect.isclass(system) and issubclass(system, System):
        name = system.__name__
        raise HelError(f"a system is an object, got the class {name}; write {name}(n, m), for example {name}(8, 2)")
    if not isinstance(system, System):
        raise HelError(f'a system is a name or a System object, got {system!r:.60}; name one, for instance "dense"')
    if "examined" not in system.__dict__:
        path = _source_file(type(system))
        if not (hasattr(system, "n") and hasattr(system, "m")):
            kind = type(system).__name__
            raise HelError(f"{path.name}: {kind}.__init__ must call super().__init__(n, m), and does not; add it")
        _examine(system, path)
        system.__dict__["examined"] = True
    return system


def _source_file(cls: type) -> Path:
    """The file of a class; where there is none, its module's name stands for it."""
    try:
        return Path(inspect.getsourcefile(cls) or cls.__module__)
    except (OSError, TypeError):
        return Path(cls.__module__)


def _examine(system: System, path: Path) -> None:
    """Parameters, trace, initial values; and the traced potential is the potential."""
    kind = type(system).__name__
    who = f"{path.name}: {kind}"
    with blamed(path, f"{kind}.parameters", name=system.name):
        parameters = system.parameters
        if callable(parameters):
            raise HelError(f"{who}.parameters must be a property, got a method; put @property above its def")
        if not isinstance(parameters, Mapping) or not all(map(_is_entry, parameters.items())):
            raise HelError(
                f"{who}.parameters must map names to shapes such as {{'k': (self.n,)}}, got {parameters!r};"
                " a name is a Python name, a shape is a tuple of whole numbers, () for a single number"
            )
        for name, shape in parameters.items():
            if len(shape) > 2:
                raise HelError(
                    f"{who}.parameters: a shape has at most two axes, {name} has {shape}; declare it"
                    f' ({math.prod(shape)},) and write theta["{name}"].reshape{shape}'
                )
        if not isinstance(system.symmetric, tuple | list | set | frozenset):
            raise HelError(
                f"{who}.symmetric must be a tuple of names of parameters, got {system.symmetric!r:.60};"
                " write symmetric = ('W',)"
            )
    refuse_physics(system, who)
    with blamed(path, f"{kind}.mass", name=system.name):
        if not np.array_equal(system.coordinates.leaf, coordinates(system.n, system.mass, system.angles).leaf):
            raise HelError(f"{who}.mass must be fixed, it gave two values; take randomness out of it")
    with blamed(path, f"{kind}.ranges", name=system.name):
        ranges = checked_ranges(system)
    with blamed(path, f"{kind}.potential", name=system.name):
        graph = system.graph
        if system.symmetric:
            _ = system.gradient  # its symmetric parameters exist and are square
    with blamed(path, f"{kind}.initial", name=system.name):
        theta = system.initial(0)
        if not isinstance(theta, Mapping):
            raise HelError(f"{who}.initial must return a dict of arrays, got {type(theta).__name__}; return it")
        theta, again = system.check(theta), system.check(system.initial(0))
        for name, value in theta.items():
            if not np.array_equal(value, again[name], equal_nan=True):
                raise HelError(
                    f"{who}.initial must be a function of its seed, two calls with the seed 0 gave two {name};"
                    " draw from np.random.default_rng(seed)"
                )
        for name, value in theta.items():
            if value.size and not (value.min() >= -LIMIT and value.max() < LIMIT):
                far = value.flat[int(np.argmax(np.where(np.isfinite(value), np.abs(value), np.inf)))]
                raise HelError(
                    f"{who}.initial: parameters lie in [-{LIMIT:g}, {LIMIT:g}), {name} has {far:g};"
                    " scale it, and multiply by a power of two in the potential where it must be larger"
                )
            low, high = ranges.get(name, (-LIMIT, LIMIT))
            if value.size and not (value.min() >= low and value.max() <= high):
                raise HelError(
                    f"{who}.initial: {name} has the range {low:g} to {high:g}, got {value.min():g} to {value.max():g};"
                    f" draw it within, or widen {who}.ranges"
                )
            if name in system.symmetric and not np.array_equal(value, value.swapaxes(-1, -2)):
                raise HelError(
                    f"{who}.initial: {name} is a symmetric matrix, its elements differ from those of its transpose;"
                    " give it as (W + W.T) / 2"
                )
    rng = np.random.default_rng(0)
    point = {"q": rng.uniform(-0.5, 0.5, system.n), "u": rng.uniform(-0.5, 0.5, system.m)}
    with blamed(path, f"{kind}.potential", name=system.name):
        with np.errstate(all="ignore"):
            plain = float(system.reduced(point["q"], point["u"], theta))
    with np.errstate(all="ignore"):
        traced = float(Evaluator(graph)({**point, **theta})["potential"])
    if not np.isfinite(traced):
        raise HelError(_not_finite(graph, {**point, **theta}, who))
    if not np.isclose(plain, traced, rtol=1e-9, atol=1e-9):
        raise HelError(
            f"{who}.potential must be a function of q, u and theta alone, it gave {plain:.12g} and, when it was traced,"
            f" {traced:.12g}; take randomness, state and decisions on values out of it"
        )


def _not_finite(graph: Graph, at: Mapping[str, Array], who: str) -> str:
    """What first has no number at a typical position, with its line."""
    nodes = graph.nodes
    outputs = {str(i): node for i, node in enumerate(nodes)}
    with np.errstate(all="ignore"):
        found = Evaluator(Graph(graph.name, graph.inputs, graph.parameters, outputs, graph.builder))(at)
    first = next(node for i, node in enumerate(nodes) if not np.isfinite(found[str(i)]).all())
    place = f"{first.source}: " if first.source else f"{who}.potential: "
    return (
        f"{place}{first.op} has no finite value at positions, inputs and parameters of usual size; state the range of"
        " its argument by np.clip(x, low, high), or write a function without a pole, np.log(1 + x**2) for np.log(x)"
    )


def _is_entry(item: tuple[object, object]) -> bool:
    name, shape = item
    named = isinstance(name, str) and name.isidentifier()
    whole = isinstance(shape, tuple) and all(isinstance(k, int | np.integer) and k >= 0 for k in shape)
    return named and whole


def _is_system(value: object) -> TypeGuard[type[System]]:
    return inspect.isclass(value) and issubclass(value, System) and value is not System


def _split(name: str, what: str = "system", kind: str = "class") -> tuple[str, str]:
    """File and class; the colon of a drive is no separator."""
    file, colon, wanted = name.rpartition(":")
    if not colon or "/" in wanted or "\\" in wanted:
        file, wanted = name, ""
    if not file.endswith(".py"):
        example = f"path/to/file.py:{kind.capitalize() if kind == 'class' else kind}"
        raise HelError(f"a {what} of one's own is {example}, got {name!r}; name a Python file and a {kind}")
    return file, _identifier(wanted)


def named(name: str, what: str, kind: str) -> tuple[ModuleType, Path, str]:
    """The module of `file.py:word`, its file, and the word, "" where there is none: a `what` that is a `kind`.

    Raises
    ------
    HelError : no Python file, or an error while it runs.
    """
    file, wanted = _split(name, what, kind)
    return _module(Path(file), what), Path(file), wanted


def _identifier(word: str) -> str:
    """A word of the command line as Python spells it: UTF-8, which a bare locale hands on byte by byte, and in NFKC."""
    return unicodedata.normalize("NFKC", word.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _module(path: Path, what: str = "system") -> ModuleType:
    """The module of a file, run once as long as the file does not change."""
    if not path.is_file():
        try:
            near = difflib.get_close_matches(path.name, [p.name for p in path.parent.glob("*.py")], n=1)
        except OSError:
            near = []
        folder = "" if path.parent == Path() else f"{path.parent}/"
        hint = f"did you mean {folder}{near[0]}?" if near else "check the path"
        found = "a folder, not a file" if path.is_dir() else "not there"
        raise HelError(f"a {what}'s file must exist, {path} is {found}; {hint}")
    try:
        stat = path.stat()
        key = (str(path.resolve()), stat.st_mtime_ns, stat.st_size)
        if key not in _modules:
            _modules[key] = _run(path)
        return _modules[key]
    except OSError as error:
        raise HelError(f"a {what}'s file must be readable, {path}: {error.strerror}; change its permissions") from None


def _run(path: Path) -> ModuleType:
    linecache.checkcache(str(path.resolve()))
    spec = importlib.util.spec_from_file_location(f"hel_system_{path.stem}", path.resolve())
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    own_packages.hold()
    sys.path.insert(0, str(path.resolve().parent))  # as for `python file.py`: neighbours can be imported
    try:
        with blamed(path, "the file"):
            if b"\0" in path.read_bytes():  # a ValueError without a line before Python 3.11.4
                raise SyntaxError("source code string cannot contain null bytes")
            spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(spec.name, None)
        raise
    finally:
        sys.path.remove(str(path.resolve().parent))
    return module


@contextmanager
def blamed(path: Path, what: str, way_out: str = "correct it", name: str = "") -> Iterator[None]:
    """Turns any exception of the user's code into a HelError that names the line of the user's file.

    So do HelErrors of ours; those that are of no line begin with the file, and with `what`, Class.member, where `name`
    is that of a system.
    """
    try:
        yield
    except HelError as error:
        text, frames = str(error), traceback.extract_tb(error.__traceback__)
        if _PLACED.match(text) or frames[-1].filename == str(path.resolve()):  # or the user's own
            raise
        head = _line(path, error)
        if name and head == f"{path.name}: ":
            text = text.removeprefix(f"{name}: ")
            head += "" if text.startswith(f"{what.partition('.')[0]}.") else f"{what}: "
        raise HelError(head + text) from None
    except SyntaxError as error:
        if error.lineno is None:
            raise HelError(f"{path.name}: this is not Python: {error.msg}; name a text file of Python") from None
        source = (error.text or "").strip()
        raise HelError(
            f"{Path(error.filename or path).name}:{error.lineno}: `{source}`: this is not Python: {error.msg};"
            " correct the line"
        ) from None
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        if isinstance(error, TypeError) and "positional argument" in said and "potential" in said:
            way_out = "it is called as potential(q, u, theta)"
        name = _asked(error)
        if theirs := own_packages.shadowed(name, [path.resolve().parent, *sys.path]):
            way_out = f"{name} means hel-fpga's own package here; correct the name, or rename {theirs} if you mean that"
        raise HelError(f"{_line(path, error)}{what} raised {said}; {way_out}") from error


def _asked(error: BaseException) -> str:
    """The top-level package that lacks what was imported from it, or asked of it; empty: the error is another."""
    if isinstance(error, ImportError):
        return (error.name or "").partition(".")[0]
    if isinstance(error, AttributeError) and inspect.ismodule(error.obj):
        return error.obj.__name__.partition(".")[0]
    return ""


def _line(path: Path, error: BaseException) -> str:
    """``file:line: `source`: `` of the innermost frame in the user's file, or in its folder."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == str(path.resolve())]
    if not own:
        return f"{path.name}: "
    return f"{path.name}:{own[-1].lineno}: `{own[-1].line}`: "
