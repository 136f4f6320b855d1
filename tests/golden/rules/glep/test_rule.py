"""GLEP against an outside oracle under every boundary condition: exactness, order, residuals, counts, errors."""

from dataclasses import replace

import numpy as np
import pytest

from golden.cost_functions import AveragedCost, FinalCost
from golden.errors import HelError
from golden.rules import Problem, bptt, glep, rhel
from golden.rules.glep import Boundary, finite_differences
from golden.rules.glep.boundary import Condition
from golden.rules.glep.trajectories import trajectories
from golden.systems import get
from tests.golden.rules.cases import case, one_minus_cosine, relative_error, run, values
from tests.golden.rules.glep import oracle
from tests.golden.rules.glep.cases import EXACT, problem

_REFERENCES = {}


def reference(condition, **options):
    """The problem and the oracle's gradients of everything there is, on the branch that golden follows."""
    key = (getattr(condition, "name", condition), *sorted(({"scheme": "leapfrog"} | options).items()))
    if key not in _REFERENCES:
        posed, boundary = problem(condition, **options)
        ends = trajectories(posed, boundary).family.ends
        numbers = {**posed.theta, "u": posed.inputs, **boundary.data(posed.q0, posed.p0)}
        start = np.concatenate([ends.q0[0], ends.p0[0]])
        posed = replace(posed, q0=ends.q0[0], p0=ends.p0[0])  # the next solver starts at the solution
        wanted, cost, z = oracle.gradient(
            posed.system.name, key[0], numbers, posed.targets, start, 0.125, boundary.scheme
        )
        assert np.abs(z - start).max() < 1e-7  # the same trajectory
        _REFERENCES[key] = posed, boundary, wanted, cost
    return _REFERENCES[key]


@pytest.mark.parametrize("scheme", ["leapfrog", "verlet"])
@pytest.mark.parametrize("condition", EXACT)
def test_every_condition_has_the_true_gradient(condition, scheme):
    size = {"n": 8, "steps": 100} if scheme == "leapfrog" else {"n": 4, "steps": 40}
    posed, boundary, wanted, cost = reference(condition, scheme=scheme, **size)
    grads, value, report = glep.gradient(posed, boundary, eps=1e-4)
    assert set(grads) == set(wanted) and value == pytest.approx(cost, rel=1e-9)
    assert one_minus_cosine(grads, wanted, list(posed.theta)) < 1e-9
    for name in grads:
        assert relative_error(grads, wanted, [name]) < 1e-4, name
    assert report.rule == f"glep {condition}" and report.steps == size["steps"]


@pytest.mark.parametrize("condition", EXACT)
def test_error_falls_with_eps_squared(condition):
    posed, boundary, wanted, _ = reference(condition, n=8, steps=100)
    eps = 2.0 ** -np.arange(7, 12)
    errors = []
    for e in eps:
        grads, _, _ = glep.gradient(posed, boundary, eps=e, names=list(posed.theta))
        errors.append(relative_error(grads, wanted, list(posed.theta)))
    assert 1.9 <= np.polyfit(np.log(eps), np.log(errors), 1)[0] <= 2.1


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_civp_without_its_residual_is_wrong(seed):
    posed, boundary, wanted, _ = reference("civp", n=4, steps=60, seed=seed)
    grads, _, report = glep.gradient(posed, boundary, residual=False)
    assert one_minus_cosine(grads, wanted, list(posed.theta)) > 0.1
    assert report.rule == "glep civp without residual" and report.passes == 3
    assert set(grads) == {*posed.theta, "u"}


@pytest.mark.parametrize("condition", ["cbvp", "pfvp", "pbvp", "mixed"])
def test_residual_is_zero_where_claimed(condition):
    """Measured by re-solving with each parameter moved, it changes nothing; under civp it is as large as the rest."""
    posed, boundary = problem(condition, n=4, steps=50)
    names = list(posed.theta)
    plain, _, few = glep.gradient(posed, boundary, names=names)
    measured, _, many = glep.gradient(posed, boundary, names=names, residual=True)
    assert relative_error(measured, plain, names) < 1e-6
    assert many.passes >= few.passes + 2 * sum(value.size for value in posed.theta.values())


def test_civp_residual_is_no_small_correction():
    posed, boundary = problem("civp", n=4, steps=50)
    plain, _, _ = glep.gradient(posed, boundary, names=list(posed.theta), residual=False)
    whole, _, _ = glep.gradient(posed, boundary, names=list(posed.theta))
    assert relative_error(plain, whole, list(posed.theta)) > 0.5


def test_counts_of_the_rules_without_solver_do_not_depend_on_steps():
    for steps in (20, 80):
        posed, boundary = problem("pfvp", n=5, steps=steps)
        _, _, report = glep.gradient(posed, boundary)
        assert (report.passes, report.stored_words, report.force_evaluations) == (3, 20, 3 * steps)
        assert (report.hessian_products, report.solver_iterations) == (0, 0)
    posed, boundary = problem("civp", n=5, steps=20)
    _, _, report = glep.gradient(posed, boundary, names=["W"])
    assert (report.passes, report.solver_iterations) == (3 + 2 * 25, 0)


@pytest.mark.parametrize("condition", ["cbvp", "pbvp", "mixed"])
def test_counts_of_the_rules_with_solver(condition):
    reports = []
    for steps in (30, 60):
        posed, boundary = problem(condition, n=3, steps=steps)
        reports.append(glep.gradient(posed, boundary)[2])
    for report in reports:
        assert report.force_evaluations == report.passes * report.steps and report.passes > 3
        assert report.solver_iterations > 0
        assert report.hessian_products % (6 * report.steps) == 0 and report.hessian_products > 0
    assert reports[0].stored_words == reports[1].stored_words > 4 * 3**2  # shooting keeps a matrix, no trajectory


@pytest.mark.parametrize("kind", [FinalCost, AveragedCost])
@pytest.mark.parametrize("condition", ["pfvp", "mixed", "pbvp", "civp"])
def test_other_costs(condition, kind):
    posed, boundary = problem(condition, n=3, steps=30)
    posed = replace(posed, cost=kind(), targets=np.ones(3))
    grads, cost, _ = glep.gradient(posed, boundary)
    wanted, same, _ = finite_differences.gradient(posed, boundary)
    assert cost == same and relative_error(grads, wanted) < 1e-4


def test_finite_differences_agree_with_the_oracle():
    posed, boundary, wanted, _ = reference("mixed", n=8, steps=100)
    found, _, report = finite_differences.gradient(posed, boundary, names=["al", "pT"])
    assert set(found) == {"al", "pT"} and report.rule == "finite differences mixed"
    assert relative_error(found, wanted, ["al", "pT"]) < 1e-6


class Antiperiodic(Condition):
    """A researcher's own: q(T) = -q(0), p(T) = -p(0)."""

    name, given, residual_vanishes = "antiperiodic", (), True
    local, causal, reason = True, False, "a half period"

    def held(self, start, end):
        return start[0] + end[0], start[1] + end[1]


def test_a_condition_of_ones_own():
    posed, boundary, wanted, _ = reference(Antiperiodic(), n=4, steps=60)
    grads, _, report = glep.gradient(posed, boundary)
    assert one_minus_cosine(grads, wanted, list(posed.theta)) < 1e-9 and report.rule == "glep antiperiodic"


def test_a_condition_with_a_residual_of_its_own():
    """Momentum and position held at the end, free and nudged: civp in the mirror."""

    class Last(Condition):
        name, given, residual_vanishes = "final value", ("qT", "pT"), False
        local, causal, reason = False, False, "runs backwards"

        def held(self, start, end):
            return end

    posed, boundary = problem(Last(), n=4, steps=40)
    grads, _, report = glep.gradient(posed, boundary)
    wanted, _, _ = finite_differences.gradient(posed, boundary)
    assert relative_error(grads, wanted) < 1e-4 and report.solver_iterations == 0
    assert set(grads) == {*posed.theta, "u", "qT", "pT"}


def test_quadratic_system_under_periodic_conditions_has_one_orbit():
    """Whatever the guess, the orbit is the same, and so is the gradient."""
    posed, boundary = problem("pbvp", name="linear", n=4, steps=60)
    one, cost, _ = glep.gradient(posed, boundary)
    posed = replace(posed, q0=None, p0=None)
    two, same, _ = glep.gradient(posed, boundary)
    assert cost == pytest.approx(same, rel=1e-9) and relative_error(one, two) < 1e-8


def test_pfvp_is_rhel_to_the_last_bit():
    for kind in ("final", "summed", "averaged"):
        system, theta, arguments = case("dense", kind, n=8, steps=100)
        posed = Problem(system, theta, **arguments)
        one, cost, _ = glep.gradient(posed)
        two, same, _ = rhel.gradient(posed)
        assert cost == same and set(one) == set(two)
        assert all(np.array_equal(one[name], two[name]) for name in two)
        assert one_minus_cosine(one, bptt.gradient(posed)[0], list(theta)) < 1e-9


ERRORS = [
    ({"condition": "dirichlet"}, "there is no boundary condition 'dirichlet'; choose from civp, cbvp, pfvp, pbvp"),
    ({"eps": 0.0}, "the nudge strength eps must be a positive number, got 0.0"),
    ({"eps": float("nan")}, "the nudge strength eps must be a positive number, got nan"),
    ({"eps": 1e-14}, "a nudge of 7.8e-17 a step drowns in round-off, at least 1e-11 is needed; use eps = 0.0001"),
    ({"condition": ["pfvp"]}, r"there is no boundary condition \['pfvp'\]"),
    ({"delta": -1.0}, "the distance delta must be a positive number, got -1.0"),
    ({"step": 0.0}, "the step h must be a positive number, got 0.0"),
    ({"step": 3.0}, r"goes beyond 1e\+30 within 100 steps of h = 3; take a smaller step"),
    ({"scheme": "euler"}, "there is no scheme 'euler'; choose from leapfrog, verlet"),
    ({"names": ["w"]}, "there is no gradient of w; choose from al, W, B, b, u, q0, qT"),
    ({"qT": None}, "cbvp holds q0, qT; give qT="),
    ({"pT": np.zeros(8)}, "cbvp holds q0, qT; drop pT="),
    ({"qT": np.zeros(7)}, r"qT has shape \(8,\), got \(7,\)"),
    ({"qT": np.full(8, np.nan)}, "qT must be finite, got inf or nan"),
    ({"q0": np.zeros((3, 8))}, r"q0 has shape \(8,\), got \(3, 8\)"),
    ({"inputs": np.zeros((100, 3, 2))}, r"glep takes one sample at a time, .* got the batch \(3,\)"),
    ({"inputs": np.zeros((100, 3))}, r"inputs of Dense\(n=8, m=2\) have shape \(T, ..., 2\)"),
    (
        {"inputs": np.zeros((1, 2)), "targets": np.zeros((1, 8)), "scheme": "verlet"},
        r"one input per node, T \+ 1 rows with T >= 1; got 1",
    ),
    ({"targets": np.zeros((99, 8))}, "a summed cost needs one target per step"),
    ({"eps": 1e3}, "smaller step or eps|use a smaller eps|try a smaller eps"),
]


@pytest.mark.parametrize(("change", "message"), ERRORS)
def test_errors(change, message):
    posed, boundary = problem("cbvp")
    if change.get("step") == 3.0:
        posed = replace(posed, theta={**posed.theta, "al": posed.theta["al"] + 10})
    pinned = {name: change[name] for name in ("condition", "qT", "pT", "scheme") if name in change}
    with pytest.raises(HelError, match=message):
        boundary = replace(boundary, **pinned)
        rest = {name: value for name, value in change.items() if name not in pinned}
        run(glep.gradient, Problem, boundary=boundary, **{**values(posed), **rest})


def test_periodic_conditions_want_periodic_inputs():
    posed, boundary = problem("pbvp", scheme="verlet")
    inputs = posed.inputs.copy()
    inputs[-1] += 0.25
    posed = replace(posed, inputs=inputs)
    with pytest.raises(
        HelError, match=r"pbvp wants periodic inputs, u\[0\] = u\[T\], got a difference of 0.25; repeat"
    ):
        glep.gradient(posed, boundary)


@pytest.mark.parametrize(("condition", "quarter"), [("cbvp", 2), ("mixed", 1), ("pbvp", 4)])
def test_a_singular_problem_is_said_to_be_one(condition, quarter):
    """One frequency of the leapfrog: cos phi = 1 - h^2 a / 2; conjugate after half a turn, focal after a quarter."""
    steps = 40
    turn = quarter * np.pi / 2 / steps
    theta = {"a": np.full(2, 2 * (1 - np.cos(turn)) / 0.125**2), "B": np.zeros((2, 1))}
    end = {"cbvp": {"qT": np.zeros(2)}, "mixed": {"pT": np.zeros(2)}, "pbvp": {}}[condition]
    with pytest.raises(HelError, match=f"{condition}: the boundary-value problem is singular .* conjugate points"):
        glep.gradient(Problem(get("linear", n=2), theta, np.zeros((steps, 1)), np.ones(2)), Boundary(condition, **end))


def test_a_motion_too_sensitive_is_refused():
    posed, boundary = problem("cbvp", steps=2000, n=4)
    posed = replace(posed, theta={**posed.theta, "W": 3 * posed.theta["W"]})
    with pytest.raises(HelError, match=r"cbvp: small changes of the start grow \d.* times over 2000 steps, too much"):
        glep.gradient(posed, boundary)


def test_an_echo_lost_in_chaos_is_refused():
    """Where round-off grows beyond the nudge, the way back is no derivative of anything."""
    posed, boundary = problem("pfvp", n=8, steps=1000)
    posed = replace(posed, theta={**posed.theta, "W": 3 * posed.theta["W"]})
    with pytest.raises(HelError, match="pfvp: the nudged trajectories must lie on either side of the free one, but q0"):
        glep.gradient(posed, boundary)


def test_a_problem_without_a_solution_is_refused():
    """A turn of half a period takes q to -q, whatever p: another q(T) cannot be met. Nor is a far end by 2 steps."""
    posed, boundary = problem("cbvp", n=2, steps=50)
    al = np.full(2, 2 * (1 - np.cos(np.pi / 50)) / 0.125**2)
    posed = replace(posed, theta={**posed.theta, "al": al, "W": np.zeros((2, 2))})
    with pytest.raises(HelError, match="cbvp: the boundary-value problem is singular|cbvp: no trajectory found"):
        glep.gradient(posed, boundary)


def test_a_solver_that_fails_says_so(monkeypatch):
    """With a single correction allowed and no other start, a nonlinear problem is not solved."""
    from golden.rules.glep import solver

    monkeypatch.setattr(solver, "LIMIT", 1)
    monkeypatch.setattr(solver, "STARTS", 0)
    posed, boundary = problem("mixed", n=4, steps=40)
    message = r"mixed: no trajectory found .* after 1 Newton iterations they are missed by .* is wanted; try a smaller"
    with pytest.raises(HelError, match=message):
        glep.gradient(posed, boundary)


def test_a_condition_alone_is_no_boundary():
    posed, _ = problem("pfvp", n=2, steps=4)
    with pytest.raises(HelError, match="by a golden.rules.glep.Boundary, got 'pfvp'; write for instance Boundary"):
        glep.gradient(posed, "pfvp")


def test_clashing_parameter_names():
    class Clash(type(get("linear", n=2))):
        @property
        def parameters(self):
            return {"qT": (2,)}

    with pytest.raises(HelError, match="rename the parameter qT"):
        glep.gradient(Problem(Clash(2), {"qT": np.zeros(2)}, np.zeros((3, 1)), np.zeros(2)))
