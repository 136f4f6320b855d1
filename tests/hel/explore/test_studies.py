"""The files of docs/explore: every point can be asked; the committed rows of studies are complete, and met again."""

from pathlib import Path

import numpy as np
import pytest

from golden.studies import optimisers
from golden.studies.sweeps import seeds_together
from hel.commands import SUMMARIES
from hel.explore import rows as files
from hel.explore.points import points
from hel.explore.spec import read
from tests.hel.commands import answer
from tests.hel.explore.sweeps import rows

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "docs/explore").glob("*.toml"))
STUDIES = ("digits", "digits_seeds", "optimisers")
"""Those whose rows are committed: docs/results/NAME.jsonl."""


def asked(name):
    """The sweep and its points."""
    exploration = read(ROOT / f"docs/explore/{name}.toml", SUMMARIES, 1080)
    return exploration, points(exploration)


def accuracies(neurons, epochs, arithmetic="fixed", rule="hel"):
    """Test accuracies of digits by seed."""
    wanted = {"neurons": neurons, "epochs": epochs, "arithmetic": arithmetic, "rule": rule}
    found = seeds_together(ROOT / "docs/results/digits.jsonl", "test_accuracy")
    (row,) = (row for row in found if wanted.items() <= row["case"].items())
    return np.array(row["test_accuracy"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_point_can_be_asked(path):
    text = (ROOT / "docs/how_to/explore.md").read_text()
    assert f"[{path.name}](../explore/{path.name})" in text and len(asked(path.stem)[1]) >= 10
    assert path.read_text().startswith("# "), "it says what it is for"


@pytest.mark.parametrize("name", STUDIES)
def test_every_point_of_a_study_has_a_row(name):
    """By the digest of its question: a default that changes is a row that is missing."""
    exploration, wanted = asked(name)
    found = files.read(ROOT / f"docs/results/{name}.jsonl", exploration)
    assert len(found.newest(wanted)) == len(wanted) == len(found.by_digest)
    assert all(set(row["result"]) == set(exploration.keep) for row in found.by_digest.values())


def test_the_table_of_optimisers_has_those_of_the_sweep():
    swept = {tuple(point.options[key] for key in optimisers.PLAIN) for point in asked("optimisers")[1]}
    assert swept == {tuple(how.values()) for how in optimisers.OPTIMISERS.values()}


def test_targets_of_digits():
    assert accuracies(32, 20).mean() >= 0.965
    assert accuracies(64, 20).mean() >= 0.975
    assert accuracies(32, 4).mean() >= 0.93


def test_no_seed_of_a_hundred_falls_off():
    (found,) = seeds_together(ROOT / "docs/results/digits_seeds.jsonl", "validation_accuracy")
    reached = found["validation_accuracy"]
    assert len(reached) == 100 and found["flags"] == [] and min(reached) >= found["mean"] - 0.03


def test_float_hel_equals_bptt_within_noise():
    """The difference of the means, in units of its standard error over the seeds."""
    hel, bptt = (accuracies(32, 10, "float", rule) for rule in ("hel", "bptt"))
    error = np.sqrt((hel.var(ddof=1) + bptt.var(ddof=1)) / len(hel))
    assert abs(hel.mean() - bptt.mean()) <= 2 * error


@pytest.mark.parametrize("name", STUDIES)
def test_a_point_again(capfd, name):
    """Integers are integers everywhere: what the first point gave, exactly."""
    exploration, wanted = asked(name)
    (row,) = files.read(ROOT / f"docs/results/{name}.jsonl", exploration).newest(wanted[:1])
    found = answer(capfd, *wanted[0].argv)
    assert {key: found[key] for key in row["result"] if key != "samples_per_s"} == {
        key: value for key, value in row["result"].items() if key != "samples_per_s"
    }


@pytest.mark.slow
def test_a_sweep_gives_the_rows_that_are_committed(tmp_path, capfd):
    """Those of 4 epochs, as `hel explore` runs them."""
    text = (ROOT / "docs/explore/digits.toml").read_text()
    head, _, zipped = text.partition("[[zip]]\n")
    short = [f"{line.partition('=')[0]}= [{line.partition('[')[2].split(',')[0]}]" for line in zipped.splitlines()]
    (tmp_path / "digits.toml").write_text("\n".join([head, "[[zip]]", *short]))
    assert answer(capfd, "explore", tmp_path / "digits.toml")["ran"] == 5
    found = {row["point"]["seed"]: row["result"]["test_accuracy"] for row in rows(tmp_path / "digits.jsonl")}
    assert [found[seed] for seed in range(5)] == accuracies(32, 4).tolist()
