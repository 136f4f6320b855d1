"""The .ts text: what is read, and a line for each way to get it wrong."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.tasks.ts_format import parse_ts

HEAD = "# two\n@problemName two\n@univariate false\n@classLabel true up down\n@data\n"


def test_series_of_other_lengths():
    found = parse_ts(HEAD + "1,2,3:4,5,6:down\n\n7:8:up\n", "a.ts")
    assert [one.tolist() for one in found.sequences] == [[[1, 4], [2, 5], [3, 6]], [[7, 8]]]
    assert found.labels.tolist() == [1, 0] and found.targets is None


def test_targets():
    found = parse_ts("@targetlabel true\n@data\n1,2:0.5\n3:-1e-3\n", "a.ts")
    assert found.targets.tolist() == [0.5, -1e-3] and found.names == () and found.labels.size == 0


def test_keys_in_any_case():
    assert parse_ts("@CLASSLABEL TRUE Up\n@DATA\n1:Up\n", "a.ts").labels.tolist() == [0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has its series below a line @data, a.ts has no such line; add it"),
        ("1,2,3\n", "line 1: a .ts file begins with @lines and then @data, got '1,2,3'"),
        ("@relation x\n@data\n", "line 1: a .ts file begins with @lines"),
        ("@data\n1:a\n", "says either `@classLabel true NAMES` or `@targetLabel true`, a.ts says neither"),
        ("@classLabel true a\n@targetLabel true\n@data\n1:a\n", "a.ts says both"),
        ("@timeStamps true\n@classLabel true a\n@data\n", "time stamps are not read, a.ts has @timeStamps true"),
        (HEAD, "has a series a line below @data, a.ts has none; add them"),
        (HEAD + "1,2,3\n", "line 6: a series ends in a colon and its class or target, got '1,2,3'; add it"),
        (HEAD + "1,2:3:up\n", "line 6: the channels of one series have equal lengths, got 2, 1; fill"),
        (HEAD + "1:2:up\n1:up\n", "line 7: every series has the same channels, got 1 where the first has 2"),
        (HEAD + "1,NaN:2,3:up\n", "line 6: a series is finite numbers with commas between, got 'NaN'; fill"),
        (HEAD + "1,?:2,3:up\n", r"line 6: a series is finite numbers with commas between, got '\?'; fill"),
        (HEAD + "1,,2:2,3,4:up\n", "line 6: a series is finite numbers with commas between, got ''; fill"),
        (HEAD + "1:2:left\n", "line 6: the class is one of the header's, up, down; got 'left'; correct it"),
        ("@targetLabel true\n@data\n1:nan\n", "line 3: a target is a finite number, got 'nan'; correct it"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, message):
    with pytest.raises(HelError, match=message):
        parse_ts(text, "a.ts")


def test_the_reader_agrees_with_a_naive_one():
    """On a file of the archive, by splitting alone."""
    from golden.tasks.archive import ARCHIVE

    text = ARCHIVE["japanese-vowels"].test.read().decode()
    found = parse_ts(text, "a.ts")
    for line, sequence, label in zip(text.split("@data\n")[1].split(), found.sequences, found.labels, strict=True):
        *channels, answer = line.split(":")
        assert np.array_equal(sequence.T, [[float(v) for v in one.split(",")] for one in channels])
        assert int(answer) - 1 == label
