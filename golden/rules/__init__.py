"""Learning rules: `gradient(problem, rule="rhel", eps=..., **options) -> (grads, cost, report)`.

Each rule is a module of the same name whose own `gradient(problem, **options)` the front calls:

===================================  =================================================================================
`rhel`, `rhel_fixed`                 the Hamiltonian echo, float64 and integers: the default
`stack`                              echoes of a stack of layers, in lock-step
`dissipative`, `dissipative_fixed`   the echo of a damped system
`glep`                               least action under any boundary condition; `pfvp` is the echo
`heb`                                the momenta of dynamical parameters
`ep`, `ep_fixed`                     systems at rest
`bptt`, `stack_bptt`                 the references: backpropagation through time
`finite_differences`                 the plainest reference (of boundary problems: `glep.finite_differences`)
===================================  =================================================================================

In: a `Problem` (system, theta, inputs, targets, initial state, cost, step), for systems at rest a `StaticProblem`, for
stacks a `StackProblem`; each is checked once, when it is made. Out: gradients by name, the cost, a `Report` of what
they cost. Imports golden.systems, golden.stacks, golden.costs, golden.dynamics, golden.program, golden.compiler and
what lies below them; never golden.training, golden.checks, golden.studies or golden.tasks.

When to use which, and what each costs: docs/learning_rules.md.
"""

from golden.rules.front import RULES, gradient
from golden.rules.problem import Problem
from golden.rules.report import Gradients, Report
from golden.rules.stack_problem import StackProblem
from golden.rules.static_problem import StaticProblem

__all__ = ["RULES", "Gradients", "Problem", "Report", "StackProblem", "StaticProblem", "gradient"]
