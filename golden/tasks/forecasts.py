"""Forecasting: at every frame, what the series will be a while later, by a per-step cost.

`mackey-glass` is made from a seed: dx/dt = 0.2 x(t - 17) / (1 + x(t - 17)^10) - 0.1 x, chaotic, integrated by Heun's
method with dt = 0.1 from a random history, after 500 units of time; a frame a unit, 200 frames, 6 frames ahead. Every
sequence has a history of its own. Source: M. C. Mackey, L. Glass, Science 197, 287 (1977).

`ppg` is the light that a fingertip lets through, heart beat by heart beat (photoplethysmogram): the second example of
heartpy, 117 Hz, from its 3000th sample on (the sensor is off for a while before), two samples a frame. 200 frames are
3.4 s, and 12 ahead 0.2 s. Time runs from training to validation to test; windows of training overlap, and none
reaches into another part. Source: P. van Gent and others, "HeartPy", Transportation Research F 66, 368 (2019).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from golden.errors import HelError
from golden.tasks.base import Split, Task, no_labels
from golden.tasks.normalise import inputs_like, targets_like
from golden.tasks.package_files import PackageFile

__all__ = ["mackey_glass", "ppg", "windows"]

SEED = 1977
FRAMES = 200
WARM_UP = 50
DELAY, STEP, TRANSIENT = 17, 0.1, 500
FILE = PackageFile(
    "heartpy", "heartpy/data/data2.csv", "7d85f0d33b04395409e81d614b9bd82541208cc3edfbc5a49b5129ae3cb573b9"
)
PPG_FIRST, PPG_AHEAD = 3000, 12
PPG_PARTS = (0, 3200, 4200, 6000)
"""Frames at which training, validation and test begin, and where the recording ends."""


@cache
def mackey_glass() -> Task:
    """The task; the same object, with read-only arrays, at every call.

    >>> task = mackey_glass()
    >>> task.train.inputs.shape, task.train.targets.shape, len(task.test), task.warm_up
    ((240, 200, 1), (240, 200, 1), 60, 50)
    """
    ahead = 6
    series = _mackey_glass(300, FRAMES + ahead)[..., None]
    split = Split(series[:, :FRAMES], no_labels(), targets=series[:, ahead:])
    return _task("mackey-glass", split.part(slice(240)), split.part(slice(240, None)), 40)


def _mackey_glass(sequences: int, frames: int) -> NDArray[np.float64]:
    """(sequences, frames)."""
    a_unit, delay = round(1 / STEP), round(DELAY / STEP)
    total = delay + (TRANSIENT + frames) * a_unit
    x = np.empty((total + 1, sequences))
    x[: delay + 1] = np.random.default_rng(SEED).uniform(0.5, 1.3, (delay + 1, sequences))

    def slope(now: NDArray[np.float64], late: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(0.2 * late / (1 + late**10) - 0.1 * now)

    for t in range(delay, total):
        first = slope(x[t], x[t - delay])
        x[t + 1] = x[t] + STEP / 2 * (first + slope(x[t] + STEP * first, x[t + 1 - delay]))
    return x[delay + TRANSIENT * a_unit :: a_unit][:frames].T.copy()


@cache
def ppg() -> Task:
    """The task; the same object, with read-only arrays, at every call.

    >>> task = ppg()
    >>> len(task.train), task.validation_samples, len(task.test), task.train.inputs.shape[1:]
    (76, 16, 32, (200, 1))
    """
    rows = FILE.read().decode().split()[1:]
    samples = np.array([row.rpartition(",")[2] for row in rows], np.float64)[PPG_FIRST:]
    series = samples.reshape(-1, 2).mean(1)
    parts = [windows(series[a:b], FRAMES, PPG_AHEAD, 50) for a, b in zip(PPG_PARTS, PPG_PARTS[1:], strict=False)]
    train = Split(
        np.concatenate([parts[0].inputs, parts[1].inputs]),
        no_labels(),
        targets=np.concatenate([one.targets for one in parts[:2] if one.targets is not None]),
    )
    return _task("ppg", train, parts[2], len(parts[1]))


def windows(series: NDArray[np.float64], frames: int, ahead: int, stride: int) -> Split:
    """All windows of so many frames, a stride apart, with the value `ahead` frames later as each frame's target.

    >>> found = windows(np.arange(6.0), frames=3, ahead=1, stride=2)
    >>> found.inputs[..., 0].tolist(), found.targets[..., 0].tolist()
    ([[0.0, 1.0, 2.0], [2.0, 3.0, 4.0]], [[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]])
    """
    starts = range(0, len(series) - frames - ahead + 1, stride)
    if not starts:
        raise HelError(f"a window takes {frames + ahead} frames, the series has {len(series)}; take shorter windows")
    seen, later = ([series[s + off : s + off + frames, None] for s in starts] for off in (0, ahead))
    return Split(np.stack(seen), no_labels(), targets=np.stack(later))


def _task(name: str, train: Split, test: Split, validation: int) -> Task:
    parts = inputs_like(train, train, test)
    parts, unit = targets_like(parts[0], *parts)
    return Task(
        name=name,
        classes=0,
        hold=1,
        log2_inverse_step=2,
        train=parts[0].read_only(),
        test=parts[1].read_only(),
        validation_samples=validation,
        kind="forecasting",
        cost="per-step",
        warm_up=WARM_UP,
        unit=unit,
    )
