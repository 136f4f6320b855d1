"""What each learning rule costs, measured by running it: passes, stored words, evaluations, iterations, locality.

    python -m golden.studies.rule_costs -o docs/results/rule_costs.json --into docs/learning_rules.md

measures (about a minute on one core), writes the rows, and rewrites the tables between the markers of
docs/learning_rules.md; --render does the last from the committed rows, and `hel.pages.cost_figures`
draws them. System dense with 4 inputs; problems of `golden.checks.glepcheck.problem`: half squared error summed over
all steps (HEB: read at the end; EP: at rest); the stack has two dense layers of half the neurons. Gradients of all
parameters, and of nothing else where a rule lets one choose.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from golden.checks.comparison import compare
from golden.checks.glepcheck import EPS as STRENGTHS
from golden.checks.glepcheck import problem
from golden.cost_functions import FinalCost
from golden.errors import HelError, ended
from golden.rules import Gradients, Problem, Report, StackProblem, StaticProblem, finite_differences, glep, gradient
from golden.rules.glep import finite_differences as boundary_differences
from golden.stacks import Stack, TanhMixing
from golden.studies.command import parser
from golden.studies.pages import insert
from golden.studies.readers import readers
from golden.studies.rows import write
from golden.systems import get

__all__ = ["RULES", "Rule", "main", "measure", "render"]

NEURONS, STEPS, INPUTS, EPS = 8, 100, 4, 1e-4
BY_STEPS = tuple((NEURONS, steps) for steps in (50, 100, 200))
BY_NEURONS = tuple((neurons, STEPS) for neurons in (4, 8, 16))
COUNTS = ("passes", "stored_words", "force_evaluations", "hessian_products", "solver_iterations")

Posed = Problem | StackProblem
Prepare = Callable[[int, int, str], tuple[Any, glep.Boundary]]
Result = tuple[Gradients, float, Report]


def _dense(neurons: int, steps: int, condition: str) -> tuple[Problem, glep.Boundary]:
    return problem("dense", condition, neurons=neurons, inputs=INPUTS, steps=steps, step=0.125, seed=0)


def _layers(neurons: int, steps: int, condition: str) -> tuple[StackProblem, glep.Boundary]:
    """Two dense layers of half the neurons, with the inputs, targets and start of the one."""
    half = neurons // 2
    layer = (get("dense", n=half, m=INPUTS), TanhMixing(half, INPUTS))
    made = Stack([layer, layer], INPUTS, neurons)
    one, boundary = _dense(neurons, steps, condition)
    posed = StackProblem(
        made, made.initial(0), one.inputs, one.targets, q0=one.q0, p0=one.p0, cost=one.cost, step=one.step
    )
    return posed, boundary


@dataclass(frozen=True)
class Rule:
    """One row of the tables.

    Members
    -------
    name : as printed
    run : the rule's gradient of (problem, boundary), with `eps` as an option
    reference : another gradient of the same cost
    local, reads, reason : may the update of theta_ij be computed at connection ij; which of `golden.studies.readers`
        measures what it reads; and why
    condition : of the problem
    prepare : makes the problem and its boundary from (neurons, steps, condition)
    nudged : False for the references, which have no eps
    """

    name: str
    run: Callable[..., Result]
    reference: Callable[[Any, glep.Boundary], Gradients]
    local: bool
    reads: str
    reason: str
    condition: str = "pfvp"
    prepare: Prepare = _dense
    nudged: bool = True

    def gradient(self, posed: Posed, boundary: glep.Boundary, eps: float = EPS) -> Result:
        """`run` at one nudge strength."""
        return self.run(posed, boundary, **({"eps": eps} if self.nudged else {}))


def _rule(name: str, change: Callable[[Any], Any] = lambda posed: posed, **options: Any) -> Callable[..., Result]:
    """A rule that needs no boundary, with its options, on the problem as `change` makes it."""
    return lambda posed, boundary, **eps: gradient(change(posed), name, **options, **eps)


def _final(posed: Problem) -> Problem:
    """The cost read at the end."""
    return replace(posed, cost=FinalCost(), targets=posed.targets[-1])


def _static(posed: Problem) -> StaticProblem:
    """At rest under the first input, towards the last target."""
    return StaticProblem(posed.system, posed.theta, posed.inputs[0], posed.targets[-1])


def _moved(run: Callable[..., Result], delta: float = 1e-5) -> Callable[[Problem, glep.Boundary], Gradients]:
    """Central differences of the cost that a rule reports."""

    def reference(posed: Problem, boundary: glep.Boundary) -> Gradients:
        grads = {}
        for name, value in posed.theta.items():
            grads[name] = np.zeros(value.shape)
            for at in np.ndindex(value.shape):
                costs = []
                for sign in (1, -1):
                    moved = value.copy()
                    moved[at] += sign * delta
                    costs.append(run(replace(posed, theta={**posed.theta, name: moved}), boundary)[1])
                grads[name][at] = (costs[0] - costs[1]) / (2 * delta)
        return grads

    return reference


def _grads(run: Callable[..., Result]) -> Callable[[Any, glep.Boundary], Gradients]:
    return lambda posed, boundary: run(posed, boundary)[0]


def _boundary(condition: str, residual: bool | None = None) -> Rule:
    held = glep.CONDITIONS[condition]

    def run(posed: Problem, boundary: glep.Boundary, eps: float) -> Result:
        return glep.gradient(posed, boundary, eps=eps, names=list(posed.theta), residual=residual)

    def reference(posed: Problem, boundary: glep.Boundary) -> Gradients:
        return boundary_differences.gradient(posed, boundary, names=list(posed.theta))[0]

    wrong = residual is False and not held.residual_vanishes
    return Rule(
        f"GLEP {condition.upper()}" + (" without residual: wrong" if wrong else ""),
        run,
        reference,
        held.local or wrong,
        "slope" if held.residual_vanishes or wrong else "residual",
        "what is left is local, and not the gradient" if wrong else held.reason,
        condition,
    )


def _differences(posed: Problem, boundary: glep.Boundary) -> Result:
    return finite_differences.gradient(posed, names=list(posed.theta))


_ep, _damped, _bptt = _rule("ep", _static), _rule("dissipative", damping=0.1), _rule("bptt")

RULES = (
    Rule("EP", _ep, _moved(_ep), True, "slope", "each connection sees its two ends at rest, nudged and nudged back"),
    _boundary("civp"),
    _boundary("civp", residual=False),
    _boundary("cbvp"),
    _boundary("mixed"),
    _boundary("pbvp"),
    _boundary("pfvp"),
    Rule(
        "RHEL symmetric",
        _rule("rhel"),
        _grads(_bptt),
        True,
        "slope",
        "each connection sees its two ends in both echoes, step by step",
    ),
    Rule(
        "RHEL one-sided",
        _rule("rhel", symmetric=False),
        _grads(_bptt),
        True,
        "slope",
        "each connection sees its two ends, forwards and in the echo",
    ),
    Rule(
        "RHEL damped, g = 0.1",
        _damped,
        _moved(_damped),
        True,
        "slope",
        "as RHEL; the weights e^{g t} of nudges and slopes are a clock, the same for all",
    ),
    Rule(
        "RHEL stack of 2 layers",
        _rule("stack"),
        _grads(_rule("stack_bptt")),
        True,
        "slope",
        "each connection sees its two ends; a layer's echo nudges the one below, at the same step",
        prepare=_layers,
    ),
    Rule(
        "HEB",
        _rule("heb", _final),
        _grads(_rule("bptt", _final)),
        True,
        "slope",
        "the momentum of each parameter is its update; it stores one word for each",
    ),
    Rule(
        "BPTT",
        _bptt,
        _grads(_differences),
        False,
        "adjoint",
        "updates see their ends, but of a second network that computes Hessian products on the stored path",
        nudged=False,
    ),
    Rule(
        "finite differences",
        _differences,
        _grads(_bptt),
        False,
        "cost",
        "each parameter waits for two values of the one, global cost",
        nudged=False,
    ),
)
"""In the order of the tables. A new rule is one more entry."""


def measure(rules: Sequence[Rule] = RULES) -> Iterator[dict[str, Any]]:
    """One row per rule and size; at NEURONS, STEPS 1 - cosine with the reference, and (eps, relative error) pairs."""
    reads = readers(NEURONS)
    for rule in rules:
        for neurons, steps in dict.fromkeys(BY_STEPS + BY_NEURONS):
            posed, boundary = rule.prepare(neurons, steps, rule.condition)
            grads, _, report = rule.gradient(posed, boundary)
            row: dict[str, Any] = {"rule": rule.name, "neurons": neurons, "steps": steps}
            row["parameters"] = sum(value.size for value in posed.theta.values())
            row |= {count: getattr(report, count) for count in COUNTS}
            row |= {"local": rule.local, "reads": reads[rule.reads], "reason": rule.reason}
            if (neurons, steps) == (NEURONS, STEPS):
                wanted = rule.reference(posed, boundary)
                cosine, error = compare(grads, wanted, list(posed.theta))
                row |= {"one_minus_cosine": 1 - cosine, "relative_error": error}
                row["errors"] = _errors(rule, posed, boundary, wanted) if rule.nudged else []
            yield row


def _errors(rule: Rule, posed: Posed, boundary: glep.Boundary, wanted: Gradients) -> list[tuple[float, float]]:
    """(eps, relative error); an eps that the rule refuses is left out."""
    found = []
    for eps in STRENGTHS:
        try:
            grads, _, _ = rule.gradient(posed, boundary, eps)
        except HelError:
            continue
        found.append((eps, compare(grads, wanted, list(posed.theta))[1]))
    return found


def render(rows: Sequence[Mapping[str, Any]]) -> str:
    """The tables in Markdown."""
    by_size = {(row["rule"], row["neurons"], row["steps"]): row for row in rows}
    names = list(dict.fromkeys(row["rule"] for row in rows))
    lines = []
    for title, sizes in (
        (f"As T grows: 50 / 100 / 200 steps, {NEURONS} neurons, {_parameters(rows, BY_STEPS)[0]} parameters", BY_STEPS),
        (
            "As the system grows: 4 / 8 / 16 neurons, "
            f"{' / '.join(map(str, _parameters(rows, BY_NEURONS)))} parameters, T = {STEPS}",
            BY_NEURONS,
        ),
    ):
        lines += ["", f"**{title}**", ""]
        lines += ["| rule | passes | stored words | force evaluations | Hessian products | solver iterations |"]
        lines += ["|---" * 6 + "|"]
        for name in names:
            cells = [_cell([by_size[name, *size][count] for size in sizes]) for count in COUNTS]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += ["", f"**Agreement and locality: {NEURONS} neurons, T = {STEPS}**", ""]
    lines += [f"| rule | 1 - cosine | relative error | neurons an update reads, of {NEURONS} | local | why |"]
    lines += ["|---" * 6 + "|"]
    for name in names:
        row = by_size[name, NEURONS, STEPS]
        agreement = f"{max(0.0, row['one_minus_cosine']):.0e} | {row['relative_error']:.0e}"
        local = "yes" if row["local"] else "no"
        lines.append(f"| {name} | {agreement} | {row['reads']} | {local} | {row['reason']} |")
    return "\n".join(lines) + "\n"


def _parameters(rows: Sequence[Mapping[str, Any]], sizes: Sequence[tuple[int, int]]) -> list[int]:
    found = {(row["neurons"], row["steps"]): int(row["parameters"]) for row in rows if row["rule"] == "RHEL symmetric"}
    return [found[size] for size in sizes]


def _cell(values: Sequence[int]) -> str:
    """One number where all are the same."""
    return str(values[0]) if len(set(values)) == 1 else " / ".join(map(str, values))


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    made = parser("rule_costs", __doc__, default=True)
    made.add_argument("--render", action="store_true", help="do not measure: read the rows of --out")
    options = made.parse_args(arguments)
    if options.render:
        rows = json.loads(options.out.read_text(encoding="utf-8"))["rows"]
    else:
        rows = []
        for row in measure():
            rows.append(row)
            print(f"{row['rule']:<40} N {row['neurons']:<3} T {row['steps']:<4}", file=sys.stderr, flush=True)
        write(options.out, {"command": "python -m golden.studies.rule_costs", "rows": rows})
    if options.into:
        insert(options.into, render(rows), "rule_costs")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
