"""Cards say what the tasks are; every task is what `golden.tasks.checks` asks of one."""

import sys

import numpy as np
import pytest

from golden import tasks
from golden.arithmetic.formats import Formats
from golden.tasks import cards


def test_every_task_has_a_card():
    assert sorted(tasks.CARDS) == tasks.names()
    assert all(
        card.about and card.source and card.licence and card.kind in tasks.KINDS for card in tasks.CARDS.values()
    )


@pytest.mark.parametrize("name", sorted(tasks.CARDS))
def test_a_card_is_true(name):
    task, card = tasks.get(name), tasks.CARDS[name]
    assert tasks.checked(task) is task is tasks.get(name)
    lengths = np.concatenate([split.mask.sum(1) for split in (task.train, task.test)])
    found = (len(task.train), task.validation_samples, len(task.test), (lengths.min(), lengths.max()), task.hold)
    assert found == (card.train, card.validation, card.test, card.frames, card.hold)
    found = (task.name, task.kind, task.channels, task.classes, task.cost)
    assert found == (card.name, card.kind, card.channels, card.classes, card.cost)


@pytest.mark.parametrize("name", sorted(tasks.CARDS))
def test_inputs_are_exact_operands_that_cannot_be_changed(name):
    task, u = tasks.get(name), Formats().u
    for split in (task.train, task.test):
        assert np.array_equal(u.value(u.raw(split.inputs)), split.inputs) and np.abs(split.inputs).max() <= 2
        assert not np.where(split.mask[..., None], 0, split.inputs).any()
        for array in (split.inputs, split.lengths, split.answers):
            assert array is None or not array.flags.writeable


@pytest.mark.parametrize("name", sorted(set(tasks.CARDS) - {"covid-deaths"}))
def test_parts_are_disjoint(name):
    """Of covid-deaths several countries have no case at all, and the same sequence."""
    task = tasks.get(name)
    part, validation = task.parts(validation=True)
    assert len(part) + len(validation) == len(task.train)
    rows = [{one.tobytes() for one in split.inputs} for split in (part, validation, task.test)]
    assert not rows[0] & rows[1] and not rows[1] & rows[2] and not rows[0] & rows[2]


def test_no_package_of_data_is_imported():
    for name in tasks.CARDS:
        tasks.get(name)
    assert not {"aeon", "heartpy", "pyts", "seglearn"} & set(sys.modules)


def test_what_is_missing_is_told_with_the_command_that_gets_it(monkeypatch):
    monkeypatch.setattr(cards, "installed", lambda package: package == "scikit-learn")
    assert cards.available(tasks.CARDS["digits"]) == (True, "")
    assert cards.available(tasks.CARDS["gunpoint"]) == (False, "pip install --no-deps aeon==1.6.0")
    monkeypatch.setattr(cards, "installed", lambda package: False)
    assert cards.available(tasks.CARDS["digits"]) == (False, "pip install hel-fpga[tasks]")
    assert cards.available(tasks.CARDS["mackey-glass"]) == (True, "")
