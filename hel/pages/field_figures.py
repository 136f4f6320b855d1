"""Figures of the wave field that learns by itself: its learning curves, and the field forward and in the echo.

python -m hel.pages.field_figures docs/results/wave_field.json -o build/figures
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from golden.dynamics.leapfrog import Leapfrog
from golden.errors import ended
from golden.studies.wave_field import Data, Recipe
from golden.studies.wave_lattice import Detectors, WaveLattice
from hel.figures.canvas import pyplot, save
from hel.pages.study_figures import asked

__all__ = ["field_snapshots", "learning_curves", "main"]


def learning_curves(found: Mapping[str, Any], path: Path) -> Path:
    """Held-out accuracy over the epochs, HEB and BPTT, every seed, with the linear classifier; writes a PNG."""
    plt = pyplot()
    names = list(found["linear"])
    figure, panels = plt.subplots(1, len(names), figsize=(5 * len(names), 4), layout="constrained")
    colours = {"heb": "tab:blue", "bptt": "tab:orange"}
    for panel, task in zip(panels, names, strict=True):
        labelled = set()
        for row in found["rows"]:
            case = row["case"]
            if case["task"] != task or case["mass"] not in (None, found["recipe"]["mass"]):
                continue
            label = None if case["rule"] in labelled else case["rule"].upper()
            labelled.add(case["rule"])
            epochs = [point["epoch"] for point in row["history"]]
            held = [point["accuracy"] for point in row["history"]]
            panel.plot(epochs, held, color=colours[case["rule"]], label=label, linewidth=1)
        panel.axhline(found["linear"][task]["accuracy"], color="tab:green", linestyle="--", label="linear classifier")
        panel.set_title(task)
        panel.set_xlabel("epoch")
        panel.legend(loc="lower right")
    panels[0].set_ylabel(f"accuracy, {found['held_out']} part")
    return save(figure, path)


def field_snapshots(
    theta: Mapping[str, Any], path: Path, *, task: str = "digits", sample: int = 0, recipe: Recipe | None = None
) -> Path:
    """The field of one test image at five times: forward, in the echo, and (echo - forward) / eps; writes a PNG.

    The last row is what the nudge sends back from the detectors: the wave of the error, on its way to time 0.
    """
    plt = pyplot()
    recipe = recipe or Recipe()
    data, lattice = Data(task, False), WaveLattice(8, 8)
    detectors = Detectors(lattice, data.classes)
    leapfrog = Leapfrog(lattice, {name: np.asarray(value) for name, value in theta.items()}, recipe.step)
    q, p, u = data.held_x[sample], np.zeros(lattice.n), np.zeros(1)
    forward = [q]
    for _ in range(recipe.steps):
        q, p = leapfrog.forward(q, p, u)
        forward.append(q)
    slope = detectors.cost().gradient
    assert slope is not None
    p = p - recipe.eps * slope(q, np.eye(data.classes)[data.held_labels[sample]])
    echo = [q]
    for _ in range(recipe.steps):
        q, p = leapfrog.inverse(q, p, u)
        echo.append(q)
    echo.reverse()
    times = [recipe.steps * part // 4 for part in range(5)]
    away = [(back - ahead) / recipe.eps for back, ahead in zip(echo, forward, strict=True)]
    figure, panels = plt.subplots(3, len(times), figsize=(9, 6), layout="constrained")
    rows = (("forward", forward), ("echo", echo), ("(echo - forward) / eps", away))
    for line, (name, fields) in zip(panels, rows, strict=True):
        bound = max(float(np.abs(fields[t]).max()) for t in times) or 1.0
        for panel, t in zip(line, times, strict=True):
            image = fields[t].reshape(lattice.rows, lattice.columns)
            shown = panel.imshow(image, cmap="RdBu_r", vmin=-bound, vmax=bound)
            panel.set_xticks([])
            panel.set_yticks([])
            if name == "forward":
                panel.set_title(f"t = {t * recipe.step:g}")
        for site, label in zip(detectors.sites, range(data.classes), strict=True):
            row, column = divmod(int(site), lattice.columns)
            line[-1].text(column, row, str(label), ha="center", va="center", fontsize=7)
        line[0].set_ylabel(name)
        figure.colorbar(shown, ax=list(line), shrink=0.8)
    return save(figure, path)


def main(argv: list[str] | None = None) -> int:
    """Draws every figure of a results file."""
    found, out = asked("hel.pages.field_figures", __doc__, "golden.studies.wave_field", argv)
    print(learning_curves(found, out / "wave_field_learning.png"))
    for task in found["linear"]:
        row = next(row for row in found["rows"] if row["case"]["task"] == task and "theta" in row)
        print(
            field_snapshots(row["theta"], out / f"wave_field_{task}.png", task=task, recipe=Recipe(**found["recipe"]))
        )
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
