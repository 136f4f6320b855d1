"""Every built-in system says why its ranges are what they are, or why it has none."""

import pytest

from golden.systems import SYSTEMS, System
from hel.pages.range_reasons import reason


class Plain(System):
    """Declares nothing."""

    parameters = {}

    def potential(self, q, u, theta):
        return q @ q


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_built_in_system_gives_a_reason(name):
    assert reason(SYSTEMS[name]).endswith(".")


def test_a_class_without_ranges_has_none():
    assert reason(Plain) == ""
