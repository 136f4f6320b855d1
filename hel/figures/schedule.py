"""The figure of a schedule: who is busy when, unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hel.figures.canvas import pyplot, save
from rtl.hls.report.explain import Activity
from rtl.hls.report.runs import runs

__all__ = ["schedule"]


def schedule(passes: Sequence[Activity], name: str, path: Path) -> Path:
    """Who is busy when: a panel a pass, a row a unit, cycle by cycle, coloured by what it does."""
    plt = pyplot()
    passes = [one for one in passes if one.cycles]
    rows = [[unit for unit, what in one.units.items() if any(what)] for one in passes]
    height = 1.2 + 0.28 * sum(map(len, rows)) + 0.9 * len(passes)
    ratios = [len(units) + 2 for units in rows]
    figure, axes = plt.subplots(
        len(passes), 1, figsize=(12, height), layout="constrained", squeeze=False, gridspec_kw={"height_ratios": ratios}
    )
    doing = dict.fromkeys(what for one in passes for each in one.units.values() for what in each if what)
    palette = [plt.get_cmap(name)(k) for name in ("tab20", "tab20b", "tab20c") for k in range(20)]
    colours = {what: palette[k % len(palette)] for k, what in enumerate(doing)}
    for axis, one, units in zip(axes[:, 0], passes, rows, strict=True):
        for row, unit in enumerate(units):
            for start, length, what in runs(one.units[unit]):
                axis.broken_barh([(start, length)], (row - 0.4, 0.8), facecolors=colours[what])
        axis.set_yticks(range(len(units)), [f"{unit}  {100 * one.share(unit):.0f} %" for unit in units])
        axis.set_ylim(len(units) - 0.5, -0.5)
        axis.set_xlim(0, one.cycles)
        busy = f", multipliers {100 * one.busy:.1f} % busy with useful products" if one.products else ""
        axis.set_title(f"{name}: {one.name}, {one.cycles} cycles{busy}", loc="left", fontsize=10, parse_math=False)
    axes[-1, 0].set_xlabel("clock cycle")
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in colours.values()]
    figure.legend(handles, list(colours), loc="outside lower center", ncols=8, fontsize=8)
    return save(figure, path)
