"""The file of rows: whole rows, the newest of each digest, nobody else's."""

import json

import pytest

from hel.arguments import UsageError
from hel.explore import rows
from hel.explore.points import Point
from hel.explore.spec import Exploration

MINE = Exploration("mine", "gradcheck", {}, [], ())
ROWS = [{"digest": f"{k}-a", "point": {"seed": k}, "result": {"x": "é" * k}, "seconds": 0.5} for k in range(3)]
FIRST = '{"exploration": "mine", "command": "gradcheck"}\n'


def put(path, *some):
    with rows.writing(path, MINE) as file:
        for row in some:
            file.append(row)


def test_rows_come_back(tmp_path):
    path = tmp_path / "a.jsonl"
    put(path)
    assert path.read_text() == FIRST
    put(path, *ROWS)
    assert list(rows.read(path, MINE).by_digest.values()) == ROWS and path.read_text().startswith(FIRST)
    put(path, ROWS[0] | {"seconds": 1.0})
    assert [row["seconds"] for row in rows.read(path, MINE).by_digest.values()] == [0.5, 0.5, 1.0]
    assert rows.read(tmp_path / "none.jsonl", MINE).by_digest == {} and not (tmp_path / "none.jsonl").exists()


def test_a_tail_cut_anywhere_costs_one_row(tmp_path):
    """Every length that a kill -9 or a full disk may leave."""
    path = tmp_path / "a.jsonl"
    put(path, *ROWS)
    text = path.read_bytes()
    start = text.rfind(b"\n", 0, len(text) - 1) + 1
    for length in range(len(text) + 1):
        path.write_bytes(text[:length])
        whole = text[:length].count(b"\n")
        with rows.writing(path, MINE) as file:
            assert list(file.by_digest.values()) == ROWS[: max(0, whole - 1)], length
            assert file.broken == (0 < length and not text[:length].endswith(b"\n"))
            if length >= start:
                file.append(ROWS[2])
        if length >= start:
            assert path.read_bytes() == text if length < len(text) else text + text[start:]
        assert path.read_bytes().startswith(FIRST.encode())


def test_zeros_at_the_end_are_a_tail_too(tmp_path):
    """A machine that loses power may have made the file longer before it wrote."""
    path = tmp_path / "a.jsonl"
    put(path, *ROWS)
    good = path.read_bytes()
    for tail in (b"\0" * 50, b"\0" * 50 + b"\n", b'{"digest": 3\n'):
        path.write_bytes(good + tail)
        put(path)
        assert path.read_bytes() == good


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FIRST.replace("mine", "yours"), "has the rows of another exploration, exploration 'yours' where this one has"),
        (FIRST.replace("gradcheck", "train"), "of another exploration, command 'train' where this one has 'gradcheck'"),
        ("a,b\n1,2\n", "the first line of rows says whose they are, line 1 of"),
        ("a,b", "the first line of rows says whose they are, line 1 of"),
        ('{"a": 1}\n', "the first line of rows says whose they are, line 1 of"),
        (FIRST + "oh\n" + json.dumps(ROWS[0]) + "\n", "rows are JSON, one a line, line 2 of"),
        (FIRST + '{"a": 1}\n' + json.dumps(ROWS[0]) + "\n", "rows are JSON, one a line, line 2 of"),
    ],
)
def test_what_is_no_file_of_these_rows_is_left_alone(tmp_path, text, message):
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    for use in (lambda: rows.read(path, MINE), lambda: put(path, ROWS[0])):
        with pytest.raises(UsageError, match=message):
            use()
    assert path.read_text() == text


def test_rows_of_other_sources_are_for_looking(tmp_path):
    file = rows.Rows({row["digest"]: row for row in [*ROWS, ROWS[0] | {"digest": "0-b"}]})
    points = [Point(f"{k}-b", {}, ()) for k in range(4)]
    assert [file.of(point) is not None for point in points] == [True, False, False, False]
    assert [row["digest"] for row in file.newest(points)] == ["0-b", "1-a", "2-a"]
