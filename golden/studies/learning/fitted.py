"""Models that are solved for: a linear one on the frames as they are, and one on MiniRocket's features.

Linear: frames put to one length (FRAMES at the most, linear interpolation) and laid side by side, scaled on what is
learnt from; ridge regression, of +-1 for classes, or logistic regression. Forecasts: ridge on the last frames, an
autoregression. MiniRocket: `golden.peers.minirocket` with 9996 features, scaled, ridge regression; sequences of
different lengths are put to the longest of those learnt from. It is a transform of whole sequences: it forecasts
nothing. Both come from scikit-learn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from golden.peers.minirocket import SHORTEST, MiniRocket
from golden.studies.learning.protocol import Candidate
from golden.studies.learning.runs import Run, scores
from golden.tasks import Split

__all__ = ["FEATURES", "FRAMES", "even", "linear", "minirocket"]

FRAMES = 128
FEATURES = 9996
LONGEST = 1024
"""Of sequences of different lengths, for MiniRocket."""

Values = NDArray[np.float64]


def linear(runs: list[Run], candidates: list[Candidate]) -> list[list[Any]]:
    """For each candidate the scores of the samples that each run judges."""
    found: list[list[Any]] = [[] for _ in candidates]
    for run in runs:
        if run.task.kind == "forecasting":
            for answers, candidate in zip(found, candidates, strict=True):
                answers.append(scores(run, _autoregression(run, candidate)))
            continue
        frames = min(FRAMES, run.learnt.inputs.shape[1])
        x, judged = (even(split, frames).reshape(len(split), -1) for split in (run.learnt, run.judged))
        for answers, candidate in zip(found, candidates, strict=True):
            answers.append(scores(run, _solved(run, x, judged, candidate)))
    return found


def minirocket(runs: list[Run], candidates: list[Candidate]) -> list[list[Any]]:
    """Likewise; the features of a run are made once."""
    found: list[list[Any]] = [[] for _ in candidates]
    for run in runs:
        longest = run.learnt.inputs.shape[1]
        frames = max(SHORTEST, longest if run.learnt.lengths is None else min(LONGEST, longest))
        x, judged = even(run.learnt, frames), even(run.judged, frames)
        rocket = MiniRocket.fit(x, FEATURES, run.seed)
        features, seen = rocket.transform(x), rocket.transform(judged)
        for answers, candidate in zip(found, candidates, strict=True):
            answers.append(scores(run, _solved(run, features, seen, {"fit": "ridge", **candidate})))
    return found


def even(split: Split, frames: int) -> Values:
    """All sequences at so many frames, (S, frames, m), by linear interpolation between their own.

    >>> split = Split(np.array([[[0.0], [2.0], [0.0]]]), np.array([0]), lengths=np.array([2]))
    >>> even(split, 3)[0, :, 0].tolist()
    [0.0, 1.0, 2.0]
    """
    lengths = split.mask.sum(1)
    if (lengths == frames).all():
        return split.inputs[:, :frames]
    places = np.linspace(0, 1, frames)[None] * (lengths[:, None] - 1)
    low = np.minimum(np.floor(places).astype(int), lengths[:, None] - 1)
    high, share = np.minimum(low + 1, lengths[:, None] - 1), (places - low)[..., None]
    rows = np.arange(len(split))[:, None]
    return np.asarray((1 - share) * split.inputs[rows, low] + share * split.inputs[rows, high])


def _solved(run: Run, x: Any, judged: Any, candidate: Candidate) -> Any:
    """Labels, or outputs, of the judged samples."""
    from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if candidate["fit"] == "logistic":
        model = LogisticRegression(C=candidate["inverse_penalty"], max_iter=1000)
    else:
        model = (RidgeClassifier if run.task.kind == "classification" else Ridge)(alpha=candidate["alpha"])
    fit = make_pipeline(StandardScaler(), model)
    fit.fit(x, run.learnt.answers)
    answer = fit.predict(judged)
    return answer if run.task.kind == "classification" else np.reshape(answer, (len(judged), -1))


def _autoregression(run: Run, candidate: Candidate) -> Values:
    """Outputs at every frame (S, frames, k) from the frames before and the frame itself."""
    from sklearn.linear_model import Ridge

    def lagged(split: Split) -> Values:
        count, (samples, frames, m) = candidate["frames"], split.inputs.shape
        padded = np.concatenate([np.zeros((samples, count - 1, m)), split.inputs], axis=1)
        return np.stack([padded[:, k : k + frames] for k in range(count)], -1).reshape(samples, frames, -1)

    x, y = lagged(run.learnt), run.learnt.targets
    assert y is not None
    first = run.task.warm_up
    model = Ridge(alpha=candidate["alpha"])
    model.fit(x[:, first:].reshape(-1, x.shape[-1]), y[:, first:].reshape(-1, y.shape[-1]))
    judged = lagged(run.judged)
    return np.asarray(model.predict(judged.reshape(-1, x.shape[-1])).reshape(*judged.shape[:2], -1))
