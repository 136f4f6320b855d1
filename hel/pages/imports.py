"""Who imports whom: the files of the house as a graph, read from their text; nothing is imported to find out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Graph = Mapping[str, frozenset[str]]
"""A node, and where its arrows go."""

__all__ = ["PACKAGES", "Source", "circles", "floors", "reach", "rooms", "sources"]

PACKAGES = ("golden", "rtl", "testbench", "bitstreams", "hel")
"""The shipped packages, in the order of the house: each may import those before it."""


@dataclass(frozen=True)
class Source:
    """One file and what it imports.

    Members
    -------
    path : relative to the root, with slashes
    imports : files of the house that running it can import, lazy imports inside functions too
    type_imports : files imported under `if TYPE_CHECKING` alone, which never run
    purpose : the first line of its docstring, without the full stop
    """

    path: str
    imports: frozenset[str]
    type_imports: frozenset[str]
    purpose: str


def sources(root: Path) -> dict[str, Source]:
    """Every file of the packages below `root`, by its path; a package that is not there is left out."""
    texts = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for package in PACKAGES
        for path in sorted((root / package).rglob("*.py"))
    }
    modules = {_module(path): path for path in texts}
    return {path: _source(path, text, modules) for path, text in texts.items()}


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _source(path: str, text: str, modules: Mapping[str, str]) -> Source:
    tree = ast.parse(text, path)
    found = {runs: frozenset(_files(path, _nodes(tree, runs), modules)) - {path} for runs in (True, False)}
    purpose = (ast.get_docstring(tree) or "").partition("\n")[0].removesuffix(".")
    return Source(path, found[True], found[False] - found[True], purpose)


def _nodes(tree: ast.AST, runs: bool) -> Iterator[ast.AST]:
    """The nodes of a file that run, or those under `if TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            if not runs:
                yield from (inner for statement in node.body for inner in ast.walk(statement))
            for statement in node.orelse:
                yield statement
                yield from _nodes(statement, runs)
        else:
            if runs:
                yield node
            yield from _nodes(node, runs)


def _files(path: str, nodes: Iterable[ast.AST], modules: Mapping[str, str]) -> Iterator[str]:
    for node in nodes:
        tries: list[tuple[str, ...]] = []
        if isinstance(node, ast.Import):
            tries = [(alias.name,) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # `from a import b`: the module a.b where there is one, otherwise a name in a; `from . import b` likewise.
            parts = path.removesuffix(".py").split("/")[: -node.level] if node.level else []
            base = ".".join([*parts, *([node.module] if node.module else [])])
            tries = [(f"{base}.{alias.name}", base) for alias in node.names]
        for names in tries:
            yield from (modules[name] for name in [name for name in names if name in modules][:1])


def rooms(found: Mapping[str, Source]) -> dict[str, str]:
    """The room of every file: the folder that holds it; a loose module of a package that has rooms is a room itself.

    A package's own `__init__` that imports nothing and that nobody imports is in no room.

    >>> empty = frozenset()
    >>> files = ["rtl/__init__.py", "rtl/ring.py", "rtl/hls/__init__.py", "rtl/hls/plan/bind.py", "testbench/tools.py"]
    >>> rooms({path: Source(path, empty, empty, "") for path in files})
    {'rtl/ring.py': 'rtl/ring', 'rtl/hls/__init__.py': 'rtl/hls', 'rtl/hls/plan/bind.py': 'rtl/hls/plan', \
'testbench/tools.py': 'testbench'}
    """
    furnished = {path.split("/")[0] for path in found if path.count("/") > 1}
    used = {target for source in found.values() for target in source.imports}
    result = {}
    for path, source in found.items():
        folder, _, name = path.rpartition("/")
        if folder not in furnished:  # a room: a folder below a package, or a package without rooms
            result[path] = folder
        elif name != "__init__.py":
            result[path] = path.removesuffix(".py")
        elif source.imports or path in used:
            result[path] = folder
    return result


def reach(graph: Graph, start: str) -> set[str]:
    """Every node that arrows lead to from `start`; itself only when it lies on a circle.

    >>> sorted(reach({"a": frozenset("b"), "b": frozenset("c"), "c": frozenset()}, "a"))
    ['b', 'c']
    """
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        new = graph[ahead.pop()] - seen
        seen |= new
        ahead += new
    return seen


def circles(graph: Graph) -> list[list[str]]:
    """The strongly connected components of more than one node, each sorted.

    >>> circles({"a": frozenset("b"), "b": frozenset("ac"), "c": frozenset()})
    [['a', 'b']]
    """
    reached = {node: reach(graph, node) for node in graph}
    found = {tuple(sorted(other for other in reached[node] if node in reached[other])) for node in graph}
    return [list(circle) for circle in sorted(found) if circle]


def floors(graph: Graph) -> dict[str, int]:
    """The floor of every node: the longest chain of nodes below it; those of one circle share a floor.

    >>> floors({"a": frozenset("b"), "b": frozenset("c"), "c": frozenset(), "d": frozenset("c")})
    {'a': 2, 'b': 1, 'c': 0, 'd': 1}
    """
    together = {node: frozenset(circle) for circle in circles(graph) for node in circle}
    known: dict[frozenset[str], int] = {}

    def floor(node: str) -> int:
        group = together.get(node, frozenset([node]))
        if group not in known:
            below = {target for member in group for target in graph[member]} - group
            known[group] = max((1 + floor(target) for target in below), default=0)
        return known[group]

    return {node: floor(node) for node in graph}
