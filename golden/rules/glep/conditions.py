"""The built-in boundary conditions by name."""

from __future__ import annotations

from golden.errors import HelError
from golden.rules.glep.boundary import Condition
from golden.rules.glep.cbvp import Cbvp
from golden.rules.glep.civp import Civp
from golden.rules.glep.mixed import Mixed
from golden.rules.glep.pbvp import Pbvp
from golden.rules.glep.pfvp import Pfvp

__all__ = ["CONDITIONS", "named"]

CONDITIONS: dict[str, Condition] = {c.name: c for c in (Civp(), Cbvp(), Pfvp(), Pbvp(), Mixed())}


def named(condition: str | Condition) -> Condition:
    """A built-in condition by name, or the object itself.

    >>> named("cbvp").given
    ('q0', 'qT')
    """
    if isinstance(condition, Condition):
        return condition
    if not isinstance(condition, str) or condition not in CONDITIONS:
        raise HelError(f"there is no boundary condition {condition!r}; choose from {', '.join(CONDITIONS)}")
    return CONDITIONS[condition]
