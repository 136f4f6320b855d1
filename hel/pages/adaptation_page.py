"""The tables of docs/adaptation.md, written from committed results: `python -m hel.pages.adaptation_page`; --check.

Between the markers `adaptation_channel` and `adaptation_watch` stand tables and what their intervals say.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from golden.errors import ended
from golden.studies import adaptation_channel, adaptation_watch
from golden.studies.intervals import Interval, interval
from golden.studies.pages import filled
from hel.pages.rewrite import rewrite

__all__ = ["CHANNEL", "PAGE", "WATCH", "channel", "fill", "gains", "main", "people", "watch"]

PAGE = Path("docs/adaptation.md")
CHANNEL, WATCH = Path("docs/results/adaptation_channel.json"), Path("docs/results/adaptation_watch.json")
Rows = Sequence[dict[str, Any]]


def errors_of(rows: Rows, kind: str, period: int, arm: str) -> list[float]:
    """Symbol errors of an arm, one a seed; none where there is no such arm."""
    case = {"stage": "report", "kind": kind, "period": period}
    found = [row["arms"] for row in rows if case.items() <= row["case"].items()]
    return [arms[arm]["symbol_error"] for arms in found if arm in arms]


def channel(rows: Rows) -> str:
    """The table of the drifting channel, and one sentence a comparison."""
    arms = adaptation_channel.ARMS["channel"]
    lines = [
        "| what drifts | period, symbols | " + " | ".join(arms) + " |",
        "|---" * (2 + len(arms)) + "|",
    ]
    for kind in adaptation_channel.KINDS:
        for period in adaptation_channel.PERIODS:
            cells = [_range(errors_of(rows, kind, period, arm)) for arm in arms]
            lines.append(f"| {kind} | {period} | " + " | ".join(cells) + " |")
    lines += ["", "Symbol errors in %: the mean of the seeds, and their range.", "", *_channel_gains(rows)]
    lines += ["", *_rates(rows)]
    return "\n".join(lines)


def _channel_gains(rows: Rows) -> list[str]:
    lines = [
        "| what drifts | period, symbols | offline - whole | ranging - whole | readout - whole | lms - whole |",
        "|---|---|---|---|---|---|",
    ]
    for kind in adaptation_channel.KINDS:
        for period in adaptation_channel.PERIODS:
            whole = errors_of(rows, kind, period, "whole")
            cells = []
            for arm in ("offline", "ranging", "readout", "lms"):
                pairs = [other - own for other, own in zip(errors_of(rows, kind, period, arm), whole, strict=False)]
                cells.append(told(interval(pairs), 2) if pairs else "-")
            lines.append(f"| {kind} | {period} | " + " | ".join(cells) + " |")
    return [*lines, "", "Fewer errors of the whole, in points of %, paired by seed: mean and 95 % interval."]


def _rates(rows: Rows) -> list[str]:
    found = []
    for kind in adaptation_channel.KINDS:
        rates = adaptation_channel.chosen(rows, kind)
        found.append(f"{kind}: " + ", ".join(f"{arm} 2^-{rate}" for arm, rate in rates.items()))
    return ["Rates found: " + "; ".join(found) + "."]


def _range(values: Sequence[float]) -> str:
    if not values:
        return "-"
    return f"{100 * np.mean(values):.2f} ({100 * min(values):.2f} to {100 * max(values):.2f})"


def told(found: Interval, digits: int = 1) -> str:
    """In points of %, with a word where it is no gain.

    >>> told((0.05, 0.01, 0.09)), told((0.05, -0.01, 0.11)), told((-0.05, -0.09, -0.01))
    ('5.0 [1.0, 9.0]', '5.0 [-1.0, 11.0], no gain shown', '-5.0 [-9.0, -1.0], a loss')
    """
    mean, low, high = (100 * value for value in found)
    text = f"{mean:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"
    return text if low > 0 else f"{text}, a loss" if high < 0 else f"{text}, no gain shown"


def people(rows: Rows, split: str, manner: str) -> dict[str, list[float]]:
    """Accuracy of every person on the test, mean over seeds and orders: of "none" and of each arm."""
    reports = [row for row in rows if row["case"]["stage"] == "report"]
    found: dict[str, list[float]] = {arm: [] for arm in ("none", *adaptation_watch.ARMS)}
    for person in sorted({row["case"]["person"] for row in reports}):
        own = [row["curves"] for row in reports if row["case"]["person"] == person]
        for arm in adaptation_watch.ARMS:
            curves = [curve for each in own for curve in each[f"{split}, {manner}, {arm}"]]
            found[arm].append(float(np.mean([curve[-1] for curve in curves])))
        found["none"].append(float(np.mean([curve[0] for curve in curves])))
    return found


def as_met(rows: Rows, split: str, manner: str, arm: str) -> str:
    """Accuracy of the windows met, each told before it was learnt from, in %: the mean of all."""
    reports = [row["as_met"] for row in rows if row["case"]["stage"] == "report"]
    way = f"{split}, {manner}, {arm}"
    return "-" if arm == "none" else f"{100 * np.mean([told[way] for told in reports]):.1f}"


def gains(found: Mapping[str, Sequence[float]]) -> dict[tuple[str, str], Interval]:
    """Of each arm over none, and of the whole over the readout, paired by person."""
    pairs = (("readout", "none"), ("whole", "none"), ("whole", "readout"))
    return {(a, b): interval([x - y for x, y in zip(found[a], found[b], strict=True)]) for a, b in pairs}


def watch(rows: Rows) -> str:
    """The table of the person never seen, and what its intervals say."""
    lines = [
        "| split | manner | arm | accuracy, mean of people (lowest to highest) | gain over none | over the readout |"
        " as met |",
        "|---" * 7 + "|",
    ]
    verdicts = []
    for split in adaptation_watch.SPLITS:
        for manner in adaptation_watch.MANNERS:
            found = people(rows, split, manner)
            gained = gains(found)
            for arm, values in found.items():
                over = [gained.get((arm, other)) for other in ("none", "readout")]
                cells = ["-" if each is None else told(each) for each in over]
                cells += [as_met(rows, split, manner, arm)]
                lines.append(f"| {split} | {manner} | {arm} | {_accuracies(values)} | " + " | ".join(cells) + " |")
            verdicts += [f"- {split}, {manner}, {_verdict(pair, each)}" for pair, each in gained.items()]
    lines += [
        "",
        "Accuracies in %; gains in points of %, paired by person, mean and 95 % interval; as met: of the windows",
    ]
    lines += ["that are learnt from, each told before (in turn, those of an exercise follow one another).", ""]
    return "\n".join([*lines, *verdicts])


def _accuracies(values: Sequence[float]) -> str:
    return f"{100 * np.mean(values):.1f} ({100 * min(values):.1f} to {100 * max(values):.1f})"


def _verdict(pair: tuple[str, str], gained: Interval) -> str:
    """What the interval of a comparison says.

    >>> _verdict(("whole", "none"), (0.05, -0.01, 0.11))
    'whole against none +5.0 [-1.0, 11.0]: no gain is shown, the interval includes 0.'
    """
    mean, low, high = (100 * value for value in gained)
    says = "a gain" if low > 0 else "a loss" if high < 0 else "no gain is shown, the interval includes 0"
    return f"{pair[0]} against {pair[1]} {mean:+.1f} [{low:.1f}, {high:.1f}]: {says}."


def fill(text: str, of_channel: Rows, of_watch: Rows) -> str:
    """`text` with both tables between their markers."""
    return filled(filled(text, channel(of_channel), "adaptation_channel"), watch(of_watch), "adaptation_watch")


def main(argv: Sequence[str]) -> int:
    """Rewrite the page in the working directory; with --check exit 1 when it is not up to date."""
    rows = [json.loads(path.read_text(encoding="utf-8"))["rows"] for path in (CHANNEL, WATCH)]
    return rewrite(PAGE, lambda text: fill(text, *rows), argv)


if __name__ == "__main__":
    sys.exit(ended(lambda: main(sys.argv[1:])))
