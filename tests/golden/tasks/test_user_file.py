"""Tasks of a user's files: split, checked, normalised if asked for."""

import numpy as np
import pytest

from golden import tasks
from golden.errors import HelError
from golden.tasks import Way
from golden.tasks.split import held_back

RNG = np.random.default_rng(5)
X = RNG.normal(size=(40, 6, 2)) / 4
Y = np.arange(40) % 4
TS = "@classLabel true a b\n@data\n" + "".join(f"{k / 9},{k / 8}:{'ab'[k % 2]}\n" for k in range(10))


@pytest.fixture
def npz(tmp_path):
    def write(**arrays):
        np.savez(tmp_path / "mine.npz", **{"x": X, "y": Y, **arrays})
        return str(tmp_path / "mine.npz")

    return write


def test_a_fifth_of_every_class_is_held_back_twice(npz):
    task = tasks.get(npz())
    assert (len(task.train), task.validation_samples, len(task.test)) == (32, 8, 8)
    assert np.bincount(task.test.labels).tolist() == [2] * 4
    assert np.bincount(task.parts(True)[1].labels).tolist() == [2] * 4
    assert (task.hold, task.log2_inverse_step, task.cost, task.kind) == (1, 2, "final", "classification")
    order, held = held_back(Y)
    assert np.array_equal(task.test.inputs, X[order[-held:]])  # as they are, and always the same ones


def test_a_way_to_play_it(npz):
    task = tasks.get(npz(), Way(hold=3, log2_inverse_step=4, normalise=True))
    assert task.steps == 18 and task.log2_inverse_step == 4
    assert task.train.inputs.std() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("y", "kind"), [(np.linspace(0, 1, 40), "regression"), (X[..., :1] / 2, "forecasting")])
def test_targets(npz, y, kind):
    task = tasks.get(npz(y=y))
    assert task.kind == kind and task.outputs == 1 and task.unit == (1.0,) and len(task.test) == 8
    normal = tasks.get(npz(y=y * 1e6), Way(normalise=True))
    assert normal.train.targets.std() == pytest.approx(0.25, abs=0.01) and normal.unit[0] > 1e5


def test_two_ts_files(tmp_path):
    for part in ("TRAIN", "TEST"):
        (tmp_path / f"a_{part}.ts").write_text(TS if part == "TRAIN" else TS.replace("0.0,0.0:a\n", ""))
    task = tasks.get(str(tmp_path / "a_TRAIN.ts"))
    assert (len(task.train), len(task.test)) == (10, 9)
    (tmp_path / "a_TEST.ts").write_text(TS.replace("true a b", "true b a"))
    with pytest.raises(
        HelError, match="have the same classes in the same order, .* have a, b and b, a; make the headers"
    ):
        tasks.get(str(tmp_path / "a_TRAIN.ts"))
    only = "\n".join(line for line in TS.splitlines() if not line.endswith(":b"))
    for learnt, judged in ((only, TS), (TS, only)):
        (tmp_path / "a_TRAIN.ts").write_text(learnt)
        (tmp_path / "a_TEST.ts").write_text(judged)
        if learnt is TS:
            assert set(tasks.get(str(tmp_path / "a_TRAIN.ts")).test.labels) == {0}
            continue
        with pytest.raises(HelError, match="every class has a training sample, .*a_TRAIN.ts has 'b' in its test part"):
            tasks.get(str(tmp_path / "a_TRAIN.ts"))
    (tmp_path / "a_TEST.ts").unlink()
    assert len(tasks.get(str(tmp_path / "a_TRAIN.ts")).test) == 2


def test_a_csv(tmp_path):
    rows = "".join(f"{s},{'up' if s % 2 else 'down'},{s / 20},{t}\n" for s in range(12) for t in range(1 + s % 3))
    (tmp_path / "a.csv").write_text("sample,label,u,v\n" + rows)
    task = tasks.get(str(tmp_path / "a.csv"))
    assert task.classes == 2 and task.channels == 2 and task.train.lengths.max() == 3 and len(task.test) == 2
    (tmp_path / "spreadsheet.csv").write_text("sample,label,u,v\n" + rows, encoding="utf-8-sig")
    assert np.array_equal(tasks.get(str(tmp_path / "spreadsheet.csv")).train.inputs, task.train.inputs)


BAD = X.copy()
BAD[3, 2, 1] = np.nan


@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"x": BAD},
            r"inputs are finite, the training set of .*mine.npz has nan in sample 3, frame 2, channel 1; fill",
        ),
        ({"y": Y - 1}, r"labels are 0 to 2, sample 0 of the training set of .* has -1; number the classes from 0"),
        ({"classes": 3}, r"labels are 0 to 2, sample 3 of the training set of .* has 3; number the classes from 0"),
        ({"y": Y + 1}, r"every class has a training sample, .*mine.npz has none of class 0; add some, or number"),
        ({"y": Y * 0}, r"a classification has at least 2 classes, .*mine.npz has 1; add samples of another"),
        ({"x": X[:4], "y": Y[:4]}, "held back of classes with several samples, .*mine.npz has one a class; add"),
        ({"lengths": np.full(40, 7)}, r"a length is 1 to 6, the frames there are; sample 0 of the training .* has 7"),
        ({"x": X[:2], "y": Y[:2]}, r"a task has at least 3 samples .*mine.npz has 2; add some"),
        ({"y": np.full(40, 0.5)}, r"targets differ, those of .*mine.npz are all \[0.5\]; there is nothing"),
        ({"y": np.where(np.arange(40) == 7, np.inf, 0.5)}, r"targets are finite, the .* set of .* has nan or inf"),
    ],
)
def test_data_that_no_task_can_be_made_of(npz, arrays, message, normalise):
    with pytest.raises(HelError, match=message):
        tasks.get(npz(**arrays), Way(normalise=normalise))


def test_values_beyond_the_formats_are_told_with_the_scale_that_fits(npz):
    big = X * 1000 / np.abs(X).max()
    message = r"inputs are operands, -16 to 16, the t\w+ set of .* has \d+\.?\d* in sample \d+; divide all by 512 "
    with pytest.raises(HelError, match=message):
        tasks.get(npz(x=big))
    assert np.abs(tasks.get(npz(x=big / 512)).train.inputs).max() <= 2
    assert np.abs(tasks.get(npz(x=big), Way(normalise=True)).train.inputs).max() <= 2
    with pytest.raises(HelError, match=r"targets are -4 to 4, the training set of .* has \d+\.?\d*; divide all by 64 "):
        tasks.get(npz(y=np.linspace(0.0, 60.0, 40)))
    with pytest.raises(HelError, match=r"divide all by 2\^996 \(values within 2 are best\)"):
        tasks.get(npz(x=X / np.abs(X).max() * 1e300))


@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize("y", [Y, np.where(np.arange(6) < 4, X[..., 0] / 2, np.nan)[..., None]])
def test_what_lies_behind_the_end_of_a_sequence_is_never_read(npz, y, normalise):
    x = np.where(np.arange(6)[:, None] < 4, X, np.nan)
    task = tasks.get(npz(x=x, y=y, lengths=np.full(40, 4)), Way(normalise=normalise))
    for split in (task.train, task.test):
        assert (split.inputs[:, 4:] == 0).all() and np.isfinite(split.answers).all()


def test_no_such_file():
    with pytest.raises(HelError, match=r"a task's file must exist, 'no.csv' does not; correct the name \(\*.npz, "):
        tasks.get("no.csv")


def test_a_file_in_another_code(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"sample,label,\xff\n")
    with pytest.raises(HelError, match="a task's file is UTF-8 text, .*a.csv is not"):
        tasks.get(str(tmp_path / "a.csv"))


def test_a_way_is_for_data_of_ones_own():
    with pytest.raises(HelError, match="hold, step and normalise are for data of your own, digits has its own; leave"):
        tasks.get("digits", Way())
