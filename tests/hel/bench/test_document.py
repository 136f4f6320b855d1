import json

import pytest

from hel.arguments import UsageError
from hel.bench.document import Document, machine

HERE = {"processor": "a", "processors": 2}
CASE = {"what": "speed", "system": "dense", "neurons": 8, "steps": 16, "batches": [1]}


def test_rows_are_kept_and_found_again(tmp_path):
    first = Document(tmp_path, "hel bench", HERE)
    assert not first.has(CASE)
    first.add(CASE, [{"who": "golden NumPy", "samples_per_s": 3.0}])
    again = Document(tmp_path, "hel bench", HERE)
    assert again.has(CASE) and again.dropped == 0
    assert again.rows([CASE]) == [
        {"what": "speed", "system": "dense", "neurons": 8, "steps": 16, "who": "golden NumPy", "samples_per_s": 3.0}
    ]
    assert again.rows([{**CASE, "neurons": 9}]) == []


def test_another_machine_begins_anew(tmp_path):
    Document(tmp_path, "hel bench", HERE).add(CASE, [])
    other = Document(tmp_path, "hel bench", {**HERE, "processors": 4})
    assert other.dropped == 1 and not other.has(CASE)
    assert not Document(tmp_path, "hel bench", HERE, anew=True).has(CASE)
    other.add({**CASE, "steps": 8}, [])
    assert len(json.loads((tmp_path / "bench.json").read_text())["measured"]) == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"measured": 3, "machine": {}}', "nonsense"])
def test_a_file_of_another_kind_is_refused(tmp_path, text):
    (tmp_path / "bench.json").write_text(text)
    with pytest.raises(UsageError, match="bench.json is no file of hel bench; choose another --out, or take it away"):
        Document(tmp_path, "hel bench", HERE)
    assert (tmp_path / "bench.json").read_text() == text


def test_the_machine_is_named():
    found = machine(["cpu (cpu)"])
    assert found["processor"] and found["processors"] >= 1 and found["numpy"] and found["devices"] == ["cpu (cpu)"]
