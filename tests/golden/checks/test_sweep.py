"""Agreement over many eps and seeds at once."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.checks.cases import Case
from golden.checks.gradcheck import gradcheck
from golden.checks.sweep import sweep


def test_the_reference_format_on_a_thousand_steps():
    """The contract: dense, N = 16, T = 1000, h = 1/8, final cost: median cosine of five seeds at the best eps."""
    best = min(sweep(Case("dense", 16, 4, 1000), Formats(), eps_log2=range(-9, -4)), key=lambda row: row.loss)
    assert 1 - best.loss >= 0.9999


def test_a_sweep_is_the_single_checks():
    """All seeds and eps in one batch: bit for bit the numbers of one run each."""
    case, formats = Case("dense", 5, 2, 40), Formats(14, 16)
    rows = sweep(case, formats, seeds=[0, 1, 2], eps_log2=[-3, -6])
    for row in rows:
        alone = [
            gradcheck("dense", steps=40, neurons=5, inputs=2, eps=2.0**row.eps_log2, seed=seed, formats=formats)
            for seed in (0, 1, 2)
        ]
        assert row.error == pytest.approx(np.median([a["relative_error_fixed"] for a in alone]), rel=1e-9)
        assert row.worst == pytest.approx(max(1 - a["cosine_fixed"] for a in alone), rel=1e-6, abs=1e-12)
