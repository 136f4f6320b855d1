"""Training: it learns, the same seed gives the same bits, and the learners share one conversation."""

import asyncio
import json

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.errors import HelError
from golden.rules import bptt, rhel
from golden.systems import Dense, System
from golden.training.conversation import Echo, Forward, Update, drive, drive_async
from golden.training.learner import GoldenLearner
from golden.training.recipe import Recipe
from golden.training.sequences import Training, train

OTHER_SIZE = compile_system(Dense(5, 8))
OTHER_STEP = compile_system(Dense(4, 8), Formats(log2_inverse_step=5))
SHORT = {"neurons": 16, "epochs": 2, "samples": 150, "validation": True}


def final(training):
    """Every word a run leaves behind, and its result without the clock."""
    learner = training.learner()
    result = drive(training.conversation(), learner)
    del result["samples_per_s"]
    return {**learner.parameters(), "R": training.readout.weights, "c": training.readout.bias}, result


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


@pytest.fixture(scope="module")
def alone():
    return {seed: final(Training("digits", seed=seed, **SHORT)) for seed in (3, 4)}


def test_short_training_learns(alone):
    words, result = alone[3]
    assert result["validation_accuracy"] > 0.6
    assert result["history"][1]["cost"] < result["history"][0]["cost"] < np.log(10)
    assert result["test_accuracy"] is None
    initial = Training("digits", seed=3, **SHORT).theta
    assert all(np.abs(words[name] - initial[name]).max() > 100 for name in initial)


def test_same_seed_same_bits(alone):
    assert same(final(Training("digits", seed=3, **SHORT))[0], alone[3][0])
    assert not same(alone[4][0], alone[3][0])


def test_seeds_side_by_side_equal_each_alone(alone):
    words, result = final(Training("digits", seed=[3, 4], **SHORT))
    for k, seed in enumerate((3, 4)):
        assert same({name: word[k] for name, word in words.items()}, alone[seed][0])
        assert result["validation_accuracy"][k] == alone[seed][1]["validation_accuracy"]


def test_asynchronous_learner_in_step(alone):
    """The lead of a co-simulation: coroutines answer, golden answers too, every answer is compared."""

    class Slow(GoldenLearner):
        async def forward(self, inputs):
            await asyncio.sleep(0)
            return super().forward(inputs)

        async def echo(self, inputs, nudge):
            return super().echo(inputs, nudge)

        async def update(self, shift):
            return super().update(shift)

    training = Training("digits", seed=3, **SHORT)
    learner = Slow(training.program, training.theta)
    result = asyncio.run(drive_async(training.conversation(), learner))
    assert same({name: alone[3][0][name] for name in training.theta}, learner.parameters())
    assert result["validation_accuracy"] == alone[3][1]["validation_accuracy"]


def test_conversation_asks_for_what_the_hardware_does():
    training = Training("digits", neurons=4, epochs=1, samples=1, validation=True)
    conversation, learner = training.conversation(), training.learner()
    forward = conversation.send(None)
    assert isinstance(forward, Forward) and forward.inputs.shape == (32, 8) and forward.inputs.dtype == np.int64
    echo = conversation.send(forward.ask(learner))
    assert isinstance(echo, Echo) and echo.nudge.shape == (4,)
    eps0 = training.formats.p.raw(0.25)
    assert eps0 / 2 <= np.abs(echo.nudge).max() <= eps0
    update = conversation.send(echo.ask(learner))
    assert isinstance(update, Update) and 0 <= update.shift <= 35


def test_fixed_point_follows_float():
    """The first samples of both arithmetics cost the same to the accuracy of the formats."""
    options = {"neurons": 16, "epochs": 1, "samples": 20, "validation": True, "seed": 1}
    fixed, real = (train("digits", arithmetic=a, **options) for a in ("fixed", "float"))
    assert fixed["cost"] == pytest.approx(real["cost"], rel=1e-3)


def test_float_hel_follows_bptt():
    """The nudge of 1/8 to 1/4 gives an error of order eps**2; the update is the same to a few percent."""
    training = Training("digits", arithmetic="float", neurons=16, epochs=1, samples=10, seed=2)
    learners = [training.learner("hel"), training.learner("bptt")]
    assert learners[0].gradient.func is rhel.gradient and learners[1].gradient is bptt.gradient
    inputs = training.encode(training.part)[0]
    for learner in learners:
        x = learner.forward(inputs)
        nudge, _ = training.readout.nudge(training.readout.errors(x, training.part.labels[0]))
        learner.echo(inputs, nudge)
    for name in training.theta:
        a, b = (learner.grads[name].ravel() for learner in learners)
        assert a @ b / np.linalg.norm(a) / np.linalg.norm(b) > 0.99


@pytest.mark.parametrize("system", ["hru", "linear"])
def test_other_systems_train(system):
    result = train("digits", system, neurons=16, epochs=1, samples=200, validation=True)
    first, *_, last = (row["cost"] for row in result["curve"])
    assert last < 0.7 * first and result["validation_accuracy"] > 0.3


@pytest.mark.parametrize("arithmetic", ["float", "fixed"])
def test_a_system_is_as_good_as_its_name(arithmetic):
    options = {"arithmetic": arithmetic, "epochs": 1, "samples": 5, "validation": True}
    named, made = train("digits", neurons=4, **options), train("digits", Dense(4, 8), **options)
    del named["samples_per_s"], made["samples_per_s"]
    assert named == made and made["system"] == "dense"


def test_a_system_must_see_its_inputs():
    class Deaf(System):
        parameters = {"k": (1,)}

        def potential(self, q, u, theta):
            return theta["k"][0] * (q @ q)

    with pytest.raises(HelError, match=r"the potential of Deaf\(n=4, m=8\) has no u; add it"):
        train("digits", Deaf(4, 8))


def test_what_is_no_task():
    with pytest.raises(HelError, match="a task is a name or a golden.tasks.Task, got 3; name one, for instance digits"):
        train(3)


def test_result_is_json():
    json.dumps(train("digits", neurons=4, epochs=1, samples=5, validation=True), allow_nan=False)


def test_progress_reaches_the_end():
    seen = []
    train("digits", neurons=4, epochs=2, samples=5, validation=True, progress=lambda *row: seen.append(row))
    assert [row[0] for row in seen] == list(range(1, 11)) and seen[-1][1] == 10


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"system": "springs"}, "systems that train on a task are dense, hru, linear, got 'springs'"),
        ({"arithmetic": "decimal"}, "the arithmetic is float or fixed, got 'decimal'"),
        ({"epochs": 0}, "the number of epochs must be a whole number >= 1, got 0"),
        ({"samples": 0}, "the number of samples must be a whole number >= 1, got 0"),
        ({"rule": "bptt"}, "fixed-point training knows the rule hel, got 'bptt'; use float arithmetic"),
        ({"rule": "foo"}, "fixed-point training knows the rule hel, got 'foo'; leave it out"),
        ({"epochs": 1.5}, "the number of epochs must be a whole number >= 1, got 1.5"),
        ({"epochs": "1"}, "the number of epochs must be a whole number >= 1, got '1'"),
        ({"samples": "x"}, "the number of samples must be a whole number >= 1, got 'x'"),
        ({"samples": 2.5}, "the number of samples must be a whole number >= 1, got 2.5"),
        ({"seed": -1}, "the seed must be a whole number >= 0, got -1"),
        ({"seed": "x"}, "the seed must be a whole number >= 0, got 'x'"),
        ({"seed": [0, 1.5]}, "a seed must be a whole number >= 0, got 1.5"),
        ({"seed": []}, r"a training has at least one seed, got \[\]"),
        ({"formats": 3}, "formats are a hel.Formats, got 3"),
        ({"progress": 3}, r"progress is a function of \(done, total, text\), got 3; leave it out"),
        ({"program": 3}, "a program is a golden.program.Program, got 3; leave it out"),
        ({"program": OTHER_SIZE}, r"the program has n = 5, m = 8, it is not that of Dense\(n=4, m=8\); leave it out"),
        (
            {"program": OTHER_STEP},
            r"the program has the formats .*step=5.*, the training .*step=2.*formats=program.form",
        ),
        ({"validation": "no"}, "validation is True or False, got 'no'; choose one"),
        ({"recipe": 3}, "the recipe of this training is a golden.training.recipe.Recipe, got 3"),
        ({"cuts": 3}, "cuts are default, calibrated or calibrated-SEED, got 3"),
        (
            {"neuron": 4},
            "training has no option neuron; it knows neurons, epochs, seed, samples, validation, cost, way",
        ),
        ({"system": None}, "a system is a name or a System object, got None"),
        ({"system": Dense}, r"a system is an object, got the class Dense; write Dense\(n, m\)"),
        ({"system": Dense(4, 2)}, r"digits has 8 channels, Dense\(n=4, m=2\) has 2 inputs; make it Dense\(4, 8\)"),
        ({"system": Dense(5, 8)}, r"Dense\(n=5, m=8\) has 5 neurons, got neurons = 4"),
        ({"rule": "bp", "arithmetic": "float"}, "rules are hel, bptt, got 'bp'"),
    ],
)
def test_bad_requests(options, message):
    with pytest.raises(HelError, match=message):
        train("digits", **{"neurons": 4, "epochs": 1, "samples": 5, **options})


@pytest.mark.parametrize("rule", ["hel", "bptt"])
def test_float_clips_where_the_integers_do(rule):
    """At a rate at which every step is clipped, 10 samples move no parameter by more than 10 clips."""
    clip_log2, moved = 4, {}
    for arithmetic in ("fixed", "float") if rule == "hel" else ("float",):
        recipe = Recipe(log2_inverse_rate=-8, clip_log2=clip_log2)
        training = Training(
            "digits", neurons=4, epochs=1, samples=10, validation=True, arithmetic=arithmetic, recipe=recipe
        )
        learner = training.arithmetic.learner(rule)
        drive(training.conversation(), learner)
        numbers, first = (training.arithmetic.numbers(one) for one in (learner.parameters(), training.theta))
        moved[arithmetic] = max(np.abs(numbers[name] - first[name]).max() for name in numbers)
    most = 10 * 2.0 ** (clip_log2 - 16)
    assert all(most / 2 < one <= most * (1 + 1e-9) for one in moved.values()), moved
