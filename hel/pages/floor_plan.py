"""The floor plan of the house: rooms, floors, arrows and circles: `python -m hel.pages.floor_plan`.

A room is a folder that holds modules; a loose module of a package that has rooms is a room of its own. An arrow is an
import from one room of another, wherever in a file it stands; those under `if TYPE_CHECKING` are counted apart. The
floor of a room is the longest chain of rooms below it. A circle is a set of rooms each of which leads to each other.
hel/pages/floor_plan.toml is the plan: which rooms each may import. Run it where the repository is checked out.

    python -m hel.pages.floor_plan                          # the house as it stands
    python -m hel.pages.floor_plan --package golden --json  # one package alone, as one object
    python -m hel.pages.floor_plan --revision HEAD~20       # another revision, measured alike
    python -m hel.pages.floor_plan --svg plan.svg           # the picture
    python -m hel.pages.floor_plan --write                  # the picture and the rows of docs/architecture.md
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from golden.errors import HelError
from hel.output import write_whole
from hel.pages.floor_plan_picture import picture
from hel.pages.imports import PACKAGES, Source, circles, floors, reach, rooms, sources

__all__ = ["FloorPlan", "main", "read_table", "survey"]

TABLE = Path("hel/pages/floor_plan.toml")
PICTURE = Path("docs/floor_plan.svg")
PAGE = Path("docs/architecture.md")

Table = Mapping[str, Sequence[str]]
"""Room -> the rooms it may import, from the ground up."""


@dataclass(frozen=True)
class FloorPlan:
    """The rooms of some files.

    Members
    -------
    files : path -> `Source`
    table : the plan they are held to; None where there is none
    """

    files: Mapping[str, Source]
    table: Table | None = None

    @cached_property
    def room(self) -> dict[str, str]:
        """File -> room."""
        return rooms(self.files)

    @cached_property
    def links(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """Every arrow between rooms, with the files (from, to) that draw it."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for path, room in self.room.items():
            for target in sorted(self.files[path].imports & self.room.keys()):
                if self.room[target] != room:
                    found.setdefault((room, self.room[target]), []).append((path, target))
        return found

    @cached_property
    def graph(self) -> dict[str, frozenset[str]]:
        """Room -> the rooms that it imports."""
        return {
            room: frozenset(target for start, target in self.links if start == room)
            for room in dict.fromkeys(self.room.values())
        }

    @cached_property
    def floor(self) -> dict[str, int]:
        """Room -> its floor; the ground floor is 0."""
        return floors(self.graph)

    @cached_property
    def type_arrows(self) -> set[tuple[str, str]]:
        """Arrows between rooms that only a type checker follows."""
        pairs = {
            (room, self.room[target])
            for path, room in self.room.items()
            for target in self.files[path].type_imports & self.room.keys()
        }
        return {(start, target) for start, target in pairs - self.links.keys() if start != target}

    @cached_property
    def file_circles(self) -> list[list[str]]:
        """Circles of files, inside a room too."""
        return circles({path: source.imports & self.files.keys() for path, source in self.files.items()})

    def purpose(self, room: str) -> str:
        """The first line of the docstring of the room's `__init__`, or of the loose module."""
        for path in (f"{room}/__init__.py", f"{room}.py"):
            if path in self.files:
                return self.files[path].purpose
        return ""

    def plain_arrows(self) -> set[tuple[str, str]]:
        """The arrows without those that a longer way implies; of circles all are kept."""
        ahead = {room: reach(self.graph, room) for room in self.graph}

        def implied(start: str, target: str) -> bool:
            ways = (way for way in self.graph[start] - {target} if start not in ahead[way])
            return target not in self._circle(start) and any(target in ahead[way] for way in ways)

        return {arrow for arrow in self.links if not implied(*arrow)}

    def _circle(self, room: str) -> set[str]:
        return {other for circle in circles(self.graph) if room in circle for other in circle}

    def against(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """The arrows that the table does not allow, with their files; none without a table."""
        if self.table is None:
            return {}
        return {arrow: files for arrow, files in self.links.items() if arrow[1] not in self.table.get(arrow[0], ())}

    def faults(self) -> list[str]:
        """What is wrong with the rooms or with the table, a line each: arrows, circles, unknown and unused entries."""
        table = self.table or {}
        lines = [
            f"the floor plan must know every room, not {room}; give it a line in {TABLE.name}, below what it imports: "
            f"{', '.join(sorted(allowed)) or 'nothing'}"
            for room, allowed in self.graph.items()
            if room not in table
        ]
        for (start, target), files in self.against().items():
            for path, other in files if start in table else ():
                lines.append(
                    f"{path} imports {other}, and the floor plan does not let {start} import {target}; move what they "
                    f"share to a lower room, or, where {target} stands lower, add it to {start} in {TABLE.name}"
                )
        for circle in circles(self.graph):
            inside = [files for arrow, files in self.links.items() if {*arrow} <= {*circle}]
            said = ", ".join(f"{path} imports {other}" for files in inside for path, other in files)
            lines.append(
                f"rooms must not import each other in a circle, {' and '.join(circle)} do: {said}; cut one of them"
            )
        above: set[str] = set()
        for room, allowed in table.items():
            if room not in self.graph:
                lines.append(f"the floor plan has {room}, and there is no such room; take its line out")
                continue
            lines += [
                f"the floor plan lets {room} import {to}, which is not above it; move the line"
                for to in allowed
                if to not in above
            ]
            unused = [to for to in allowed if to not in self.graph[room]]
            lines += [f"the floor plan lets {room} import {to}, and it does not; take that out" for to in unused]
            above.add(room)
        return lines

    def figures(self) -> dict[str, Any]:
        """The plan in numbers and names, as `--json` prints it."""
        return {
            "rooms": len(self.graph),
            "floors": 1 + max(self.floor.values(), default=-1),
            "arrows": len(self.links),
            "plain_arrows": len(self.plain_arrows()),
            "type_arrows": len(self.type_arrows),
            "files": len(self.files),
            "circles": circles(self.graph),
            "file_circles": self.file_circles,
            "upward": [list(arrow) for arrow in sorted(self.links) if _package(arrow[1]) > _package(arrow[0])],
            "against": None if self.table is None else [list(arrow) for arrow in sorted(self.against())],
            "plan": {
                room: {"floor": self.floor[room], "purpose": self.purpose(room), "imports": sorted(self.graph[room])}
                for room in sorted(self.graph, key=lambda room: (self.floor[room], room))
            },
        }

    def picture(self) -> str:
        """The plan as SVG text; arrows that a longer way implies are left out."""
        purposes = {room: self.purpose(room) for room in self.graph}
        return picture(self.graph, purposes, self.plain_arrows(), self.against())

    def row(self, revision: str, part: str) -> str:
        """The line of the comparison in docs/architecture.md."""
        found = self.figures()
        circled = [f"{len(found[key])} ({sum(map(len, found[key]))})" for key in ("circles", "file_circles")]
        cells = [*(found[key] for key in ("rooms", "floors", "arrows", "plain_arrows")), *circled, len(found["upward"])]
        return f"| {revision}, {part} | {' | '.join(map(str, cells))} |"


def may_import(allowed: Sequence[str]) -> str:
    """The sentence by which a room's `__init__` ends.

    >>> may_import(["golden/errors", "golden/rules/glep", "testbench"])
    'May import of golden: errors, rules.glep; of testbench: itself.'
    """
    found: dict[str, list[str]] = {}
    for room in allowed:
        package, _, inner = room.partition("/")
        found.setdefault(package, []).append(inner.replace("/", ".") or "itself")
    parts = [f"of {package}: {', '.join(rooms)}" for package, rooms in found.items()]
    return f"May import {'; '.join(parts) or 'nothing of the house'}."


def _package(room: str) -> int:
    return PACKAGES.index(room.split("/")[0])


def read_table(file: Path) -> dict[str, list[str]] | None:
    """The plan in a file: room -> rooms it may import; None when there is no such file."""
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def survey(root: Path, package: str = "") -> FloorPlan:
    """The floor plan of a checked-out tree, or of one package of it alone; HelError when it holds no package."""
    files = sources(root)
    if not files:
        raise HelError(
            f"a floor plan needs one of the packages {', '.join(PACKAGES)}, {root.resolve()} has none; "
            "run it from the root of the repository"
        )
    table = read_table(root / TABLE)
    if package:
        files = {path: source for path, source in files.items() if path.startswith(f"{package}/")}
        table = table and {
            room: [to for to in allowed if to.split("/")[0] == package]
            for room, allowed in table.items()
            if room.split("/")[0] == package
        }
    return FloorPlan(files, table)


def _checked_out(revision: str, folder: Path) -> None:
    done = subprocess.run(["git", "archive", "--format=zip", revision], capture_output=True, check=False)
    if done.returncode:
        raise HelError(
            f"a revision must be one that `git archive` finds here, got {revision!r}; name a commit, a branch or a tag"
        )
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder)


def _text(plan: FloorPlan) -> str:
    found = plan.figures()
    lines = [
        f"{found['rooms']} rooms on {found['floors']} floors, {found['arrows']} arrows between them "
        f"({found['plain_arrows']} without those that a longer way implies), {found['type_arrows']} for types alone",
        f"{found['files']} files, {len(found['file_circles'])} circles of files, {len(found['circles'])} of rooms, "
        f"{len(found['upward'])} arrows from a lower package to a higher one",
    ]
    lines += [f"  circle: {', '.join(circle)}" for circle in found["circles"]]
    lines += [f"  circle: {', '.join(circle)}" for circle in found["file_circles"]]
    for floor in reversed(range(found["floors"])):
        lines += ["", f"floor {floor}"]
        for room in (room for room, its in found["plan"].items() if its["floor"] == floor):
            lines.append(f"  {room:<26} {', '.join(sorted(to for start, to in plan.plain_arrows() if start == room))}")
    if plan.table is not None:
        lines += ["", f"{len(found['against'])} arrows against {TABLE}", *(f"  {fault}" for fault in plan.faults())]
    return "\n".join(lines)


def written(page: str, rows: Sequence[str]) -> str:
    """A page with today's rows in place of those it has.

    >>> print(written("| before, house | 9 |\\n| today, house | 5 |\\nend", ["| today, house | 4 |"]))
    | before, house | 9 |
    | today, house | 4 |
    end
    """
    old = re.compile(r"(?:^\| today, .*\n)+", re.M)
    if not old.search(page):
        raise HelError(f"{PAGE} has rows that begin with '| today, ', there are none; restore them")
    return old.sub(lambda _: "".join(f"{row}\n" for row in rows), page)


def today(root: Path) -> dict[Path, str]:
    """The picture and the page of a checked-out tree, as they should be."""
    house = survey(root)
    rows = [house.row("today", "house"), survey(root, "golden").row("today", "golden alone")]
    return {PICTURE: house.picture(), PAGE: written((root / PAGE).read_text(encoding="utf-8"), rows)}


def main(argv: Sequence[str] | None = None) -> int:
    """The command; exit code 1 with --check when the picture or the page is not up to date."""
    summary, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        prog="python -m hel.pages.floor_plan",
        description=summary,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--package", choices=PACKAGES, default="", help="this package alone; default: the house")
    parser.add_argument("--revision", metavar="REV", help="another revision; default: the working tree")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    parser.add_argument("--row", metavar="NAME", help="the line of the table in docs/architecture.md, under this name")
    parser.add_argument("--svg", metavar="FILE", type=Path, help="draw the plan")
    parser.add_argument("--write", action="store_true", help=f"write {PICTURE} and today's rows in {PAGE}")
    parser.add_argument("--check", action="store_true", help="write nothing, compare what --write would write")
    options = parser.parse_args(argv)
    if options.write or options.check:
        pages = today(Path())
        if options.check:
            return int(
                any(not path.exists() or path.read_text(encoding="utf-8") != text for path, text in pages.items())
            )
        write_whole(pages)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        if options.revision:
            _checked_out(options.revision, Path(folder))
        plan = survey(Path(folder) if options.revision else Path(), options.package)
    if options.svg:
        write_whole({options.svg: plan.picture()})
    elif options.row:
        print(plan.row(options.row, f"{options.package} alone" if options.package else "house"))
    else:
        print(json.dumps(plan.figures(), indent=2) if options.json else _text(plan))
    return 0


if __name__ == "__main__":
    from hel.__main__ import guarded

    sys.exit(guarded(main))
