"""Figures of a training run: its learning curve, and one sample's way forward and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hel.figures.canvas import pyplot, save

__all__ = ["learning_curve", "trajectories"]


def learning_curve(result: dict[str, Any], path: Path) -> Path:
    """Cost and accuracy over the samples seen, from the result of `golden.training.sequences.train`; writes a PNG."""
    plt = pyplot()
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
    title = f"{result['system']}, N = {result['neurons']}, on {result['task']}: {result['arithmetic']}"
    above.set_title(title, parse_math=False)
    return save(figure, path)


def trajectories(training: Any, theta: Any, path: Path, sample: int = 0, shown: int = 4) -> Path:
    """Positions of a test sample, forward and in both contexts of the echo; writes a PNG.

    `training` is a `golden.training.sequences.Training` in fixed point after its run, `theta` the parameter words it
    ended with.
    """
    import numpy as np

    from golden.dynamics.integrator import Integrator, twin

    plt = pyplot()
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
    return save(figure, path)
