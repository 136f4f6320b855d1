"""What the array takes of a device: look-up tables, flip-flops, multipliers, block RAMs; measured, or predicted."""

from __future__ import annotations

from typing import Any

from hel.report.drawing import ALERT, FAINT, INK, SERIES, draw
from hel.report.read import Run
from hel.report.section import Section, Table, number, percent

__all__ = ["section"]

TITLE = "Resources"
CELLS = {"lut": "look-up tables", "ff": "flip-flops", "dsp": "multipliers", "bram": "block RAMs"}


def section(run: Run) -> Section | None:
    """Of `hel build`, measured; of `hel rtl`, predicted."""
    if run.command not in ("rtl", "build"):
        return None
    measured = run.command == "build"
    predicted = run.get("predicted", {})
    used = {cell: run.get(cell) if measured else predicted.get(cell) for cell in CELLS}
    if all(value is None for value in used.values()):
        return Section(TITLE, missing="The file says nothing of cells: run the command again with this version.")
    available = {cell: run.get(f"{cell}_available") for cell in CELLS}
    rows = []
    for cell, what in CELLS.items():
        have, need = available[cell], used[cell]
        share = percent(need / have) if need is not None and have else ""
        told = "" if need is None else number(need)
        expected = [number(predicted[cell]) if cell in predicted else ""] if measured else []
        rows.append((what, told, *expected, "" if have is None else number(have), share))
    head = ("cells", *(("used", "predicted") if measured else ("predicted",)), "on the device", "share")
    shares = {
        what: (used[cell] / available[cell], predicted.get(cell, used[cell]) / available[cell])
        for cell, what in CELLS.items()
        if used[cell] is not None and available[cell]
    }
    board = run.get("board", "the device")
    figure = [_bars(shares, board, measured)] if shares else []
    how = "as placed and routed; a tick is what was predicted beforehand" if measured else "predicted, before synthesis"
    return Section(TITLE, f"Cells of {board}, {how}.", figures=figure, tables=[Table("Cells", head, rows)])


def _bars(shares: dict[str, tuple[float, float]], board: str, measured: bool) -> Any:
    def paint(axes: Any) -> None:
        for row, (taken, expected) in enumerate(shares.values()):
            axes.barh(row, 100, height=0.5, color=FAINT)
            axes.barh(row, 100 * min(taken, 1), height=0.5, color=ALERT if taken > 1 else SERIES[0])
            if measured:
                axes.plot([100 * expected] * 2, [row - 0.36, row + 0.36], color=INK, linewidth=1.4)
            axes.annotate(
                percent(taken), (1, row), (6, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                va="center", annotation_clip=False,
            )  # fmt: skip
        axes.set_yticks(range(len(shares)), list(shares))
        axes.set_ylim(len(shares) - 0.5, -0.5)
        axes.set_xlim(0, 100)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(visible=False)
        axes.set_xlabel("per cent of the device")

    told = ", ".join(f"{what} {percent(taken)}" for what, (taken, _) in shares.items())
    return draw(paint, title=f"Cells taken of {board}", description=f"{told}.", width=560, height=200)
