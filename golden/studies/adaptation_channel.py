"""A channel that drifts, equalised by a system that goes on learning, by its readout alone, or as it was trained.

    python -m golden.studies.adaptation_channel -o docs/results/adaptation_channel.json

The channel is `golden.studies.pam_channel`: four levels, dispersion, a nonlinearity, noise at 28 dB. dense of 32
neurons is driven by the last 8 values received, 4 steps each (T = 32), and tells the symbol of two ago by a final cost.
Before the stream it learns 60000 symbols, offline, with the usual recipe of sequences; then 20000 symbols come, one at
a time, each of them told before it is learnt from; what it was is known afterwards. Two things drift:

    channel   every one of the 10 coefficients swings by 0.1 about its own, with its own period and phase
    device    the channel stays; the stiffness of every one of the 32 oscillators swings by 0.25, as an analogue
              device's would: the system computes with al + d(n), held to its range, and learns al. d(0) = 0

at three rates, fixed before anything was run: a period of 40000, 10000 or 2500 symbols (each coefficient's and each
oscillator's is that, divided by a ratio of its own in [0.7, 1.3]). The arms:

    offline     trained at n = 0, and left as it is
    ranging     trained offline on 60000 symbols of the 60000 times before, drift included, and left as it is
    readout     goes on from offline, its readout alone, at a constant rate
    whole       goes on from offline, system and readout, at a constant rate
    lms         a linear equaliser of the same 8 values: least squares offline, then normalised LMS (channel only)

Each rate of learning is the best of those tried at the middle period, on channels of other seeds than those reported;
there the swing of the stiffnesses was set, too, at 0.1 the model that is left as it is hardly errs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from golden.errors import ended
from golden.studies.command import parser
from golden.studies.pam_channel import LEVELS, Channel
from golden.studies.rows import Case, collect
from golden.tasks import Split, Task
from golden.training.adapter import Adapter, Model, ReadoutAdapter, positions
from golden.training.measures import LEAST
from golden.training.report import judged
from golden.training.sequences import Training

__all__ = ["ARMS", "KINDS", "PERIODS", "cases", "chosen", "main", "measure"]

NEURONS, FRAMES, HOLD = 32, 8, 4
OFFLINE, STREAM, POINT = 60000, 20000, 500
"""Symbols before the stream, in it, and of a point of its curve."""
SWING, DEVICE_SWING, BLOCK = 0.1, 0.25, 50
"""Of coefficients and of stiffnesses; these move every 50 symbols."""
KINDS = ("channel", "device")
PERIODS = (40000, 10000, 2500)
MIDDLE = PERIODS[1]
SEEDS, CHOICE_SEEDS = tuple(range(5)), (100, 101)
ARMS = {
    "channel": ("offline", "ranging", "readout", "whole", "lms"),
    "device": ("offline", "ranging", "readout", "whole"),
}
LEARNING = ("readout", "whole", "lms")
RATES = tuple(range(3, 13))
"""log2 of the inverse rates that are tried."""


class Device:
    """What the stiffness of every oscillator is off by, in raw words. `period` None: nothing ever."""

    def __init__(self, seed: int, period: float | None) -> None:
        rng = np.random.default_rng([seed, 5])
        self.period, self.ratio, self.phase = period, rng.uniform(0.7, 1.3, NEURONS), rng.uniform(0, 2 * np.pi, NEURONS)

    def at(self, n: int) -> NDArray[np.int64]:
        """(neurons,) at time n."""
        turns = 0.0 if self.period is None else n / self.period
        swing = np.sin(2 * np.pi * turns * self.ratio + self.phase) - np.sin(self.phase)
        return np.rint(np.ldexp(DEVICE_SWING * swing, 16)).astype(np.int64)


class Run:
    """A model on its way through a stream of symbols, on a device that drifts.

    Parameters
    ----------
    model : its stiffnesses are those learnt, without what the device adds
    """

    def __init__(self, training: Training, model: Model, device: Device) -> None:
        self.training, self.model, self.device = training, model, device

    def stream(self, arm: str, split: Split, rates: Any, start: int = 0) -> NDArray[np.bool_]:
        """Whether each symbol was told wrongly, before it was learnt from; `rates` (symbols,)."""
        size = STREAM if self.device.period is None else BLOCK
        wrong = [
            self._block(arm, split.part(slice(at, at + size)), rates[at : at + size], start + at)
            for at in range(0, len(split), size)
        ]
        return np.concatenate(wrong)

    def _block(self, arm: str, split: Split, rates: Any, now: int) -> NDArray[np.bool_]:
        played, order = self.training.played(split), np.arange(len(split))
        here = self._here(now)
        if arm == "whole":
            adapter = Adapter(self.training, here)
            errors = adapter.learn(played, order, rates)
            self._keep(adapter.model, here)
        elif arm == "readout":
            readout = ReadoutAdapter(self.training, here)
            errors = readout.learn(positions(self.training, here, played), split.labels, order, rates)
            self.model = readout.model(self.model.theta)
        else:
            return np.asarray(Adapter(self.training, here).classes(played) != split.labels)
        return np.asarray(~judged(errors, split.labels, lsb=self.training.arithmetic.lsb, least=LEAST)[1])

    def _here(self, now: int) -> Model:
        """The model as the device computes it at this time."""
        al = self.model.theta["al"]
        off = self.device.at(now)
        ranged = self.training.program.range_of("al")
        moved = ranged.limited(al, al + off) if ranged is not None else al + off
        return Model({**self.model.theta, "al": np.where(off == 0, al, moved)}, self.model.weights, self.model.bias)

    def _keep(self, learnt: Model, here: Model) -> None:
        al = self.model.theta["al"] + learnt.theta["al"] - here.theta["al"]
        self.model = Model({**learnt.theta, "al": al}, learnt.weights, learnt.bias)


def posed(channel: Channel, seed: int, count: int = OFFLINE) -> Training:
    """The training of the offline arm."""
    train, rest = channel.windows(count, FRAMES, draw=1), channel.windows(2, FRAMES, draw=9)
    return Training(Task("pam", LEVELS, HOLD, 2, train, rest, 1), neurons=NEURONS, epochs=1, seed=seed)


@cache
def offline(seed: int) -> tuple[Training, Model]:
    """Trained on the channel as it is at n = 0."""
    training = posed(Channel(seed, None, SWING), seed)
    adapter = Adapter(training)
    adapter.learn(training.played(training.part), training.orders, _decaying(training))
    return training, adapter.model


def ranging(kind: str, period: float, seed: int) -> Model:
    """Trained on the times before the stream, the same drift included."""
    training, _ = offline(seed)
    split = drifting(kind, period, seed).windows(OFFLINE, FRAMES, draw=3, start=-OFFLINE)
    first = Model(training.theta, training.readout.weights, training.readout.bias)
    run = Run(training, first, Device(seed, period if kind == "device" else None))
    run.stream("whole", split, _decaying(training), start=-OFFLINE)
    return run.model


def _decaying(training: Training) -> NDArray[np.int64]:
    total = training.samples.total
    return np.array([training.recipe.rate(done, total) for done in range(total)])


def drifting(kind: str, period: float, seed: int) -> Channel:
    """The channel of a stream."""
    return Channel(seed, period if kind == "channel" else None, SWING)


def lms(channel: Channel, rate: float) -> NDArray[np.bool_]:
    """Whether each symbol was told wrongly by the linear equaliser that goes on."""

    def seen(split: Split) -> NDArray[np.float64]:
        return np.concatenate([split.inputs[..., 0], np.ones((len(split), 1))], axis=1)

    before = Channel(channel.seed, None, SWING).windows(OFFLINE, FRAMES, draw=1)
    split = channel.windows(STREAM, FRAMES, draw=2)
    weights = np.linalg.lstsq(seen(before), 2.0 * before.labels - 3, rcond=None)[0]
    wrong = np.zeros(STREAM, np.bool_)
    for n, (x, label) in enumerate(zip(seen(split), split.labels, strict=True)):
        y = weights @ x
        wrong[n] = np.clip(np.rint((y + 3) / 2), 0, LEVELS - 1) != label
        weights = weights + rate * (2.0 * label - 3 - y) / (x @ x) * x
    return wrong


def wrong_of(arm: str, kind: str, period: float, seed: int, rate: int) -> NDArray[np.bool_]:
    """Of one arm in one stream."""
    channel = drifting(kind, period, seed)
    if arm == "lms":
        return lms(channel, 2.0**-rate)
    training, model = offline(seed)
    if arm == "ranging":
        model = ranging(kind, period, seed)
    run = Run(training, model, Device(seed, period if kind == "device" else None))
    return run.stream(arm, channel.windows(STREAM, FRAMES, draw=2), np.full(STREAM, rate))


def cases() -> Iterator[Case]:
    """The choice of the rates, then every stream that is reported."""
    for kind in KINDS:
        for seed in CHOICE_SEEDS:
            yield {"stage": "choice", "kind": kind, "period": MIDDLE, "seed": seed}
    for kind in KINDS:
        for period in PERIODS:
            for seed in SEEDS:
                yield {"stage": "report", "kind": kind, "period": period, "seed": seed}


def chosen(rows: Sequence[Case], kind: str) -> dict[str, int]:
    """log2 of the inverse rate of each arm that learns: the lowest mean symbol error of the choice."""
    found = [row["symbol_errors"] for row in rows if row["case"]["stage"] == "choice" and row["case"]["kind"] == kind]
    arms = [arm for arm in LEARNING if arm in ARMS[kind]]
    means = {arm: {rate: np.mean([one[arm][str(rate)] for one in found]) for rate in RATES} for arm in arms}
    return {arm: min(RATES, key=lambda rate: float(means[arm][rate])) for arm in arms}


def measure(case: Case, rates: Mapping[str, int]) -> Case:
    """Symbol errors of one stream: by arm and rate, or of every arm at its chosen rate, with its curve."""
    kind, period, seed = case["kind"], case["period"], case["seed"]
    if case["stage"] == "choice":
        arms = [arm for arm in LEARNING if arm in ARMS[kind]]
        tried = {arm: {str(k): float(wrong_of(arm, kind, period, seed, k).mean()) for k in RATES} for arm in arms}
        return {"symbol_errors": tried}
    found: Case = {"log2_inverse_rates": dict(rates), "arms": {}}
    for arm in ARMS[kind]:
        wrong = wrong_of(arm, kind, period, seed, rates.get(arm, 0))
        curve = wrong.reshape(-1, POINT).mean(1)
        found["arms"][arm] = {"symbol_error": float(wrong.mean()), "curve": curve.tolist()}
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    out = parser("adaptation_channel", __doc__, default=True, into=False).parse_args(arguments).out
    command = f"python -m golden.studies.adaptation_channel -o {out}"
    every = list(cases())
    choice = [case for case in every if case["stage"] == "choice"]
    rows = collect(out, command, choice, lambda case: measure(case, {}))
    rates = {kind: chosen(rows, kind) for kind in KINDS}
    collect(out, command, every, lambda case: measure(case, rates[case["kind"]]))
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
