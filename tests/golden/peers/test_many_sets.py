"""Side by side each training is what it is alone: against golden's float training, and against draws of its own."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("jax")

from golden import tasks
from golden.arithmetic.formats import Formats
from golden.errors import HelError
from golden.peers.many_sets import judged_samples
from golden.training.conversation import drive
from golden.training.recipe import Recipe
from golden.training.sequences import Training


def small(name="gunpoint", first=12, shift=0, **options):
    task = tasks.get(name)
    part = task.train.part(np.arange(shift, shift + first))
    task = replace(task, train=part, test=task.train.part(np.arange(30, 38)), validation_samples=1)
    return Training(task, arithmetic="float", neurons=6, **{"epochs": 2, "seed": 0, **options})


@pytest.mark.parametrize("rule", ["hel", "bptt"])
@pytest.mark.parametrize("cost", ["final", "averaged"])
def test_descent_is_golden_s_float_training(rule, cost):
    trainings = [small(seed=seed, shift=shift, cost=cost) for seed, shift in ((0, 0), (3, 10))]
    found = judged_samples(trainings, rule=rule, optimiser="own", batch=1, rate=2.0**-6)
    for training, own in zip(trainings, found, strict=True):
        wanted = drive(training.conversation(), training.learner(rule))["test_accuracy"]
        assert own.shape == (8,) and own.mean() == wanted


def test_the_recipe_s_clip_holds():
    """With a clip of 2^-15 or 2^-16 the system all but stays; with the usual one it moves."""

    def squares(clip_log2):
        formats = Formats(log2_inverse_step=2, clip_log2=clip_log2)
        training = small("mackey-glass", recipe=Recipe(clip_log2=clip_log2), formats=formats, epochs=1)
        return judged_samples([training], rule="bptt", optimiser="own", batch=1, rate=0.25)

    least, little, usual = (squares(clip_log2) for clip_log2 in (0, 1, 9))
    assert 20 * np.abs(little - least).max() < np.abs(usual - least).max()


@pytest.mark.parametrize("gru", [False, True])
def test_adam_learns_its_own_draw(gru):
    """Judged on what it learnt from, after enough of it; the other training's samples do not matter."""
    task = tasks.get("gunpoint")
    part = task.train.part(np.arange(8))
    task = replace(task, train=part, test=part, validation_samples=1)
    one = Training(task, arithmetic="float", neurons=8, epochs=60, seed=1)
    found = judged_samples([one, replace_seed(one, task)], rule="bptt", optimiser="adam", batch=4, rate=0.02, gru=gru)
    assert found.shape == (2, 8) and found.mean() > 0.8


def replace_seed(one, task):
    return Training(task, arithmetic="float", neurons=8, epochs=one.samples.epochs, seed=2)


def test_as_many_samples_each():
    with pytest.raises(HelError, match="as many samples each, got several numbers; train them apart"):
        judged_samples([small(), small(first=10)], rule="bptt", optimiser="own", batch=1, rate=0.01)
