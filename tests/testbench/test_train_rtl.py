"""The array learns digits: equal to golden after every sample, with golden's own result."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from golden.tasks import Way
from golden.training.optimiser import Optimiser
from golden.training.recipe import Recipe
from golden.training.sequences import train
from testbench import train_rtl
from testbench.session import SimulationError

pytestmark = pytest.mark.cosim


def equal_to_golden(*, elements, banks=1, samples=None, **options):
    lines = []

    def progress(done, total, text):
        lines.append((done, total))

    array = {"elements": elements, "banks": banks, "progress": progress}
    result = train_rtl.train_rtl("digits", "dense", samples=samples, **array, **options)
    golden = train("digits", "dense", arithmetic="fixed", samples=samples, **options)
    assert result["mismatches"] == 0
    assert result["compared_words"] > result["training_samples"] * options["neurons"] ** 2
    assert result["cycles"] == result["cycles_predicted"] + result["stall_cycles"]
    assert lines[-1] == (golden["training_samples"] * options["epochs"],) * 2
    for key in ("test_accuracy", "validation_accuracy", "cost", "history", "flags"):
        assert result[key] == golden[key], key
    return result


def test_a_few_samples():
    result = equal_to_golden(elements=4, neurons=8, samples=20, epochs=1, seed=1, validation=True)
    assert all((words != 0).any() for words in result["parameters"].values())


@pytest.mark.slow
def test_elements_of_several_banks_learn():
    result = equal_to_golden(elements=2, banks=4, neurons=8, samples=20, epochs=1, seed=1, validation=True)
    assert (result["elements"], result["banks"]) == (2, 4)


def test_formats_with_the_step_and_the_clip_of_a_choice():
    chosen = {"recipe": Recipe(log2_inverse_rate=4, clip_log2=7), "formats": Formats(log2_inverse_step=3, clip_log2=7)}
    result = equal_to_golden(elements=2, neurons=4, samples=10, epochs=1, validation=True, **chosen)
    assert "log2_inverse_step=3" in result["formats"] and "clip_log2=7" in result["formats"]


WELLS = """
import numpy as np
from golden.systems import System

class Wells(System):
    @property
    def parameters(self):
        return {"al": (self.n,), "c": (self.n,), "W": (self.n, self.n), "B": (self.n, self.m)}

    def initial(self, seed=0):
        rng = np.random.default_rng(seed)
        matrices = {key: rng.normal(0, 0.1, self.parameters[key]) for key in ("W", "B")}
        return {"al": np.full(self.n, 0.5), "c": np.full(self.n, 0.25), **matrices}

    def potential(self, q, u, theta):
        z = theta["W"] @ q + theta["B"] @ u
        return np.sum(theta["al"] * q**2) / 2 - np.sum(theta["c"] * np.exp(-(z**2))) - np.sum(np.arctan(z)) / 4
"""


def test_functions_that_are_1_at_0_on_elements_that_do_not_divide_the_neurons(tmp_path):
    """A pad's z is 0: were its exp(0) or 1 / (1 + 0) read, W^T s and the gradients of W and c would have it."""
    file = tmp_path / "wells.py"
    file.write_text(WELLS)
    options = {"neurons": 10, "samples": 10, "epochs": 1, "validation": True}
    result = train_rtl.train_rtl("digits", f"{file}:Wells", elements=4, **options)
    golden = train("digits", f"{file}:Wells", arithmetic="fixed", **options)
    assert result["mismatches"] == 0 and result["compared_words"] > 10 * 10**2
    same = ("cost", "history", "flags", "argument_clamped", "formats", "cuts", "cut_formats", "tables")
    assert {key: result[key] for key in same} == {key: golden[key] for key in same}
    assert [row["function"] for row in result["tables"]] == ["exp(-x**2)", "1 / (1 + x**2)"]


def test_a_difference_stops_the_run(monkeypatch):
    # One bit of one parameter, in golden only, must be found at once: the check can fail.
    from rtl.host.driver import Driver

    right = Driver.load_parameters

    def wrong(self, theta):
        theta = {name: np.array(words) for name, words in theta.items()}
        theta["W"][0, 0] ^= 1
        return right(self, theta)

    monkeypatch.setattr(Driver, "load_parameters", wrong)
    learner = _learner_in_process()
    with pytest.raises(SimulationError, match=r"must equal golden bit for bit, 1 of \d+ words differ"):
        learner()


def _learner_in_process():
    """The comparison itself, with the cycle model in the place of the simulator."""
    import asyncio

    from golden.training.sequences import Training
    from rtl.hls import compile_array, play
    from rtl.hls.cycle_model.cycle_model import CycleModel

    training = Training("digits", "dense", neurons=4, epochs=1, seed=0, samples=10, validation=True)
    schedule = compile_array(training.program, elements=2)
    model = CycleModel(schedule.geometry)

    class Array:
        def __init__(self):
            self.schedule = schedule

        async def start(self):
            pass

        async def play(self, commands):
            return np.array(play(schedule, model, commands), np.int64)

    learner = train_rtl.RtlLearner(Array(), training.learner())
    return lambda: asyncio.run(learner.start())


@pytest.mark.slow
def test_a_full_training():
    result = equal_to_golden(neurons=32, elements=16, epochs=4, seed=0)
    assert result["test_accuracy"] >= 0.93


WHIRL = """
import numpy as np
from hel import System


class Whirl(System):
    @property
    def parameters(self):
        return {"a": (self.n,), "k": (self.n,), "B": (self.n, self.m)}

    def potential(self, q, u, theta):
        springs = np.sum(theta["a"] * q**2) / 2
        return springs - np.sum(theta["k"] * np.cos(16 * q)) / 64 - (theta["B"] @ u) @ q
"""


def test_an_angle_beyond_the_table_is_named_by_its_line(tmp_path):
    """The simulator is sent the program's text, which has no lines; whoever called knows them."""
    file = tmp_path / "whirl.py"
    file.write_text(WHIRL)
    options = {"neurons": 2, "epochs": 1, "samples": 10, "validation": True}
    result = train_rtl.train_rtl("digits", f"{file}:Whirl", elements=1, **options)
    assert result["mismatches"] == 0
    assert any(one.startswith("whirl.py:13: `np.cos(16 * q)`: an angle") for one in result["argument_clamped"])
    golden = train("digits", f"{file}:Whirl", **options)
    assert all(result[flag] == golden[flag] for flag in ("argument_clamped", "operand_clipped"))


def test_targets_and_sequences_of_other_lengths_from_a_file(tmp_path):
    """The simulator's process makes task and recipe again, and plays in the same way; the array is that of digits."""
    rng = np.random.default_rng(0)
    rows = [
        [f"{u:.4f}" for u in rng.normal(size=8)] + [f"{s / 12}", str(s)] for s in range(12) for t in range(2 + s % 3)
    ]
    text = "\n".join(",".join(row) for row in rows)
    (tmp_path / "mine.csv").write_text(f"{','.join(f'u{k}' for k in range(8))},target,sample\n{text}\n")
    recipe = Recipe(4, log2_eps0=-3, optimiser=Optimiser(schedule="constant"))
    options = {"neurons": 8, "epochs": 1, "way": Way(hold=2, normalise=True), "recipe": recipe}
    result = train_rtl.train_rtl(str(tmp_path / "mine.csv"), elements=4, **options)
    golden = train(str(tmp_path / "mine.csv"), **options)
    assert result["mismatches"] == 0 and result["compared_words"] > 8**2 * result["training_samples"]
    assert result["test_nmse"] == golden["test_nmse"] and result["cost"] == golden["cost"]


def test_the_array_reads_the_last_step():
    with pytest.raises(HelError, match="the array reads positions after the last step, a final cost, got averaged for"):
        train_rtl.train_rtl("gunpoint", neurons=4, elements=2, cost="averaged")


def test_the_array_learns_plain():
    recipe = Recipe(optimiser=Optimiser("momentum"))
    with pytest.raises(HelError, match="the array learns plain, one sample at a time, got Optimiser.*; use fixed"):
        train_rtl.train_rtl("digits", neurons=4, elements=2, recipe=recipe)
