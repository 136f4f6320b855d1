"""One call for every rule: it is the rule's own gradient, and says what it does not know."""

import numpy as np
import pytest

from golden import rules
from golden.errors import HelError
from golden.rules import RULES, Problem, StackProblem, StaticProblem, glep
from tests.golden.rules.cases import case
from tests.golden.rules.stack_cases import stack_case

OPTIONS = {"dissipative": {"damping": 0.1}, "dissipative_fixed": {"log2_loss": 6}, "heb": {"mass": 1e3}}


def posed(kind):
    if kind is StackProblem:
        stack, theta, arguments = stack_case(sizes=(3, 4), steps=10)
        return StackProblem(stack, theta, **arguments)
    system, theta, arguments = case("dense", "final")
    if kind is StaticProblem:
        return StaticProblem(system, theta, arguments["inputs"][0], arguments["targets"])
    return Problem(system, theta, **arguments)


@pytest.mark.parametrize("rule", RULES)
def test_it_is_the_rules_own_gradient(rule):
    problem, options = posed(RULES[rule].problem), OPTIONS.get(rule, {})
    grads, cost, report = rules.gradient(problem, rule=rule, eps=2.0**-5, **options)
    wanted, same, other = RULES[rule].gradient(problem, eps=2.0**-5, **options)
    assert cost == same and report == other and set(grads) == set(wanted)
    assert all(np.array_equal(grads[name], wanted[name]) for name in wanted)


def test_the_echo_is_the_default_and_eps_the_rules_own():
    problem = posed(Problem)
    grads, _, report = rules.gradient(problem)
    wanted = rules.rhel.gradient(problem, eps=1e-3)[0]
    assert report.rule == "rhel" and all(np.array_equal(grads[name], wanted[name]) for name in wanted)


def test_every_rule_says_its_problem_and_a_problem_serves_many_calls():
    problem = posed(Problem)
    first, again = (rules.gradient(problem)[2] for _ in range(2))
    assert first == again, "counters start anew"
    assert {rule.problem for rule in RULES.values()} == {Problem, StaticProblem, StackProblem}


@pytest.mark.parametrize(
    ("rule", "options", "message"),
    [
        (
            "rhle",
            {},
            "there is no learning rule 'rhle'; rules are rhel, rhel_fixed, .*stack_bptt; the nearest is rhel$",
        ),
        ("finite-differences", {}, "the nearest is finite_differences$"),
        ("zzz", {}, "there is no learning rule 'zzz'; rules are .*stack_bptt$"),
        (None, {}, "there is no learning rule None"),
        ("heb", {"damping": 0.1}, "the rule heb has no option damping; it knows eps, mass, symmetric$"),
        ("glep", {"condition": "cbvp"}, "the rule glep has no option condition; it knows boundary, eps, residual"),
        ("dissipative", {}, "the rule dissipative has no default for damping; give damping=$"),
        ("ep", {}, "the rule ep differentiates a StaticProblem, got Problem; make a golden.rules.StaticProblem, or"),
        ("stack", {}, "the rule stack differentiates a StackProblem, got Problem"),
    ],
)
def test_errors(rule, options, message):
    with pytest.raises(HelError, match=message):
        rules.gradient(posed(Problem), rule=rule, **options)


def test_glep_under_another_condition():
    problem = posed(Problem)
    boundary = glep.Boundary("mixed", pT=np.zeros(4))
    grads, _, report = rules.gradient(problem, rule="glep", boundary=boundary, names=["W"])
    wanted, _, _ = rules.gradient(problem, rule="glep_finite_differences", boundary=boundary, names=["W"])
    assert report.rule == "glep mixed" and np.allclose(grads["W"], wanted["W"], rtol=1e-3, atol=1e-6)
