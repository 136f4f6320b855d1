"""Optimisers: what is chosen where nothing is said, when minibatches end, how rates fall, and what is refused."""

import pytest

from golden.errors import HelError
from golden.training.optimiser import SCHEDULES, Optimiser
from golden.training.recipe import Recipe
from golden.training.sequences import Training


def test_what_is_usual():
    assert Optimiser().plain and not Optimiser().keeps
    assert (Optimiser("momentum").momentum, Optimiser("sign").threshold, Optimiser("sign").momentum) == (3, 6, 0)
    assert [Optimiser(name).keeps for name in ("plain", "momentum", "sign")] == [False, True, False]


@pytest.mark.parametrize("other", [{"name": "momentum"}, {"name": "sign"}, {"batch": 2}, {"rates": {"al": 1}}])
def test_what_the_array_does_not_compute(other):
    assert not Optimiser(**other).plain


def test_rates_of_the_host_are_no_matter_of_the_array():
    assert Optimiser(schedule="constant", rates={"readout": 2, "al": 0}).plain


def test_a_minibatch_has_one_rate_and_ends_with_the_training():
    optimiser = Optimiser(batch=4)
    assert [optimiser.halvings(k, 10) for k in range(10)] == [0, 0, 0, 0, 1, 1, 1, 1, 3, 3]
    assert [k for k in range(10) if optimiser.ends(k, 10)] == [3, 7, 9]
    assert [Recipe(5, optimiser=optimiser).rate(k, 10) for k in (3, 4, 9)] == [5, 6, 8]


@pytest.mark.parametrize(
    ("schedule", "falls"),
    [("quarters", (2, 4, 6)), ("constant", ()), ("halves", (4, 6, 7)), ("eighths", (1, 2, 3, 4, 5, 6, 7))],
)
def test_schedules(schedule, falls):
    halved = [SCHEDULES[schedule](k, 800) for k in range(800)]
    assert [k for k in range(1, 800) if halved[k] != halved[k - 1]] == [100 * part for part in falls]
    assert halved[0] == 0 and halved[-1] == len(falls)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "adam"}, "an optimiser is plain, momentum, sign, got 'adam'; choose one of them"),
        ({"name": 3}, "an optimiser is plain, momentum, sign, got 3; choose"),
        ({"schedule": "cosine"}, "a schedule is quarters, constant, halves, eighths, got 'cosine'; choose one of them"),
        ({"momentum": 2}, "plain has no momentum, got 2; choose the optimiser momentum, or leave it out"),
        ({"name": "momentum", "momentum": -1}, "the momentum's shift must be a whole number >= 0, got -1"),
        ({"batch": 12}, "a minibatch is a power of two of samples, at most 65536, got 12; use 8"),
        ({"batch": 1 << 20}, "at most 65536, got 1048576; use 65536"),
        ({"batch": 0}, "the samples of a minibatch must be a whole number >= 1, got 0"),
        ({"threshold": 4}, "a threshold is for the optimiser sign, got 4 for plain; leave it out"),
        ({"name": "sign", "threshold": 30}, "a threshold is 2^-K with K from -8 to 24, got 30; choose one"),
        ({"rates": "al=2"}, "rates map names to shifts such as {'al': 2}, got 'al=2'; write them so"),
        ({"rates": {"al": 0.5}}, "a block's rate is an integer from -20 to 20, got 0.5 for al; 2 is a quarter"),
    ],
)
def test_what_cannot_be(options, message):
    with pytest.raises(HelError) as refused:
        Optimiser(**options)
    assert message in str(refused.value)


@pytest.mark.parametrize("arithmetic", ["fixed", "float"])
def test_what_does_not_fit_a_training(arithmetic):
    how = {"arithmetic": arithmetic, "neurons": 4, "samples": 12, "epochs": 1, "validation": True}
    with pytest.raises(HelError, match="rates are of al, W, B, b, readout, got 'a'; choose one of them"):
        Training("digits", recipe=Recipe(optimiser=Optimiser(rates={"a": 1})), **how)
    with pytest.raises(HelError, match=r"is at most 2\^\(16 - clip_log2\) = 128, got 64 times 8; make one of them"):
        Training("digits", recipe=Recipe(optimiser=Optimiser("momentum", batch=64)), **how)
