"""MiniRocket against words that the authors' code computed, and what it is by its own definition.

The words: aeon 1.6.0 with numba 0.63.1 in an environment of its own, MiniRocket(n_kernels=588, random_state=0) fitted
on series(1, 50, 1, 0) and applied to series(3, 50, 1, 1). Of one training sequence nothing is drawn. All 1764 features
are the same words. With aeon's channels and biases so were those of four channels, series(3, 61, 4, 3).
"""

import hashlib

import numpy as np
import pytest

from golden.errors import HelError
from golden.peers.minirocket import KERNELS, MiniRocket

WORDS = {
    0: [0.56, 0.72, 0.62],
    100: [0.6428571343421936, 0.6428571343421936, 0.6190476417541504],
    251: [0.0714285746216774, 0.0476190485060215, 0.0],
    252: [0.8529411554336548, 0.970588207244873, 1.0],
    500: [0.0, 0.0, 0.0555555559694767],
}
ALL_WORDS = "da947237499456c0320c95566f5f7f67173aea712b4c805b3053cda7a810d6a9"


def series(samples, frames, m, seed):
    return np.cumsum(np.random.default_rng(seed).normal(size=(samples, frames, m)), 1).astype(np.float32)


def test_features_are_the_reference_s():
    rocket = MiniRocket.fit(series(1, 50, 1, 0), 84 * 7)
    assert (rocket.dilations.tolist(), rocket.counts.tolist()) == ([1, 2, 3, 4, 6], [3, 1, 1, 1, 1])
    found = rocket.transform(series(3, 50, 1, 1))
    for k, words in WORDS.items():
        assert found[:, k].tolist() == np.array(words, np.float32).tolist()
    assert hashlib.sha256(found.tobytes()).hexdigest() == ALL_WORDS


def test_a_kernel_by_its_definition():
    """Every kernel's first feature at the largest dilation, from nine weights and zeros around the sequence."""
    x = series(2, 41, 1, 5)
    rocket = MiniRocket.fit(x, 84 * 5)
    d, at = int(rocket.dilations[-1]), len(rocket.dilations) - 1
    first = len(KERNELS) * int(rocket.counts[:-1].sum())
    found = rocket.transform(x)
    padded = np.pad(x[..., 0].astype(float), ((0, 0), (4 * d, 4 * d)))
    for k, places in enumerate(KERNELS):
        weights = np.full(9, -1.0)
        weights[places] = 2.0
        answer = sum(w * padded[:, i * d : i * d + 41] for i, w in enumerate(weights))
        seen = answer[:, 4 * d : -4 * d] if (at + k) % 2 else answer
        column = first + k * int(rocket.counts[-1])
        assert np.abs((seen > rocket.biases[column]).mean(1) - found[:, column]).max() <= 1 / 41  # a tie at the most


def test_channels_are_summed():
    x = series(4, 30, 3, 6)
    rocket = MiniRocket.fit(x, 84 * 3, seed=2)
    sizes = {len(one) for one in rocket.channels}
    assert sizes <= {1, 2, 3} and len(sizes) > 1
    which = next(k for k, one in enumerate(rocket.channels[:84]) if len(one) == 2)
    alone = MiniRocket(rocket.dilations, rocket.counts, (np.array([0]),) * len(rocket.channels), rocket.biases)
    summed = x[..., rocket.channels[which]].sum(-1, keepdims=True)
    now = slice(which * int(rocket.counts[0]), (which + 1) * int(rocket.counts[0]))
    assert np.abs(rocket.transform(x)[:, now] - alone.transform(summed)[:, now]).max() <= 1 / 22


def test_a_seed_draws_again_and_blocks_change_nothing(monkeypatch):
    x = series(6, 40, 2, 7)
    one, other = MiniRocket.fit(x, 168, seed=0), MiniRocket.fit(x, 168, seed=1)
    assert not np.array_equal(one.biases, other.biases)
    whole = one.transform(x)
    monkeypatch.setattr("golden.peers.minirocket.AT_ONCE", 1)
    assert np.array_equal(one.transform(x), whole)


def test_too_short():
    with pytest.raises(HelError, match="at least 9 frames, got .1, 8, 1.; pad them"):
        MiniRocket.fit(np.zeros((1, 8, 1)))
