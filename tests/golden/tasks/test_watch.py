"""watch: who is left out, and who validates."""

import io
import pickle

import numpy as np
import pytest

from golden.errors import HelError
from golden.tasks import get
from golden.tasks.watch import SUBJECTS, _recordings, _Unpickler, learnt_subjects, people


def heights(split):
    """The first frames, which tell recordings apart."""
    return {tuple(row) for row in split.inputs[:, :3].reshape(len(split), -1).tolist()}


def test_every_subject_is_left_out_once():
    _, labels, subjects = _recordings()
    assert np.bincount(subjects)[1:].tolist() == [14] * SUBJECTS and np.bincount(labels).tolist() == [20] * 7
    lengths = {subject: sorted(get(f"watch:{subject}").test.lengths.tolist()) for subject in (1, 7)}
    sequences, _, _ = _recordings()
    for subject, found in lengths.items():
        assert found == sorted(len(one) for one, who in zip(sequences, subjects, strict=True) if who == subject)


def test_the_validation_part_is_the_person_before():
    first, second = get("watch:1"), get("watch:2")
    held = sorted(second.parts(validation=True)[1].lengths.tolist())
    assert held == sorted(first.test.lengths.tolist())
    assert not heights(second.train) & heights(second.test)


def test_the_people_learnt_from_are_named_in_the_order_of_the_samples():
    sequences, _, subjects = _recordings()
    task, found = get("watch:4"), learnt_subjects(4)
    assert 4 not in found and found[-14:].tolist() == [3] * 14
    for subject in set(found.tolist()):
        lengths = sorted(len(one) for one, who in zip(sequences, subjects, strict=True) if who == subject)
        assert sorted(task.train.lengths[found == subject].tolist()) == lengths


def test_watch_is_the_tenth():
    assert get("watch") is get("watch:10") and get("watch").name == "watch"


@pytest.mark.parametrize("subject", ["0", "11", "x", "", "1.5", "²"])
def test_a_subject_that_is_not_there(subject):
    with pytest.raises(HelError, match=r"watch:SUBJECT leaves out one of the subjects 1 to 10, got .*; use watch:3"):
        get(f"watch:{subject}")


def test_the_file_may_make_nothing_but_arrays():
    with pytest.raises(HelError, match=r"holds arrays alone, .* asks for builtins.eval"):
        _Unpickler(io.BytesIO(pickle.dumps(eval))).load()


def test_people_are_on_the_scale_of_those_learnt_from():
    learnt, third, eighth = people([1, 2, 4], 3, 8)
    sequences, labels, subjects = _recordings()
    assert learnt.labels.tolist() == labels[np.isin(subjects, [1, 2, 4])].tolist()
    assert third.labels.tolist() == labels[subjects == 3].tolist()
    seen = learnt.inputs[learnt.mask]
    assert np.abs(seen.mean(0)).max() < 0.02 and np.abs(seen.std(0) - 0.5).max() < 0.05  # held at 4 deviations
    frames = np.concatenate([one for one, who in zip(sequences, subjects, strict=True) if who in (1, 2, 4)])
    own = sequences[int(np.flatnonzero(subjects == 8)[0])]
    wanted = np.clip((own - frames.mean(0)) / (2 * frames.std(0)), -2, 2)
    assert np.abs(eighth.inputs[0, : len(own)] - wanted).max() <= 2.0**-14
    assert not eighth.inputs[0, len(own) :].any() and eighth.lengths[0] == len(own)
