"""Pictures for the page: matplotlib draws, and what it wrote becomes inline SVG that follows the page's light or dark.

Colours are drawn as stand-ins, and become the page's CSS variables; text stays text, in the page's own type.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from html import escape
from typing import Any

from golden.computer.figures import matplotlib
from hel.report.section import Figure

__all__ = ["ALERT", "FAINT", "GOOD", "ID", "INK", "MUTED", "PAPER", "SERIES", "draw", "needed"]

ID = "\x01"
"""How every id of a picture begins until it stands on a page; no text of a run has this character."""

INK, MUTED, FAINT, PAPER, GOOD, ALERT = (f"#00000{k}" for k in range(1, 7))
SERIES = tuple(f"#00010{k}" for k in range(4))
"""Stand-ins of colours: text, labels, grid, ground, right, wrong; and of lines."""

_VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    FAINT: "--faint",
    PAPER: "--paper",
    GOOD: "--good",
    ALERT: "--alert",
    **{colour: f"--series{k}" for k, colour in enumerate(SERIES)},
}

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "hel",
    "text.parse_math": False,  # names of a user may have a $
    "text.color": INK,
    "font.size": 12,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 12,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "lines.linewidth": 1.7,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
}


def needed() -> None:
    """Raises ModuleNotFoundError where what a page is made with is not installed: before any long work."""
    import jinja2  # noqa: F401

    matplotlib()


def draw(
    paint: Callable[[Any], object],
    *,
    title: str,
    description: str,
    width: int = 500,
    height: int = 300,
    wide: bool = False,
    key: tuple[tuple[str, str], ...] = (),
) -> Figure:
    """A picture of `width` by `height` pixels, made by `paint(axes)`."""
    package, buffer = matplotlib(), io.StringIO()
    with package.rc_context(_STYLE), warnings.catch_warnings():
        # A letter that its own type lacks, the page's has; a name too long for the layout is cut, not the end of a run.
        warnings.simplefilter("ignore", UserWarning)
        canvas = package.figure.Figure(figsize=(width / 72, height / 72), layout="constrained")
        paint(canvas.subplots())
        canvas.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return Figure(title, description, _inline(buffer.getvalue(), title, description, width, height), width, wide, key)


def _inline(text: str, title: str, description: str, width: int, height: int) -> str:
    """What matplotlib wrote as a part of a page: no prolog, no metadata, no style of its own, ids that can be told."""
    body = text[text.index("<svg") :]
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.S)
    body = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", body, flags=re.S)  # it would style the whole page
    body = re.sub(r'\bid="', f'id="{ID}-', body)
    body = re.sub(r'xlink:href="#', f'href="#{ID}-', body)
    body = re.sub(r"url\(#", f"url(#{ID}-", body)
    body = re.sub(r"font: (?:(\w+) )?([\d.]+px) [^;\"]*", r"font-size: \2", body)  # matplotlib before 3.10
    body = re.sub(r"font-family: [^;\"]*;? ?", "", body)
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, f"var({variable})")
    head = (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-labelledby="{ID}-title {ID}-text">'
        f'<title id="{ID}-title">{escape(title)}</title><desc id="{ID}-text">{escape(description)}</desc>'
    )
    return re.sub(r"<svg[^>]*>", lambda _: head, body, count=1).strip()
