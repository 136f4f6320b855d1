"""Figures of adaptation: symbol errors of a drifting channel, accuracy on a person never seen, over the samples met.

python -m hel.pages.adaptation_figures docs/results/adaptation_channel.json docs/results/adaptation_watch.json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from golden.errors import ended
from golden.studies import adaptation_channel, adaptation_watch
from hel.figures.canvas import pyplot, save

__all__ = ["channel_curves", "main", "watch_curves"]

COLOURS = {
    "offline": "tab:grey", "ranging": "tab:brown", "readout": "tab:orange", "whole": "tab:blue", "lms": "tab:green"
}  # fmt: skip
JOINED = 2
"""Points of a curve that are drawn as one."""
Rows = Sequence[dict[str, Any]]


def channel_curves(rows: Rows, path: Path) -> Path:
    """Symbol error over the symbols met, a panel for what drifts and how fast; mean and range of the seeds; a PNG."""
    plt = pyplot()
    kinds, periods = adaptation_channel.KINDS, adaptation_channel.PERIODS
    figure, panels = plt.subplots(
        len(kinds), len(periods), figsize=(12, 7), sharex=True, sharey="row", layout="constrained", squeeze=False
    )
    for line, kind in zip(panels, kinds, strict=True):
        for panel, period in zip(line, periods, strict=True):
            case = {"stage": "report", "kind": kind, "period": period}
            chosen = [row["arms"] for row in rows if case.items() <= row["case"].items()]
            for arm in adaptation_channel.ARMS[kind]:
                curves = np.array([arms[arm]["curve"] for arms in chosen])
                curves = curves.reshape(len(curves), -1, JOINED).mean(2)
                met = JOINED * adaptation_channel.POINT * (np.arange(curves.shape[1]) + 1)
                panel.fill_between(met, curves.min(0), curves.max(0), color=COLOURS[arm], alpha=0.15, linewidth=0)
                panel.plot(met, curves.mean(0), color=COLOURS[arm], label=arm)
            panel.set_yscale("symlog", linthresh=1e-3)
            panel.set_ylim(bottom=0)
            panel.grid(alpha=0.3)
            panel.set_title(f"{kind} drifts, period {period}")
        line[0].set_ylabel("symbol error")
    return _finished(figure, panels, "symbols met", path)


def watch_curves(rows: Rows, path: Path) -> Path:
    """Accuracy on a person's test over the windows met, a panel a split and manner; mean of the people; a PNG."""
    plt = pyplot()
    splits, manners = adaptation_watch.SPLITS, adaptation_watch.MANNERS
    figure, panels = plt.subplots(
        len(splits), len(manners), figsize=(10, 7), sharex=True, sharey=True, layout="constrained", squeeze=False
    )
    reports = [row for row in rows if row["case"]["stage"] == "report"]
    for line, split in zip(panels, splits, strict=True):
        for panel, manner in zip(line, manners, strict=True):
            for arm in adaptation_watch.ARMS:
                means = _of_people(reports, f"{split}, {manner}, {arm}")
                met = _met(reports, split) * np.linspace(0, 1, means.shape[1])
                mean, error = means.mean(0), means.std(0) / np.sqrt(max(1, len(means) - 1))
                panel.fill_between(met, mean - error, mean + error, color=COLOURS[arm], alpha=0.2, linewidth=0)
                panel.plot(met, mean, color=COLOURS[arm], marker="o", label=arm)
            panel.axhline(mean[0], color=COLOURS["offline"], linestyle="--", label="none")
            panel.set_title(f"{split}, {manner}")
            panel.grid(alpha=0.3)
        line[0].set_ylabel("accuracy on the test")
    return _finished(figure, panels, "windows of 4 s met, mean of people", path)


def _finished(figure: Any, panels: Any, met: str, path: Path) -> Path:
    """With the label of what is met below the last line of panels, and one legend for all."""
    for panel in panels[-1]:
        panel.set_xlabel(met)
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5)
    return save(figure, path)


def _of_people(reports: Rows, way: str) -> Any:
    """(people, points): means over seeds and orders."""
    persons = sorted({row["case"]["person"] for row in reports})
    curves = {one: [row["curves"][way] for row in reports if row["case"]["person"] == one] for one in persons}
    return np.array([np.mean(np.concatenate(curves[one]), axis=0) for one in persons])


def _met(reports: Rows, split: str) -> float:
    return float(np.mean([row["met_and_tested"][split][0] for row in reports]))


def main(argv: list[str] | None = None) -> int:
    """Draws both figures."""
    parser = argparse.ArgumentParser(
        prog="python -m hel.pages.adaptation_figures", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("channel", type=Path, help="what python -m golden.studies.adaptation_channel wrote")
    parser.add_argument("watch", type=Path, help="what python -m golden.studies.adaptation_watch wrote")
    parser.add_argument("-o", "--out", type=Path, default=Path("docs/pictures"), help="folder; default: docs/pictures")
    args = parser.parse_args(argv)
    for draw, results in ((channel_curves, args.channel), (watch_curves, args.watch)):
        if not results.is_file():
            parser.error(f"there is no file {results}; run python -m golden.studies.{results.stem} first")
        rows = json.loads(results.read_text(encoding="utf-8"))["rows"]
        print(draw(rows, args.out / f"{results.stem}.png"))
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
