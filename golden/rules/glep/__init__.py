"""GLEP: least action as a rule under any boundary condition: `glep.gradient(problem, glep.Boundary("cbvp", qT=...))`.

In: a `golden.problems.problem.Problem` of one sample, and a `Boundary`. Out: gradients, the cost, a report; or the
trajectories themselves (`golden.rules.glep.trajectories`).

boundary, one module a condition, conditions, pinned    which end data a trajectory holds
lattice, action, motion                                 the discrete action, and the motion it makes stationary
setting, solver, family                                 one problem, solved free and nudged
rule, residual, moved, finite_differences               gradients; counts: what they cost

May import of golden: errors, language, cost_functions, systems, dynamics, problems.
"""

from golden.rules.glep.boundary import Condition
from golden.rules.glep.conditions import CONDITIONS
from golden.rules.glep.pinned import Boundary
from golden.rules.glep.rule import gradient

__all__ = ["CONDITIONS", "Boundary", "Condition", "gradient"]
