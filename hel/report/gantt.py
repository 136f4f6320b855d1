"""The schedule as a Gantt chart: which unit of an element does what in which cycle, pass by pass."""

from __future__ import annotations

from typing import Any

from golden.errors import HelError
from hel.report.drawing import FAINT, MUTED, draw
from hel.report.read import Run
from hel.report.section import Figure, Section, Table, number, percent

__all__ = ["section"]

TITLE = "Schedule"
CYCLES = 1 << 16
"""A pass longer than this is not one of ours: the control store is far smaller."""
PRODUCTS = (
    "#8fb4dc", "#e6b873", "#98c9a3", "#e79c8c", "#83c4c2", "#cfa5cd", "#d3c476",
    "#a8c77f", "#e3a3b6", "#9fb2ea", "#d9a87c", "#7fb3a6",
)  # fmt: skip
"""Light enough for dark text, on a light ground and on a dark one."""
SERVICES = {
    "table": "#bdb6e6", "look-up": "#bdb6e6", "cut": "#c8b2dc", "move": "#c9c3b4", "load": "#c6ccd2",
    "operand": "#c6ccd2", "read": "#c6ccd2", "hop": "#a7b3bd", "hop back": "#8f9da8", "drift": "#dccf9f",
    "kick": "#dfb9a8", "add": "#b5c4ae", "update": "#b5c4ae", "clear": "#cfcac0",
}  # fmt: skip
"""What is done around the products, in quieter colours."""
DARK = "#20242a"
ROW, LABELS, WIDTH = 24, 170, 1080
"""Pixels: of a unit's row, of the names and shares beside it, of the widest pass."""


def section(run: Run) -> Section | None:
    """Of all that have an array: `hel verify`, `hel rtl` and `hel build`."""
    if run.command == "train":
        return None
    if "schedule" not in run:
        return Section(TITLE, missing="The file has no schedule: run the command again with this version to have one.")
    passes = {name: one for name, one in run["schedule"].items() if one["cycles"] and one["units"]}
    for name, one in passes.items():
        ends = [start + length for row in one["units"].values() for start, length, _ in row]
        if one["cycles"] > CYCLES or max(ends, default=0) > one["cycles"]:
            raise HelError(f"runs of a schedule end within its pass, those of {name} in '{run.file}' do not")
    longest = max((one["cycles"] for one in passes.values()), default=1)
    colours = _colours(passes)
    return Section(
        TITLE,
        "All elements of the ring do the same in the same cycle. A row is a unit, with the share of cycles in which it"
        " works; a bar is an operation. The passes are drawn to one scale, a control word a cycle; each takes one cycle"
        " more than it has words.",
        figures=[_chart(name, one, longest, colours) for name, one in passes.items()],
        tables=[_operations(name, one) for name, one in passes.items()],
    )


def _colours(passes: dict[str, Any]) -> dict[str, str]:
    """Operation -> colour, the same in every pass."""
    doing = dict.fromkeys(what for one in passes.values() for row in one["units"].values() for _, _, what in row)
    products = [what for what in doing if what not in SERVICES]
    return SERVICES | {what: PRODUCTS[k % len(PRODUCTS)] for k, what in enumerate(products)}


def _chart(name: str, one: dict[str, Any], longest: int, colours: dict[str, str]) -> Figure:
    units: dict[str, Any] = one["units"]
    doing = dict.fromkeys(what for row in units.values() for _, _, what in row)
    cycles = one["cycles"]
    scale = max((WIDTH - LABELS) / longest, 1.6)
    width = LABELS + max(120, round(scale * cycles))

    def paint(axes: Any) -> None:
        for row, runs in enumerate(units.values()):
            for what in dict.fromkeys(what for _, _, what in runs):
                bars = [(start, length) for start, length, each in runs if each == what]
                axes.broken_barh(bars, (row - 0.38, 0.76), facecolors=colours[what], linewidth=0)
            for start, length, what in runs:
                if length * scale > 6.5 * len(what) + 6:
                    axes.text(start + length / 2, row, what, ha="center", va="center", fontsize=10, color=DARK)
            share = sum(length for _, length, _ in runs) / cycles
            axes.annotate(
                percent(share), (1, row), (8, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                va="center", color=MUTED, fontsize=11, annotation_clip=False,
            )  # fmt: skip
        axes.set_yticks(range(len(units)), list(units))
        axes.set_ylim(len(units) - 0.5, -0.5)
        axes.set_xlim(0, cycles)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", color=FAINT)
        axes.set_xlabel("clock cycle")

    busy = f"; multipliers {percent(one['busy'])} busy with useful products" if one["products"] else ""
    return draw(
        paint,
        title=f"Gantt chart of the {name} pass: {cycles} cycles{busy}",
        description=f"Units {', '.join(units)}; operations {', '.join(doing)}. The table below has their cycles.",
        width=width,
        height=ROW * len(units) + 46,
        wide=True,
        key=tuple((colours[what], what) for what in doing),
    )


def _operations(name: str, one: dict[str, Any]) -> Table:
    """The same as text: for every unit and operation how often, how long, from when to when."""
    rows = []
    for unit, runs in one["units"].items():
        for what in dict.fromkeys(what for _, _, what in runs):
            mine = [(start, length) for start, length, each in runs if each == what]
            last = max(start + length for start, length in mine) - 1
            total = sum(length for _, length in mine)
            rows.append((unit, what, *map(number, (len(mine), total, mine[0][0], last))))
    return Table(
        f"Operations of the {name} pass", ("unit", "operation", "runs", "cycles", "first", "last"), rows, folded=True
    )
