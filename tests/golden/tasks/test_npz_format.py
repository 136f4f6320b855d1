"""A user's .npz: the two layouts, and a line for each way to get them wrong."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.tasks.npz_format import parse_npz

X, Y = np.zeros((4, 3, 2)), np.array([0, 1, 0, 1])


@pytest.fixture
def file(tmp_path):
    def write(**arrays):
        np.savez(tmp_path / "a.npz", **arrays)
        return tmp_path / "a.npz"

    return write


def test_labels(file):
    train, test, classes = parse_npz(
        file(x=X.astype(np.float32), y=Y.astype(np.uint8), lengths=[1, 2, 3, 3], classes=3)
    )
    assert (
        train.inputs.shape == (4, 3, 2) and train.inputs.dtype == np.float64 and train.labels.tolist() == [0, 1, 0, 1]
    )
    assert test is None and classes == 3 and train.lengths.tolist() == [1, 2, 3, 3]


def test_a_test_set_of_ones_own(file):
    train, test, classes = parse_npz(file(x_train=X, y_train=Y, x_test=X[:1], y_test=Y[:1], lengths_test=[2]))
    assert len(train) == 4 and len(test) == 1 and train.lengths is None and test.lengths.tolist() == [2]
    assert classes is None


@pytest.mark.parametrize(
    ("y", "shape"), [(np.ones(4), (4, 1)), (np.ones((4, 2)), (4, 2)), (np.ones((4, 3, 1)), (4, 3, 1))]
)
def test_targets(file, y, shape):
    assert parse_npz(file(x=X, y=y))[0].targets.shape == shape


def test_one_channel_and_whole_numbers(file):
    assert parse_npz(file(x=np.ones((4, 3), np.int16), y=Y))[0].inputs.shape == (4, 3, 1)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": X}, "has the arrays x and y, or x_train, y_train, x_test and y_test, a.npz has a; name them so"),
        ({"x_train": X, "y_train": Y}, "a.npz has x_train, y_train; name them so"),
        ({"x": X, "y": Y, "mask": Y}, "a.npz has mask too; leave it out"),
        ({"x": X, "y": Y, "classes": [2, 3]}, "classes is one whole number"),
        ({"x": X[0, 0], "y": Y}, r"x is numbers of shape \(samples, frames, channels\).*float64 \(2,\); reshape it"),
        ({"x": np.zeros((0, 3, 2)), "y": Y[:0]}, r"a.npz has float64 \(0, 3, 2\); reshape it"),
        ({"x": X.astype(str), "y": Y}, r"x is numbers of shape .* a.npz has <U32"),
        ({"x": X, "y": Y[:3]}, r"y has one entry a sample, a.npz has \(3,\) for 4 samples; make them agree"),
        ({"x": X, "y": Y, "lengths": [1, 2]}, r"lengths is a whole number a sample, a.npz has int64 \(2,\) for 4"),
        ({"x": X, "y": Y, "lengths": np.ones(4)}, "lengths is a whole number a sample, a.npz has float64"),
        ({"x": X, "y": np.zeros((4, 2), int)}, r"whole numbers are labels, one a sample; y of a.npz has \(4, 2\); for"),
        (
            {"x": X, "y": np.array(list("abcd"))},
            "y is whole numbers .labels. or floats .targets., a.npz has <U1; number",
        ),
        ({"x": X, "y": np.ones((4, 5, 1))}, "have one a frame, a.npz has 5 for 3 frames; make them agree"),
        ({"x": np.array([[1], [1, 2]], object), "y": Y}, "holds arrays of numbers from np.savez, .*objects.; pad"),
    ],
)
def test_what_is_wrong_is_told(file, arrays, message):
    with pytest.raises(HelError, match=message):
        parse_npz(file(**arrays))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04broken"])
def test_what_is_no_npz(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(HelError, match=r"holds arrays of numbers from np.savez, a.npz does not \(.+\); pad"):
        parse_npz(tmp_path / "a.npz")


def test_one_array_of_np_save_is_no_npz(tmp_path):
    with (tmp_path / "a.npz").open("wb") as stream:
        np.save(stream, X)
    with pytest.raises(HelError, match=r"from np.savez, a.npz does not \(one array of np.save\); pad"):
        parse_npz(tmp_path / "a.npz")
