"""What a gradient is of: problems, checked once when they are made; with reports, and what makes a result void.

In: a system or a stack, theta, inputs, targets, initial state, cost, step. Out: a frozen `Problem`, `StaticProblem` (at
rest) or `StackProblem`.

May import of golden: errors, language, cost_functions, systems, dynamics, stacks.
"""

from golden.problems.problem import Problem
from golden.problems.report import Gradients, Report
from golden.problems.stack_problem import StackProblem
from golden.problems.static_problem import StaticProblem

__all__ = ["Gradients", "Problem", "Report", "StackProblem", "StaticProblem"]
