"""A parameter that a system keeps to a range stays there while it learns, in integers and in float64."""

import numpy as np
import pytest

from golden.systems import Dense
from golden.training.conversation import drive
from golden.training.sequences import Training


class Held(Dense):
    """Dense, its stiffnesses between narrow ends."""

    ranges = {"al": (0.5, 0.5625)}

    def initial(self, seed):
        return {**super().initial(seed), "al": np.full(self.n, 0.53125)}


@pytest.mark.parametrize("arithmetic, unit", [("fixed", 2.0**16), ("float", 1.0)])
def test_learning_meets_both_ends_and_goes_no_further(arithmetic, unit):
    def learnt(system):
        training = Training("digits", system, arithmetic=arithmetic, epochs=1, samples=200, validation=True)
        learner = training.learner()
        drive(training.conversation(), learner)
        return learner.parameters()["al"] / unit, learner.flags

    al, flags = learnt(Held(8, 8))
    assert al.min() == 0.5 and al.max() == 0.5625 and len(set(al.tolist())) > 2
    assert "theta_clipped" not in flags
    assert np.ptp(learnt(Dense(8, 8))[0]) > 0.5
