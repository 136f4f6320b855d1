"""A user's .csv: a frame a line, and a line for each way to get it wrong."""

import pytest

from golden.errors import HelError
from golden.tasks.csv_format import parse_csv


def test_words_numbers_and_parts():
    text = "sample,part,label,u,v\n1,train,10,0,1\n1,train,10,2,3\n2,train,9,4,5\n\n3,test,10,6,7\n"
    train, test, classes = parse_csv(text, "a.csv")
    assert train.inputs.tolist() == [[[0, 1], [2, 3]], [[4, 5], [0, 0]]] and train.lengths.tolist() == [2, 1]
    assert train.labels.tolist() == [1, 0] and test.labels.tolist() == [1] and classes == 2  # 9 before 10


def test_a_target_a_sample():
    train, test, classes = parse_csv("sample,u,target_1,target_2\na,1,5,6\na,2,5,6\nb,3,7,8\nb,4,7,8\n", "a.csv")
    assert train.targets.tolist() == [[5, 6], [7, 8]] and classes is None and test is None


def test_a_target_a_frame():
    train, _, _ = parse_csv("sample,u,target\na,1,5\na,2,6\nb,3,7\n", "a.csv")
    assert train.targets.tolist() == [[[5], [6]], [[7], [0]]] and train.lengths.tolist() == [2, 1]


def test_quotes_and_spaces():
    train, _, classes = parse_csv('sample, label ,u\n"a, b", up ,1\n', "a.csv")
    assert len(train) == 1 and classes == 1


HEAD = "sample,label,u\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "begins with the names of its columns, a.csv is empty"),
        ("1,2,3\n4,5,6\n", "has a column sample, and label or target, a.csv has 1, 2, 3; name them so in its first"),
        ("sample,u\na,1\n", "has a column sample, and label or target"),
        ("sample,label,target,u\na,1,1,1\n", "has a column sample, and label or target"),
        ("sample,label,u,u\n", "columns have names of their own, a.csv has 'u' twice"),
        ("sample,label,part\n", "all other columns of a task's .csv are channels, a.csv has none; add one"),
        (HEAD, "has a line a frame, a.csv has none below its first"),
        (HEAD + "a,up\n", "line 2: every line has 3 columns, got 2; correct it"),
        (HEAD + "a,up,x\n", "line 2: u is a finite number, got 'x'; fill or leave out the sample"),
        (HEAD + "a,up,1\na,up,nan\n", "line 3: u is a finite number, got 'nan'"),
        (HEAD + "a,up,1\na,up,\n", "line 3: u is a finite number, got ''"),
        (HEAD + "a,up,1\nb,up,1\na,up,1\n", "line 4: lines of a sample stand together, 'a' was ended; sort the file"),
        (HEAD + "a,up,1\na,down,1\n", "line 3: a sample has one part and one label, 'a' began with 'train up'"),
        ("sample,part,label,u\na,dev,up,1\n", "line 2: a part is train or test, got 'dev'; correct it"),
        (
            "sample,part,label,u\na,train,up,1\nb,train,down,1\nc,test,left,1\n",
            "every class has a training sample, a.csv has 'left' in its test part alone; move some to the training",
        ),
        ("sample,part,label,u\na,test,up,1\n", "a.csv has none whose part is train; add some"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, message):
    with pytest.raises(HelError, match=message):
        parse_csv(text, "a.csv")
