"""Every learning rule by its name, behind one call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from golden.errors import HelError
from golden.language.validate import flag, known_options, shortened
from golden.problems.problem import Problem
from golden.problems.report import Gradients, Report
from golden.problems.stack_problem import PerLayer, StackProblem
from golden.problems.static_problem import StaticProblem
from golden.rules import (
    bptt,
    dissipative,
    dissipative_fixed,
    ep,
    ep_fixed,
    finite_differences,
    glep,
    heb,
    rhel,
    rhel_fixed,
    stack,
    stack_bptt,
)
from golden.rules.glep import finite_differences as glep_finite_differences

__all__ = ["RULES", "Rule", "gradient"]


@dataclass(frozen=True)
class Rule:
    """One learning rule.

    Members
    -------
    gradient : ``gradient(problem, **options) -> (grads, cost, report)``
    problem : the class of problems it takes
    """

    gradient: Callable[..., tuple[Gradients, float, Report]]
    problem: type = Problem

    @property
    def options(self) -> Mapping[str, inspect.Parameter]:
        """What its gradient takes besides the problem, by name."""
        return {k: v for k, v in inspect.signature(self.gradient).parameters.items() if k != "problem"}


RULES: Mapping[str, Rule] = {
    "rhel": Rule(rhel.gradient),
    "rhel_fixed": Rule(rhel_fixed.gradient),
    "dissipative": Rule(dissipative.gradient),
    "dissipative_fixed": Rule(dissipative_fixed.gradient),
    "glep": Rule(glep.gradient),
    "heb": Rule(heb.gradient),
    "bptt": Rule(bptt.gradient),
    "finite_differences": Rule(finite_differences.gradient),
    "glep_finite_differences": Rule(glep_finite_differences.gradient),
    "ep": Rule(ep.gradient, StaticProblem),
    "ep_fixed": Rule(ep_fixed.gradient, StaticProblem),
    "stack": Rule(stack.gradient, StackProblem),
    "stack_bptt": Rule(stack_bptt.gradient, StackProblem),
}
"""Every rule by its module's name. A new one is one more line."""


def gradient(
    problem: Problem | StaticProblem | StackProblem, rule: str = "rhel", *, eps: PerLayer | None = None, **options: Any
) -> tuple[Gradients, float, Report]:
    """The gradient of a problem's cost by a learning rule.

    Parameters
    ----------
    problem : a `Problem`; for "ep" and "ep_fixed" a `StaticProblem`, for "stack" and "stack_bptt" a `StackProblem`
    rule : a name of `RULES`
    eps : strength of the nudge (of a stack: or one per layer), or the distance moved; None: the rule's own default
    options : the rule's own, see `gradient` of its module; one without "=" must be given

    Rules
    -----
    rhel : the Hamiltonian echo, float64; symmetric=True
    rhel_fixed : the echo in integers; formats=None, symmetric=True, self_test=True, program=None, executor=None
    dissipative : the echo of a damped system; damping, symmetric=True
    dissipative_fixed : the same in integers; log2_loss, formats=None, keep_bits=False
    glep : least action under a `golden.rules.glep.Boundary`; boundary=..., residual=None, names=None, delta=1e-05
    heb : momenta of dynamical parameters; mass=1000000.0, symmetric=True
    bptt : back-propagation through time, the reference; no options
    finite_differences : central differences of the cost; names=None
    glep_finite_differences : the same under a `golden.rules.glep.Boundary`; boundary=..., names=None
    ep : equilibrium propagation; symmetric=True, tolerance=1e-10, max_iterations=10000
    ep_fixed : the same in integers; formats=..., symmetric=True, log2_inverse_rate=3, average=256, max_iterations=20000
    stack : echoes of a stack in lock-step; symmetric=True
    stack_bptt : back-propagation through a stack; no options

    Returns
    -------
    grads : each parameter (its own shape), "u" (T, ..., m), "q0" and "p0" (..., n); what a rule leaves out, it says
    cost : C summed over the batch
    report : `golden.problems.report.Report`

    Raises
    ------
    HelError : an unknown rule or option, one missing, a problem of another kind; and what the rule itself refuses.

    >>> import numpy as np
    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> problem = Problem(linear, linear.initial(0), np.ones((10, 1)), np.ones(2))
    >>> echo, reference = gradient(problem, eps=1.0), gradient(problem, rule="bptt")
    >>> bool(np.allclose(echo[0]["a"], reference[0]["a"])), echo[2].rule, reference[2].rule
    (True, 'rhel', 'bptt')
    >>> gradient(problem, rule="rhell")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: there is no learning rule 'rhell'; rules are rhel, rhel_fixed, ...; the nearest is rhel
    """
    found = RULES.get(rule) if isinstance(rule, str) else None
    if found is None:
        near = get_close_matches(str(rule), RULES, n=1)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise HelError(f"there is no learning rule {shortened(rule)}; rules are {', '.join(RULES)}{hint}")
    if not isinstance(problem, found.problem):
        raise HelError(
            f"the rule {rule} differentiates a {found.problem.__name__}, got {type(problem).__name__}; "
            f"make a golden.rules.{found.problem.__name__}, or take another rule"
        )
    given = options if eps is None else {**options, "eps": eps}
    known = found.options
    known_options(given, known, f"the rule {rule}")
    missing = [name for name, option in known.items() if option.default is option.empty and name not in given]
    if missing:
        raise HelError(f"the rule {rule} has no default for {', '.join(missing)}; give {missing[0]}=")
    for name, value in given.items():
        if isinstance(known[name].default, bool):
            flag(value, name)
    return found.gradient(problem, **given)
