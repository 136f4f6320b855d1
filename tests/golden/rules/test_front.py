"""One call for every rule: it is the rule's own gradient, and says what it does not know."""

import inspect
from dataclasses import replace

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


BAD_VALUES = [
    ("bptt", {"eps": "x"}, "the nudge strength eps must be a positive number, got 'x'"),
    ("stack_bptt", {"eps": "x"}, "the nudge strength eps must be a positive number, got 'x'"),
    ("rhel", {"symmetric": "x"}, "symmetric is True or False, got 'x'; choose one"),
    ("rhel", {"eps": 1j}, "the nudge strength eps must be a positive number, got 1j"),
    ("dissipative_fixed", {"keep_bits": "x"}, "keep_bits is True or False, got 'x'; choose one"),
    ("glep", {"residual": "x"}, "residual is True or False, got 'x'"),
    ("glep", {"boundary": "cbvp"}, "by a golden.rules.glep.Boundary, got 'cbvp'; write for instance Boundary"),
    ("rhel_fixed", {"program": 3}, "a program is what golden.compiler.compile_system gives, got 3; leave it out"),
    ("finite_differences", {"names": 3}, r"names is a list such as \['al'\], got 3; leave it out for all gradients"),
    ("glep", {"names": 3}, r"names is a list such as \['al'\], got 3"),
    ("finite_differences", {"eps": 1e-30}, "the distance eps lies between 1e-12 and 1000, got 1e-30"),
    ("finite_differences", {"eps": 1e30}, r"the distance eps lies between 1e-12 and 1000, got 1e\+30"),
    ("glep_finite_differences", {"eps": 1e-30}, "the distance eps lies between 1e-12 and 1000, got 1e-30"),
    *(
        (rule, options, message)
        for rule in ("rhel_fixed", "dissipative_fixed", "ep_fixed")
        for options, message in (
            ({"eps": "x"}, "eps must be a positive power of two, got 'x'; use for instance 0.0625"),
            ({"eps": [1, 2]}, r"eps must be a positive power of two, got \[1, 2\]"),
            ({"eps": 1j}, "eps must be a positive power of two, got 1j"),
            ({"formats": 3}, r"formats are a hel.Formats, got 3; use for example Formats"),
        )
    ),
]


@pytest.mark.parametrize(("rule", "options", "message"), BAD_VALUES)
def test_values_that_cannot_be(rule, options, message):
    with pytest.raises(HelError, match=message):
        rules.gradient(posed(RULES[rule].problem), rule=rule, **{**OPTIONS.get(rule, {}), **options})


@pytest.mark.parametrize("rule", [name for name in RULES if name.endswith("_fixed")])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("W", "holds raw values .*, that is -2 to 1.99998, got 7 in parameter W; the same in all formats: scale"),
        ("inputs", "holds raw values .*, that is -16 to 15.9999, got -20 in inputs; the same in all formats"),
        ("q0", "holds raw values .*, that is -32 to 32, got 40 in q0; scale the value down or raise integer_bits"),
    ],
)
def test_what_no_word_holds_is_named_in_units(rule, change, message):
    problem = posed(RULES[rule].problem)
    if change == "W":
        changed = {"theta": {**problem.theta, "W": np.full(problem.theta["W"].shape, 7.0)}}
    else:
        changed = {change: np.full(getattr(problem, change).shape, {"inputs": -20.0, "q0": 40.0}[change])}
    with pytest.raises(HelError, match=message):
        rules.gradient(replace(problem, **changed), rule=rule, **OPTIONS.get(rule, {}))


def test_the_docstring_lists_every_rule_with_its_options():
    text = inspect.getdoc(rules.gradient).partition("Rules\n-----\n")[2].partition("\n\n")[0]
    lines = (line.split(" : ") for line in text.split("\n"))
    listed = {rule: tuple(said.rpartition("; ")[2].split(", ")) for rule, said in lines}

    def shown(name, option):
        if option.default is option.empty:
            return name
        plain = option.default is None or isinstance(option.default, int | float)
        return f"{name}={option.default if plain else '...'}"

    own = {
        rule: tuple(shown(name, option) for name, option in RULES[rule].options.items() if name != "eps")
        for rule in RULES
    }
    assert listed == {rule: options or ("no options",) for rule, options in own.items()}


def test_glep_under_another_condition():
    problem = posed(Problem)
    boundary = glep.Boundary("mixed", pT=np.zeros(4))
    grads, _, report = rules.gradient(problem, rule="glep", boundary=boundary, names=["W"])
    wanted, _, _ = rules.gradient(problem, rule="glep_finite_differences", boundary=boundary, names=["W"])
    assert report.rule == "glep mixed" and np.allclose(grads["W"], wanted["W"], rtol=1e-3, atol=1e-6)
