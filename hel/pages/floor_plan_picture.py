"""The floor plan as a picture: packages as bands, the ground floor below, rooms as boxes, arrows to what they use."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from xml.sax.saxutils import escape

from hel.pages.floor_plan_layout import BOX, Layout, Place, laid_out
from hel.pages.imports import floors

__all__ = ["picture"]

BANDS = (("golden",), ("rtl",), ("bitstreams", "testbench"), ("hel",))
WIDTH, MARGIN, GAP, PAD, HEAD = 1300.0, 38.0, 42.0, 8.0, 84.0
LINE = 13.5
LETTERS = 34
HUES = ("#c2410c", "#0f766e", "#6d5bd0", "#b0287a", "#4d7c0f", "#0b74b8", "#a16207", "#7c6f64")
LEGEND = "A line leads down from a room to one that it imports, in its colour. What a longer way implies is left out."
WRONG = "Red and dashed: imports that the plan does not allow."
STYLE = """
text { font-family: system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
.paper { fill: #ffffff; } .band { fill: #f1f3f6; } .box { fill: #ffffff; stroke-width: 1.6; }
.name { font-size: 13px; font-weight: 600; } .says { font-size: 11px; fill: #4b5563; }
.head { font-size: 21px; font-weight: 600; } .side { font-size: 16px; font-weight: 600; } .note { font-size: 13px; }
.line { fill: none; stroke-width: 1.7; }
.wrong { fill: none; stroke: #d1242f; stroke-width: 2.6; stroke-dasharray: 6 4; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .paper { fill: #0d1117; } .band { fill: #161b22; } .box { fill: #0d1117; }
  .says { fill: #adb6c0; }
}"""


def picture(
    graph: Mapping[str, frozenset[str]],
    purposes: Mapping[str, str],
    arrows: Iterable[tuple[str, str]],
    wrong: Iterable[tuple[str, str]],
) -> str:
    """The plan as SVG text, the same for the same plan.

    Parameters
    ----------
    graph : room -> rooms it imports
    purposes : room -> one line
    arrows : those to draw; what a longer way implies is better left out
    wrong : those that the plan does not allow, drawn apart
    """
    bands = [[_floors(graph, package) for package in band] for band in BANDS]
    wrong = sorted(wrong)
    layout, row = laid_out(bands, set(arrows) - set(wrong), WIDTH - 2 * MARGIN)
    lines = {room: textwrap.wrap(purposes[room].replace("`", ""), LETTERS) for room in graph}
    tall = [
        26 + LINE * max((len(lines[place.room]) for place in places if not place.passes), default=0)
        for places in layout.rows
    ]
    total = HEAD + sum(tall) + GAP * len(tall) + PAD
    # The top of every row: the highest row first.
    top = [total - PAD - GAP / 2 - sum(tall[: k + 1]) - GAP * k for k in range(len(tall))]
    drawing = _Drawing(layout, row, top, tall)
    body = chain(
        drawing.bands(bands),
        drawing.lines(),
        *(drawing.box(room, lines[room], graph[room]) for room in sorted(graph)),
        (drawing.wrong(*arrow) for arrow in wrong),
    )
    said = (
        "Boxes are rooms, one above the other where the upper one imports the lower one. Bands are packages, from the"
        " ground up: golden, rtl, bitstreams beside testbench, hel. Lines lead down and have the colour of the box that"
        " they arrive at. "
    ) + " ".join(
        f"{room} imports {', '.join(sorted(graph[room])) or 'nothing'}." for room in sorted(graph, key=row.__getitem__)
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {total:g}" role="img"'
            ' aria-labelledby="title desc">',
            '<title id="title">Floor plan of hel-fpga</title>',
            f'<desc id="desc">{escape(said)}</desc>',
            f"<style>{STYLE}",
            *(f".c{k} {{ stroke: {hue}; }} .f{k} {{ fill: {hue}; }}" for k, hue in enumerate(HUES)),
            "</style>",
            f'<rect class="paper" width="{WIDTH:g}" height="{total:g}"/>',
            f'<text class="head" x="{MARGIN:g}" y="36">The floor plan: what stands on what</text>',
            f'<text class="note" x="{MARGIN:g}" y="58">{LEGEND}</text>',
            f'<text class="note" x="{MARGIN:g}" y="77">{WRONG if wrong else ""}</text>',
            *body,
            "</svg>\n",
        ]
    )


def _floors(graph: Mapping[str, frozenset[str]], package: str) -> dict[str, int]:
    inside = {room for room in graph if room.split("/")[0] == package}
    return floors({room: graph[room] & inside for room in sorted(inside)})


class _Drawing:
    """The elements of the picture, once every place is known."""

    def __init__(self, layout: Layout, row: Mapping[str, int], top: list[float], tall: list[float]) -> None:
        self.layout, self.row, self.top, self.tall = layout, row, top, tall
        self.x = {place: MARGIN + x for place, x in layout.x.items()}
        # The longest risers run side by side: they get the hues first, so that they differ.
        places = [place for row in layout.rows for place in row]
        risers = Counter(place.room for place in places if place.passes)
        rooms = sorted((place.room for place in places if not place.passes), key=lambda room: -risers[room])
        self.hue = {room: k % len(HUES) for k, room in enumerate(rooms)}

    def bands(self, bands: list[list[dict[str, int]]]) -> Iterable[str]:
        for names, packages in zip(BANDS, bands, strict=True):
            rows = [[self.row[room] for room in package] for package in packages]
            if not any(rows):
                continue
            y, end = self._span([row for its in rows for row in its])
            size = f'width="{WIDTH - 2 * PAD:g}" height="{end - y:.1f}" rx="9"'
            yield f'<rect class="band" x="{PAD:g}" y="{y:.1f}" {size}/>'
            for name, its, x, turn in zip(names, rows, (28, WIDTH - 22), (-90, 90), strict=False):
                if its:
                    middle = sum(self._span(its)) / 2
                    yield (
                        f'<text class="side" x="{x:g}" y="{middle:.1f}" text-anchor="middle"'
                        f' transform="rotate({turn} {x:g} {middle:.1f})">{name}</text>'
                    )

    def _span(self, rows: list[int]) -> tuple[float, float]:
        """Top and bottom of what encloses some rows."""
        return self.top[max(rows)] - GAP / 2 + 3, self.top[min(rows)] + self.tall[min(rows)] + GAP / 2 - 3

    def lines(self) -> Iterable[str]:
        ends = self.layout.ends()
        arrived = set()
        for upper, lower in sorted(self.layout.pieces):
            hue = self.hue[lower.room]
            x, y = MARGIN + ends[upper, lower], self.top[upper.row] + self.tall[upper.row]
            to, end = self.x[lower], self.top[lower.row] - (0 if lower.passes else 6)
            bend = (end - y) * 0.55
            path = f"M{x:.1f} {y:.1f}C{x:.1f} {y + bend:.1f} {to:.1f} {end - bend:.1f} {to:.1f} {end:.1f}"
            if lower.passes:
                path += f"V{self.top[lower.row] + self.tall[lower.row]:.1f}"
            elif lower not in arrived:
                arrived.add(lower)
                yield f'<path class="f{hue}" d="M{to - 5:.1f} {end - 2:.1f}h10l-5 8z"/>'
            yield f'<path class="line c{hue}" d="{path}"/>'

    def box(self, room: str, lines: list[str], imports: Iterable[str]) -> Iterable[str]:
        place = Place(self.row[room], room)
        x, y, height = self.x[place] - BOX / 2, self.top[place.row], self.tall[place.row]
        name = room.partition("/")[2] or room
        yield f"<g><title>{escape(room)} imports {escape(', '.join(sorted(imports))) or 'nothing'}</title>"
        size = f'width="{BOX:g}" height="{height:.1f}" rx="5"'
        yield f'<rect class="box c{self.hue[room]}" x="{x:.1f}" y="{y:.1f}" {size}/>'
        yield f'<text class="name" x="{x + 9:.1f}" y="{y + 17:.1f}">{escape(name)}</text>'
        for k, line in enumerate(lines):
            yield f'<text class="says" x="{x + 9:.1f}" y="{y + 31 + LINE * k:.1f}">{escape(line)}</text>'
        yield "</g>"

    def wrong(self, start: str, target: str) -> str:
        """From the side of one box to the side of the other, bent outwards."""
        a, b = Place(self.row[start], start), Place(self.row[target], target)
        side = 1 if self.x[b] > self.x[a] else -1
        x, y = self.x[a] + side * BOX / 2, self.top[a.row] + self.tall[a.row] / 2
        to, end = self.x[b] - side * BOX / 2, self.top[b.row] + self.tall[b.row] / 2
        if a.row != b.row:
            to = self.x[b] + side * BOX / 2
        return (
            f'<path class="wrong" d="M{x:.1f} {y:.1f}C{x + side * 30:.1f} {y:.1f}'
            f' {to + side * (30 if a.row != b.row else -30):.1f} {end:.1f} {to:.1f} {end:.1f}"/>'
        )
