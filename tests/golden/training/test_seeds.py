"""What a seed draws: repeatable, apart from seed to seed, and the same side by side as alone."""

import numpy as np

from golden.training.seeds import first_readout, sample_order, side_by_side


def test_every_epoch_meets_every_sample_once():
    order = sample_order(5, 40, 3)
    assert [sorted(epoch) for epoch in order.tolist()] == [list(range(40))] * 3
    assert not np.array_equal(order[0], order[1])


def test_seeds_side_by_side_are_those_alone():
    both = side_by_side((2, 7), lambda seed: first_readout(seed, 3, 4, 0.3))
    assert both["weights"].shape == (2, 3, 4) and not both["bias"].any()
    for at, seed in enumerate((2, 7)):
        assert np.array_equal(both["weights"][at], first_readout(seed, 3, 4, 0.3)["weights"])


def test_a_longer_run_begins_as_a_shorter_one():
    assert np.array_equal(sample_order(1, 9, 5)[:2], sample_order(1, 9, 2))
