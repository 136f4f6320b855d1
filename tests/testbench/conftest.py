"""What the tests of the bench share: each simulator that is here."""

import pytest

from golden.errors import HelError
from testbench import tools


@pytest.fixture(scope="session", params=tools.SIMULATORS)
def simulator(request):
    """The name of a simulator that can be run; skips, and says why, where it cannot."""
    try:
        tools.find(request.param)
    except HelError as error:
        pytest.skip(str(error))
    return request.param
