"""The picture that the README begins with: `python -m hel.pages.overview` writes docs/pictures/overview.svg.

What the demo goes through: the potential of `dense` as it stands in its source, the integer program, the schedule of an
echo step, the array, the committed build for a board, and the learning curve. The golden model trains for it, which is
the array bit for bit: ten seconds.
"""

from __future__ import annotations

import inspect
import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from golden.arithmetic.formats import Formats
from golden.errors import ended
from golden.systems.dense import Dense
from golden.training.conversation import drive
from golden.training.sequences import Training
from hel.figures.canvas import pyplot, save
from hel.pages.demo import ELEMENTS, EPOCHS, NEURONS
from rtl.design import Design
from rtl.hls.report.explain import Activity, activity

__all__ = ["PICTURE", "draw", "main", "told"]

PICTURE = Path("docs/pictures/overview.svg")
BUILD = Path(f"bitstreams/results/dense_n{NEURONS}_p{ELEMENTS}_ulx3s_85f_s1.json")
INK, PALE, LINE, WARM, COOL = "#1f2328", "#57606a", "#d0d7de", "#c2410c", "#0f766e"
UNITS = {"multiplier 0": "mult. 0", "multiplier 1": "mult. 1", "table": "tanh", "state, write": "state",
         "gradient, write": "gradient"}  # fmt: skip
LEFT, PITCH, CARD = 0.008, 0.338, 0.308
"""Of the cards, in widths of the picture."""
ARROWS = ("\u2192", "\u2192", "", "\u2192", "\u2192", "")
HEADS = ("a Hamiltonian", "an integer program", "a schedule", "an array", "a board")


def told(program: str, *, width: int = 38) -> list[str]:
    """The statements of a program's text that compute, without formats and shapes: what a card has room for.

    >>> told("program a n=2 m=1\\nformats w=18\\nparameter al [2]\\nx = cut q SQ(5, 13) : SQ(5, 13) [2]\\nkick K\\n")
    ['x = cut q SQ(5, 13)', 'kick K']
    """
    lines = program.splitlines()
    body = [line for line in lines if not line.startswith(("program", "formats", "parameter"))]
    return [line.partition(" : ")[0].rstrip()[:width] for line in body]


def main(argv: Sequence[str]) -> int:
    """Train, draw, write the picture; an argument names another file."""
    path = Path(argv[0]) if argv else PICTURE
    training = Training("digits", Dense(NEURONS, 8), epochs=EPOCHS, seed=0)
    result = drive(training.conversation(), training.learner())
    print(draw(result, json.loads(BUILD.read_text(encoding="utf-8")), path))
    return 0


def draw(result: dict[str, Any], build: dict[str, Any], path: Path) -> Path:
    """The picture of a training's result and a build's report."""
    plt = pyplot()
    design = Design("dense", neurons=NEURONS, inputs=8, elements=ELEMENTS, formats=Formats(log2_inverse_step=2))
    style = {"svg.hashsalt": "hel", "font.size": 9, "text.color": INK, "axes.edgecolor": PALE}
    with plt.rc_context(style):
        figure = plt.figure(figsize=(10.6, 7.0), facecolor="white")
        places = [(LEFT + PITCH * (k % 3), 0.545 if k < 3 else 0.06, CARD, 0.40) for k in range(6)]
        cards = [figure.add_axes(place) for place in places[:5]]
        for axis, head in zip(cards, HEADS, strict=True):
            axis.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
            axis.set_title(head, loc="left", fontsize=13, fontweight="bold", color=INK)
            for spine in axis.spines.values():
                spine.set_color(LINE)
        for (left, low, width, height), arrow in zip(places, ARROWS, strict=True):
            figure.text(
                left + (width + PITCH) / 2, low + height / 2, arrow, ha="center", va="center", fontsize=17, color=WARM
            )
        _code(cards[0])
        _program(cards[1], str(design.program))
        _schedule(cards[2], activity(design.schedule, "echo"))
        _array(cards[3])
        _board(cards[4], build)
        left, low, width, height = places[5]
        _learning(figure.add_axes((left + 0.025, low + 0.045, width - 0.025, height - 0.045)), result)
        return save(figure, path)


def _caption(axis: Any, text: str) -> None:
    axis.text(0.05, 0.05, text, fontsize=9, color=PALE, linespacing=1.3)


def _code(axis: Any) -> None:
    source = textwrap.dedent(inspect.getsource(Dense.potential)).replace(": Any", "")
    head, *body = source.replace(", theta: Mapping[str, Any]) -> Any:", ", theta):").splitlines()
    lines = [head]
    for line in textwrap.dedent("\n".join(body)).splitlines():
        terms = line.replace(" ", "\u00a0").replace("+\u00a0", "+ ")  # a line ends behind a plus
        lines += textwrap.wrap(terms, 42, initial_indent="  ", subsequent_indent="      ", break_long_words=False)
    axis.text(0.05, 0.93, "\n".join(lines), family="monospace", fontsize=8.2, va="top", linespacing=1.6)
    _caption(axis, "H = |p|\u00b2 / 2 + V(q, u; \u03b8), in NumPy:\nforce and gradients are derived")


def _program(axis: Any, program: str) -> None:
    lines = told(program, width=36)
    axis.text(0.05, 0.95, "\n".join(lines), family="monospace", fontsize=7.2, va="top", linespacing=1.17)
    _caption(axis, "every width and rounding is fixed")


def _schedule(axis: Any, echo: Activity) -> None:
    """Who is busy when in an echo step: the units of `UNITS`, cycle by cycle."""
    for row, (unit, label) in enumerate(UNITS.items()):
        y = 0.84 - 0.13 * row
        busy = [bool(what) for what in echo.units[unit]]
        edges = [k for k in range(echo.cycles + 1) if [False, *busy][k] != [*busy, False][k]]
        scale = 0.68 / echo.cycles
        spans = [
            (0.27 + scale * start, scale * (end - start)) for start, end in zip(edges[::2], edges[1::2], strict=True)
        ]
        axis.broken_barh(spans, (y, 0.08), color=COOL if row < 2 else WARM, linewidth=0)
        axis.text(0.25, y + 0.04, label, ha="right", va="center", fontsize=8)
    _caption(axis, f"an echo step: {echo.cycles} cycles,\nmultipliers {100 * echo.busy:.0f} % busy")


def _array(axis: Any) -> None:
    """A ring of elements round their sequencer."""
    import math

    axis.set_aspect("auto")
    for k in range(ELEMENTS):
        turn = 2 * math.pi * k / ELEMENTS
        x, y = 0.5 + 0.33 * math.sin(turn), 0.59 + 0.29 * math.cos(turn)
        after = 2 * math.pi * (k + 0.5) / ELEMENTS
        axis.plot(0.5 + 0.33 * math.sin(after), 0.59 + 0.29 * math.cos(after), "o", color=WARM, markersize=3)
        axis.text(x, y, str(k), ha="center", va="center", fontsize=8.5,
                  bbox={"boxstyle": "square,pad=0.5", "facecolor": "#e6f4f1", "edgecolor": COOL})  # fmt: skip
    axis.text(0.5, 0.59, "control\nwords", ha="center", va="center", fontsize=9, color=PALE)
    _caption(axis, f"{ELEMENTS} elements of two multipliers: step,\nreverse time, nudge, learn")


def _board(axis: Any, build: dict[str, Any]) -> None:
    axis.add_patch(pyplot().Rectangle((0.30, 0.50), 0.40, 0.38, facecolor="#30363d", edgecolor=INK))
    for k in range(7):
        for x in (0.26, 0.70):
            axis.plot([x, x + 0.04], [0.53 + 0.053 * k] * 2, color=PALE, linewidth=2)
        for y in (0.46, 0.88):
            axis.plot([0.33 + 0.057 * k] * 2, [y, y + 0.04], color=PALE, linewidth=2)
    axis.text(0.5, 0.69, "ECP5\n85F", ha="center", va="center", color="white", fontsize=12)
    lines = (
        f"{build['fmax_hz'] / 1e6:.0f} MHz, {build['lut']} LUTs, {build['dsp']} multipliers,",
        "by yosys and nextpnr.",
        "Not yet run on silicon.",
    )
    _caption(axis, "\n".join(lines))


def _learning(axis: Any, result: dict[str, Any]) -> None:
    rows = result["curve"]
    axis.plot([r["samples"] for r in rows], [r["training_accuracy"] for r in rows], "o-", color=COOL, markersize=3)
    axis.axhline(result["test_accuracy"], color=WARM, linestyle="--", linewidth=1)
    says = f"test set, at the end: {result['test_accuracy']:.4f}"
    axis.text(rows[0]["samples"], result["test_accuracy"] + 0.02, says, color=WARM, fontsize=9)
    axis.set(ylim=(0, 1.09), xlabel="samples seen, one at a time, as they are met")
    axis.set_title("It learns: accuracy on digits", loc="left", fontsize=13, fontweight="bold")
    axis.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    sys.exit(ended(lambda: main(sys.argv[1:])))
