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
from dataclasses import dataclass
from typing import Any

import numpy as np

from golden.checks.glepcheck import EPS as STRENGTHS
from golden.checks.glepcheck import problem
from golden.checks.gradcheck import compare
from golden.costs import FinalCost
from golden.errors import HelError
from golden.rules import bptt, dissipative, ep, finite_differences, glep, heb, rhel, stack, stack_bptt
from golden.rules.glep import finite_differences as boundary_differences
from golden.rules.problem import Gradients
from golden.rules.report import Report
from golden.stacks import Stack, TanhMixing
from golden.studies.command import parser
from golden.studies.pages import insert
from golden.studies.readers import readers
from golden.studies.rows import write
from golden.systems import System, get

__all__ = ["RULES", "Rule", "main", "measure", "render"]

NEURONS, STEPS, INPUTS, EPS = 8, 100, 4, 1e-4
BY_STEPS = tuple((NEURONS, steps) for steps in (50, 100, 200))
BY_NEURONS = tuple((neurons, STEPS) for neurons in (4, 8, 16))
COUNTS = ("passes", "stored_words", "force_evaluations", "hessian_products", "solver_iterations")

Prepare = Callable[[int, int, str], tuple[Any, dict[str, Any]]]
Result = tuple[Gradients, float, Report]
Given = dict[str, Any]


def _dense(neurons: int, steps: int, condition: str) -> tuple[System, Given]:
    system, given = problem("dense", condition, neurons=neurons, inputs=INPUTS, steps=steps, step=0.125, seed=0)
    del given["condition"]
    return system, given


def _layers(neurons: int, steps: int, condition: str) -> tuple[Stack, Given]:
    """Two dense layers of half the neurons, with the inputs, targets and start of the one."""
    half = neurons // 2
    layer = (get("dense", n=half, m=INPUTS), TanhMixing(half, INPUTS))
    made = Stack([layer, layer], INPUTS, neurons)
    return made, {**_dense(neurons, steps, condition)[1], "theta": made.initial(0)}


@dataclass(frozen=True)
class Rule:
    """One row of the tables.

    Members
    -------
    name : as printed
    run : the rule's gradient on (system, arguments), with the nudge strength `eps` among them
    reference : another gradient of the same cost
    local, reads, reason : may the update of theta_ij be computed at connection ij; which of `golden.studies.readers`
        measures what it reads; and why
    condition : of the problem
    prepare : makes the system and the arguments from (neurons, steps, condition)
    nudged : False for the references, which have no eps
    """

    name: str
    run: Callable[[Any, Given], Result]
    reference: Callable[[Any, Given], Gradients]
    local: bool
    reads: str
    reason: str
    condition: str = "pfvp"
    prepare: Prepare = _dense
    nudged: bool = True

    def gradient(self, system: Any, given: Given, eps: float = EPS) -> Result:
        """`run` at one nudge strength."""
        return self.run(system, {**given, "eps": eps} if self.nudged else given)


def _final(given: Given) -> Given:
    return {**given, "cost": FinalCost(), "targets": given["targets"][-1]}


def _static(given: Given) -> Given:
    kept = {key: value for key, value in _final(given).items() if key not in ("p0", "step")}
    return {**kept, "inputs": given["inputs"][0], "q0": None}


def _moved(run: Callable[[System, Given], Result], delta: float = 1e-5) -> Callable[[System, Given], Gradients]:
    """Central differences of the cost that a rule reports."""

    def reference(system: System, given: Given) -> Gradients:
        grads = {}
        for name, value in given["theta"].items():
            grads[name] = np.zeros(value.shape)
            for at in np.ndindex(value.shape):
                costs = []
                for sign in (1, -1):
                    moved = value.copy()
                    moved[at] += sign * delta
                    costs.append(run(system, {**given, "theta": {**given["theta"], name: moved}})[1])
                grads[name][at] = (costs[0] - costs[1]) / (2 * delta)
        return grads

    return reference


def _bptt(system: System, given: Given) -> Gradients:
    return bptt.gradient(system, **given)[0]


def _boundary(condition: str, residual: bool | None = None) -> Rule:
    held = glep.CONDITIONS[condition]

    def run(system: System, given: Given) -> Result:
        names = list(system.parameters)
        return glep.gradient(system, **given, condition=condition, names=names, residual=residual)

    def reference(system: System, given: Given) -> Gradients:
        names = list(system.parameters)
        return boundary_differences.gradient(system, **given, condition=condition, names=names)[0]

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


def _ep(system: System, given: Given) -> Result:
    return ep.gradient(system, **_static(given))


def _damped(system: System, given: Given) -> Result:
    return dissipative.gradient(system, **given, damping=0.1)


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
        lambda system, given: rhel.gradient(system, **given),
        _bptt,
        True,
        "slope",
        "each connection sees its two ends in both echoes, step by step",
    ),
    Rule(
        "RHEL one-sided",
        lambda system, given: rhel.gradient(system, **given, symmetric=False),
        _bptt,
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
        lambda made, given: stack.gradient(made, **given),
        lambda made, given: stack_bptt.gradient(made, **given)[0],
        True,
        "slope",
        "each connection sees its two ends; a layer's echo nudges the one below, at the same step",
        prepare=_layers,
    ),
    Rule(
        "HEB",
        lambda system, given: heb.gradient(system, **_final(given)),
        lambda system, given: _bptt(system, _final(given)),
        True,
        "slope",
        "the momentum of each parameter is its update; it stores one word for each",
    ),
    Rule(
        "BPTT",
        lambda system, given: bptt.gradient(system, **given),
        lambda system, given: finite_differences.gradient(system, **given, names=list(system.parameters))[0],
        False,
        "adjoint",
        "updates see their ends, but of a second network that computes Hessian products on the stored path",
        nudged=False,
    ),
    Rule(
        "finite differences",
        lambda system, given: finite_differences.gradient(system, **given, names=list(system.parameters)),
        _bptt,
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
            system, given = rule.prepare(neurons, steps, rule.condition)
            grads, _, report = rule.gradient(system, given)
            row: dict[str, Any] = {"rule": rule.name, "neurons": neurons, "steps": steps}
            row["parameters"] = sum(value.size for value in given["theta"].values())
            row |= {count: getattr(report, count) for count in COUNTS}
            row |= {"local": rule.local, "reads": reads[rule.reads], "reason": rule.reason}
            if (neurons, steps) == (NEURONS, STEPS):
                wanted = rule.reference(system, given)
                cosine, error = compare(grads, wanted, list(given["theta"]))
                row |= {"one_minus_cosine": 1 - cosine, "relative_error": error}
                row["errors"] = _errors(rule, system, given, wanted) if rule.nudged else []
            yield row


def _errors(rule: Rule, system: Any, given: Given, wanted: Gradients) -> list[tuple[float, float]]:
    """(eps, relative error); an eps that the rule refuses is left out."""
    found = []
    for eps in STRENGTHS:
        try:
            grads, _, _ = rule.gradient(system, given, eps)
        except HelError:
            continue
        found.append((eps, compare(grads, wanted, list(given["theta"]))[1]))
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
        rows = json.loads(options.out.read_text())["rows"]
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
    sys.exit(main())
