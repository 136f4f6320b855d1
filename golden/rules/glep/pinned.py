"""What pins a trajectory down: a boundary condition, the data it holds at T, and the scheme of the steps."""

from __future__ import annotations

from dataclasses import dataclass

from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import numbers
from golden.rules.glep.boundary import DATA, Condition
from golden.rules.glep.conditions import named
from golden.rules.glep.lattice import SCHEMES

__all__ = ["PFVP", "Boundary"]


@dataclass(frozen=True, eq=False)
class Boundary:
    """How GLEP reads a `golden.problems.problem.Problem`: which ends its trajectory holds.

    The problem gives q0 and p0. Those that the condition does not hold are where a solver starts.

    Members
    -------
    condition : a name of CONDITIONS or a `golden.rules.glep.boundary.Condition`; held as the latter, its claims checked
    qT, pT : (n,): the end data at T that the condition holds; None where it does not
    scheme : "leapfrog": inputs (T, m), one a step, as for all other rules. "verlet": inputs (T + 1, m), one a node, the
        first and last of weight h/2

    Raises
    ------
    HelError : an unknown condition or scheme, a claim that the algebra denies, end data too many or missing.

    >>> import numpy as np
    >>> Boundary("cbvp", qT=np.zeros(2)).given
    ('q0', 'qT')
    >>> Boundary("cbvp")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: cbvp holds q0, qT; give qT=
    """

    condition: str | Condition = "pfvp"
    qT: Array | None = None
    pT: Array | None = None
    scheme: str = "leapfrog"

    def __post_init__(self) -> None:
        condition = named(self.condition)
        condition.check()
        object.__setattr__(self, "condition", condition)
        for name in ("qT", "pT"):
            value = getattr(self, name)
            if (value is None) == (name in condition.given):
                holds = ", ".join(condition.given) or "no given numbers"
                verb = f"give {name}=" if value is None else f"drop {name}="
                raise HelError(f"{condition.name} holds {holds}; {verb}")
            object.__setattr__(self, name, None if value is None else numbers(value, name))
        if self.scheme not in SCHEMES:
            raise HelError(f"there is no scheme {self.scheme!r}; choose from {', '.join(SCHEMES)}")

    @property
    def held(self) -> Condition:
        """The condition itself."""
        return named(self.condition)

    @property
    def given(self) -> tuple[str, ...]:
        """Which of q0, p0, qT, pT the trajectory holds."""
        return self.held.given

    def data(self, q0: Array, p0: Array) -> dict[str, Array]:
        """The end data held, (n,) each, by name; those at 0 are the problem's."""
        values = zip(DATA, (q0, p0, self.qT, self.pT), strict=True)
        return {name: value for name, value in values if name in self.given and value is not None}


PFVP = Boundary()
"""The condition of the Hamiltonian echo."""
