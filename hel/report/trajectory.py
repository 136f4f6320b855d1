"""One way forward and back: positions in the forward pass and in the echo without a nudge, and their difference."""

from __future__ import annotations

from typing import Any

from golden.errors import HelError
from hel.report.drawing import ALERT, GOOD, SERIES, draw
from hel.report.read import Run
from hel.report.section import Fact, Figure, Section, number

__all__ = ["section"]

TITLE = "Forwards and back"
START = {"train": "from rest through a sample", "verify": "from a random state with random inputs"}
WHY = {
    "float": "A run in float has no words that could return bit for bit.",
    "old": "The file has no trajectory: run the command again with this version to have one.",
}


def section(run: Run) -> Section | None:
    """Of `hel train` and `hel verify`."""
    if run.command not in ("train", "verify"):
        return None
    if "trajectory" not in run:
        return Section(TITLE, missing=WHY["float" if run.get("arithmetic") == "float" else "old"])
    found = _checked(run["trajectory"], run.file)
    away = found["return_error_lsb"]
    met = "they do not meet" if away else "every circle lies on its line to the last bit"
    return Section(
        TITLE,
        f"Forward {START[run.command]}, then the echo without a nudge: the same circuit, backwards in time. Lines go to"
        f" the right, circles come back; {met}.",
        [Fact(f"{number(away)} LSB", "largest difference of any word after the return", "bad" if away else "good")],
        [_both(found), _difference(found)],
    )


def _checked(found: dict[str, Any], file: str) -> dict[str, Any]:
    rows, columns = len(found["steps"]), len(found["neurons"])
    shapes = {(len(found[way]), *{len(row) for row in found[way]}) for way in ("forward", "back")}
    if shapes != {(rows, columns)} or not rows or found["fraction_bits"] > 64:
        raise HelError(
            "a trajectory has a row of words for every step, forward and back,"
            f" that of '{file}' has not; run the command again"
        )
    return found


def _both(found: dict[str, Any]) -> Figure:
    steps, scale = found["steps"], 2.0 ** -found["fraction_bits"]
    every = max(1, len(steps) // 16)

    def paint(axes: Any) -> None:
        for k, neuron in enumerate(found["neurons"]):
            colour = SERIES[k % len(SERIES)]
            forward, back = ([scale * row[k] for row in found[way]] for way in ("forward", "back"))
            axes.plot(steps, forward, color=colour)
            axes.plot(steps[::every], back[::every], "o", color=colour, markerfacecolor="none", markersize=6)
            axes.annotate(
                f"q{neuron}", (steps[-1], forward[-1]), (9, 0), textcoords="offset points", va="center", color=colour
            )
        axes.set_xlabel("time step")
        axes.set_ylabel("position q")

    names = ", ".join(f"q{neuron}" for neuron in found["neurons"])
    return draw(
        paint,
        title="Positions forwards and back",
        description=f"{names} over {steps[-1]} time steps: forward as lines, the echo's return as circles on them.",
    )


def _difference(found: dict[str, Any]) -> Figure:
    steps = found["steps"]
    away = [[b - f for f, b in zip(*rows, strict=True)] for rows in zip(found["forward"], found["back"], strict=True)]
    largest = max((abs(word) for row in away for word in row), default=0)

    def paint(axes: Any) -> None:
        for k in range(len(found["neurons"])):
            axes.plot(steps, [row[k] for row in away], color=ALERT if largest else GOOD)
        axes.axhline(0, color=GOOD, linewidth=1)
        axes.annotate("0 LSB", (steps[0], 0), (0, 6), textcoords="offset points", color=GOOD, fontsize=12)
        reach = max(1, largest) * 1.15
        axes.set_ylim(-reach, reach)
        axes.set_xlabel("time step")
        axes.set_ylabel("back \u2212 forward, LSB")

    return draw(
        paint,
        title="Difference between the ways, in units of the last place",
        description=f"Back minus forward at every step shown: at most {largest} LSB; 0 LSB is marked.",
    )
