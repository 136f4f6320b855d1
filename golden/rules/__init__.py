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

In: a `Problem`, for systems at rest a `StaticProblem`, for stacks a `StackProblem` (`golden.problems`). Out: gradients
by name, the cost, a `Report` of what they cost.

When to use which, and what each costs: docs/learning_rules.md.

May import of golden: errors, arithmetic, language, cost_functions, program, systems, dynamics, compiler, problems,
rules.glep, native.
"""

from golden.problems import Gradients, Problem, Report, StackProblem, StaticProblem
from golden.rules.front import RULES, gradient

__all__ = ["RULES", "Gradients", "Problem", "Report", "StackProblem", "StaticProblem", "gradient"]
