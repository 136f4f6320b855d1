"""The figure of a sweep: one number over another, or over names, a mean and its range for every line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hel.figures.canvas import pyplot, save

__all__ = ["sweep"]

_DECADES = 2.0
"""Numbers over more decades than these are drawn on a logarithmic axis."""
_LEGEND = 12
"""Lines that a legend still tells apart."""


def sweep(
    lines: Mapping[Any, Mapping[Any, Sequence[float]]],
    path: Path,
    *,
    x: str,
    y: str,
    by: str | None = None,
    title: str = "",
) -> Path:
    """Mean of the Ys over X, a line for each value of Z, with the range from the least to the greatest Y of each X.

    Parameters
    ----------
    lines : value of Z (None where there is one line) -> value of X -> Ys, as `hel.explore.columns.series` has them
    path : a .png, .svg or .pdf file
    x, y, by : names of the three
    """
    plt = pyplot()
    figure, axis = plt.subplots(figsize=(7, 5), layout="constrained")
    places = list(dict.fromkeys(at for line in lines.values() for at in line))
    numbers = all(isinstance(at, (int, float)) for at in places)
    at = {place: place if numbers else k for k, place in enumerate(places)}
    several = False
    for name, line in lines.items():
        xs = [at[place] for place in line]
        means = [math.fsum(ys) / len(ys) for ys in line.values()]
        label = None if name is None else f"{by} = {_number(name)}"
        (drawn,) = axis.plot(xs, means, "o-" if numbers else "o", markersize=4, label=label)
        if any(len(ys) > 1 for ys in line.values()):
            several = True
            low, high = [min(ys) for ys in line.values()], [max(ys) for ys in line.values()]
            if numbers and len(xs) > 1:
                axis.fill_between(xs, low, high, color=drawn.get_color(), alpha=0.15, linewidth=0)
            else:
                axis.vlines(xs, low, high, color=drawn.get_color(), alpha=0.5)
    if numbers:
        _scale(axis.set_xscale, places, base=2 if _doubles(places) else 10)
        if len(places) <= 12:
            axis.set_xticks(places, [_number(place) for place in places], minor=False)
            axis.set_xticks([], minor=True)
    else:
        axis.set_xticks(range(len(places)), [str(place) for place in places], rotation=30 if len(places) > 5 else 0)
    _scale(axis.set_yscale, [number for line in lines.values() for ys in line.values() for number in ys], base=10)
    axis.set_xlabel(x, parse_math=False)
    axis.set_ylabel(f"{y}: mean and range" if several else y, parse_math=False)
    axis.set_title(title, parse_math=False)
    if by is not None and len(lines) <= _LEGEND:
        axis.legend()
    return save(figure, path)


def _scale(set_scale: Any, numbers: Iterable[float], base: int) -> None:
    """Logarithmic where numbers double, or go over decades."""
    low, high = min(numbers := list(numbers)), max(numbers)
    if low > 0 and (base == 2 or math.log10(high / low) > _DECADES):
        set_scale("log", base=base)


def _doubles(places: Sequence[float]) -> bool:
    """Whether these are powers of two, three at least.

    >>> _doubles([8, 16, 64]), _doubles([8, 16, 24]), _doubles([1, 2])
    (True, False, False)
    """
    return len(places) > 2 and all(place > 0 and math.frexp(place)[0] == 0.5 for place in places)


def _number(place: Any) -> str:
    """A tick's text: powers of two below one as such.

    >>> _number(0.125), _number(16), _number("dense")
    ('2^-3', '16', 'dense')
    """
    if isinstance(place, float) and 0 < place < 1 and math.frexp(place)[0] == 0.5:
        return f"2^{math.frexp(place)[1] - 1}"
    return f"{place:g}" if isinstance(place, float) else str(place)
