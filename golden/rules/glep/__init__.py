"""GLEP: least action as a learning rule, under any boundary condition: `glep.gradient(..., condition="cbvp")`."""

from golden.rules.glep.boundary import Condition
from golden.rules.glep.conditions import CONDITIONS
from golden.rules.glep.rule import gradient

__all__ = ["CONDITIONS", "Condition", "gradient"]
