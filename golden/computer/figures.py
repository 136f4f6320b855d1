"""The one door to matplotlib: what it keeps between runs gets a place before it is imported; no display is needed."""

from __future__ import annotations

from typing import Any

from golden.computer import cache

__all__ = ["matplotlib", "pyplot"]


def matplotlib() -> Any:
    """The package, with `matplotlib.figure`. Raises ModuleNotFoundError where it is not installed."""
    cache.settle_figures()
    import matplotlib.figure

    return matplotlib


def pyplot() -> Any:
    """matplotlib.pyplot, drawing into files."""
    matplotlib().use("Agg")
    import matplotlib.pyplot as plt

    return plt
