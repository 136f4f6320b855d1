"""Figures: the learning curve of a training run, one sample's way forward and back; a schedule, unit by unit."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rtl.hls.report.explain import Activity

__all__ = ["learning_curve", "schedule", "trajectories"]


def learning_curve(result: dict[str, Any], path: Path) -> Path:
    """Cost and accuracy over the samples seen, from the result of `golden.training.sequences.train`; writes a PNG."""
    plt = _pyplot()
    rows = result["curve"]
    samples = [row["samples"] for row in rows]
    figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(7, 5), layout="constrained")
    above.plot(samples, [row["cost"] for row in rows])
    above.set_ylabel("cost: mean of -log p(label)")
    below.plot(samples, [row["training_accuracy"] for row in rows], label="as samples are met")
    below.axhline(result["test_accuracy"], color="tab:green", linestyle="--", label="test set, at the end")
    below.set_ylabel("accuracy")
    below.set_xlabel("samples seen")
    below.legend(loc="lower right")
    above.set_title(f"{result['system']}, N = {result['neurons']}, on {result['task']}: {result['arithmetic']}")
    return _save(figure, path)


def trajectories(training: Any, theta: Any, path: Path, sample: int = 0, shown: int = 4) -> Path:
    """Positions of a test sample, forward and in both contexts of the echo; writes a PNG.

    `training` is a `golden.training.sequences.Training` in fixed point after its run, `theta` the parameter words it
    ended with.
    """
    import numpy as np

    from golden.dynamics.integrator import Integrator, twin

    plt = _pyplot()
    formats, n = training.formats, training.system.n
    inputs = training.encode(training.evaluation.first(sample + 1))[sample]
    integrator = Integrator(training.program, theta)
    forward = np.zeros((len(inputs) + 1, n), np.int64)
    zero = np.zeros(n, np.int64)

    def keep(t: int, words: Any) -> None:
        forward[t + 1] = words

    q, p = integrator.forward_many(zero, zero, inputs, keep)
    errors = training.readout.errors(training.readout.cut_x(q), training.evaluation.labels[sample])
    nudge, _ = training.readout.nudge(errors)
    back = np.zeros((len(inputs) + 1, 2, n), np.int64)

    def observe(t: int, words: Any) -> Any:
        back[t + 1] = words
        return nudge if t == len(inputs) - 1 else None

    back[0], _ = integrator.echo_many(*twin(q, p), inputs, nudge=observe)
    steps = np.arange(len(inputs) + 1)
    figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(7, 6), layout="constrained")
    for k in range(min(shown, n)):
        (line,) = above.plot(steps, formats.q.value(forward[:, k]), label=f"neuron {k}")
        for context, style in ((0, ":"), (1, "--")):
            above.plot(steps, formats.q.value(back[:, context, k]), style, color=line.get_color(), linewidth=1)
            away = formats.q.value(back[:, context, k] - forward[:, k])
            below.plot(steps, away, style, color=line.get_color())
    above.set_ylabel("position q")
    above.set_title("forward (solid), echo with the nudge +eps (dotted) and -eps (dashed)")
    above.legend(loc="upper left", ncols=2)
    below.set_ylabel("echo - forward")
    below.set_xlabel("time step: forward to the right, echo to the left")
    return _save(figure, path)


def schedule(passes: Sequence[Activity], name: str, path: Path) -> Path:
    """Who is busy when: a panel a pass, a row a unit, cycle by cycle, coloured by what it does."""
    plt = _pyplot()
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
            for start, length, what in _runs(one.units[unit]):
                axis.broken_barh([(start, length)], (row - 0.4, 0.8), facecolors=colours[what])
        axis.set_yticks(range(len(units)), [f"{unit}  {100 * one.share(unit):.0f} %" for unit in units])
        axis.set_ylim(len(units) - 0.5, -0.5)
        axis.set_xlim(0, one.cycles)
        busy = f", multipliers {100 * one.busy:.1f} % busy with useful products" if one.products else ""
        axis.set_title(f"{name}: {one.name}, {one.cycles} cycles{busy}", loc="left", fontsize=10)
    axes[-1, 0].set_xlabel("clock cycle")
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in colours.values()]
    figure.legend(handles, list(colours), loc="outside lower center", ncols=8, fontsize=8)
    return _save(figure, path)


def _runs(row: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """(start, length, what) of every stretch of cycles with the same thing to do."""
    start = 0
    for what, stretch in groupby(row):
        length = len(list(stretch))
        if what:
            yield start, length, what
        start += length


def _asked(module: str, text: str | None, study: str, argv: Sequence[str] | None) -> tuple[dict[str, Any], Path]:
    """What the study's results file holds, and the folder to draw in: the arguments of a module that draws a study."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=(text or "").split("\n")[0])
    parser.add_argument("results", type=Path, help=f"what python -m {study} wrote")
    parser.add_argument("-o", "--out", type=Path, default=Path("build/figures"), help="folder; default: build/figures")
    args = parser.parse_args(argv)
    if not args.results.is_file():
        parser.error(f"there is no file {args.results}; run python -m {study} first")
    return json.loads(args.results.read_text()), args.out


def _pyplot() -> Any:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    return plt


def _save(figure: Any, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    _pyplot().close(figure)
    return path
