"""HEB: orders in eps and in 1/M, the joint system's gradient at any mass, the update by drifting, memory, errors."""

import math

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad, value_and_grad

from golden.cost_functions import AveragedCost, FinalCost, SummedCost
from golden.errors import HelError
from golden.rules import Problem, bptt, finite_differences, heb, rhel
from golden.systems import System, get
from tests.golden.rules import oracle
from tests.golden.rules.cases import NONLINEAR, case, one_minus_cosine, relative_error, run

STEPS, NEURONS = 120, 8


def posed(name="dense", **sizes):
    return case(name, "final", **{"n": NEURONS, "steps": STEPS, **sizes})


def joint_oracle(name, theta, inputs, targets, q0, p0, step, mass):
    """C_M and its gradient by where the joint system starts: autograd on the steps, and on V for their forces."""

    def potential(q, u, theta):
        z = anp.dot(theta["B"], u) + theta["b"]
        z = z + (anp.dot(theta["W"], q) if name == "dense" else theta["w"] * q)
        return anp.sum(theta["al"] * q**2) / 2 + anp.sum(anp.log(anp.cosh(z)))

    def run(start):
        q, p = start["q0"], start["p0"]
        theta = {key: value for key, value in start.items() if key not in ("q0", "p0")}
        momenta = {key: anp.zeros(value.shape) for key, value in theta.items()}
        for u in inputs:
            q = q + step / 2 * p
            theta = {key: value + step / 2 * momenta[key] / mass for key, value in theta.items()}
            force = grad(lambda both, u=u: potential(both[0], u, both[1]))((q, theta))
            p = p - step * force[0]
            momenta = {key: momenta[key] - step * force[1][key] for key in theta}
            q = q + step / 2 * p
            theta = {key: value + step / 2 * momenta[key] / mass for key, value in theta.items()}
        return oracle.half(q, targets)

    cost, grads = value_and_grad(run)({**theta, "q0": q0, "p0": p0})
    return grads, float(cost)


@pytest.mark.parametrize("name", NONLINEAR)
@pytest.mark.parametrize("symmetric", [True, False])
def test_infinite_mass_is_the_recurrent_echo(name, symmetric):
    system, theta, arguments = posed(name)
    grads, cost, _ = heb.gradient(Problem(system, theta, **arguments), mass=math.inf, symmetric=symmetric)
    echo, same, _ = rhel.gradient(Problem(system, theta, **arguments), symmetric=symmetric)
    assert cost == same
    assert all(relative_error(grads, echo, [key]) < 1e-10 for key in echo)


@pytest.mark.parametrize("name", NONLINEAR)
@pytest.mark.parametrize(("symmetric", "order"), [(True, 2), (False, 1)])
def test_order_in_eps(name, symmetric, order):
    """Against autograd, all gradients together: parameters, inputs, q0 and p0."""
    system, theta, arguments = posed(name)
    plain = {key: value for key, value in arguments.items() if key != "cost"}
    reference, _ = oracle.gradient(name, theta, **plain, kind="final")
    eps = 2.0 ** -np.arange(7, 13)
    found = [
        heb.gradient(Problem(system, theta, **arguments), eps=e, mass=math.inf, symmetric=symmetric)[0] for e in eps
    ]
    errors = [relative_error(grads, reference) for grads in found]
    assert order - 0.1 <= np.polyfit(np.log(eps), np.log(errors), 1)[0] <= order + 0.1


@pytest.mark.parametrize("name", NONLINEAR)
def test_order_in_mass(name):
    """Relative error ~ 1/M, 1 - cosine ~ 1/M^2."""
    system, theta, arguments = posed(name)
    reference, _, _ = bptt.gradient(Problem(system, theta, **arguments))
    masses = 10.0 ** np.arange(4, 8)
    found = [heb.gradient(Problem(system, theta, **arguments), eps=1e-5, mass=m)[0] for m in masses]
    errors = [relative_error(grads, reference, list(theta)) for grads in found]
    angles = [one_minus_cosine(grads, reference, list(theta)) for grads in found]
    assert -1.1 <= np.polyfit(np.log(masses), np.log(errors), 1)[0] <= -0.9
    assert -2.2 <= np.polyfit(np.log(masses), np.log(angles), 1)[0] <= -1.8


@pytest.mark.parametrize("name", NONLINEAR)
def test_cosine_with_finite_differences_at_large_mass(name):
    system, theta, arguments = posed(name)
    names = [*theta, "q0", "p0"]
    reference, _, _ = finite_differences.gradient(Problem(system, theta, **arguments), names=names)
    for symmetric, eps in ((True, 1e-3), (False, 1e-6)):
        grads, _, _ = heb.gradient(Problem(system, theta, **arguments), eps=eps, mass=1e8, symmetric=symmetric)
        assert one_minus_cosine(grads, reference, list(theta)) <= 1e-6
        assert one_minus_cosine(grads, reference, ["q0"]) <= 1e-6
        assert one_minus_cosine(grads, reference, ["p0"]) <= 1e-6


@pytest.mark.parametrize("name", NONLINEAR)
@pytest.mark.parametrize("mass", [5.0, 100.0])
def test_at_a_small_mass_it_is_the_gradient_of_the_joint_system(name, mass):
    """theta moves a lot, and the echo is exact all the same: order 2 against autograd through the joint steps."""
    system, theta, arguments = posed(name, n=4, steps=20)
    plain = {key: value for key, value in arguments.items() if key != "cost"}
    reference, cost = joint_oracle(name, theta, **plain, mass=mass)
    frozen, _, _ = bptt.gradient(Problem(system, theta, **arguments))
    eps = 2.0 ** -np.arange(7, 12)
    found = [heb.gradient(Problem(system, theta, **arguments), eps=e, mass=mass) for e in eps]
    assert found[0][1] == pytest.approx(cost, rel=1e-12)
    errors = [relative_error(grads, reference, list(reference)) for grads, _, _ in found]
    assert 1.9 <= np.polyfit(np.log(eps), np.log(errors), 1)[0] <= 2.1 and errors[-1] < 1e-5
    assert relative_error(frozen, reference, list(theta)) > 1e-3


class Field(System):
    """Anharmonic oscillators with vector parameters only."""

    @property
    def parameters(self):
        return {"k": (self.n,), "lam": (self.n,)}

    def potential(self, q, u, theta):
        couplings = np.sum(np.diff(q) ** 2) / 4
        return np.sum(theta["k"] * q**2) / 2 + np.sum(theta["lam"] * q**4) / 4 + couplings - u[0] * q[0]


class Joint(System):
    """Field with its parameters as coordinates sqrt(M) theta: an ordinary system of 3 n neurons."""

    heavy = 500.0
    parameters = {}

    def potential(self, q, u, theta):
        n, root = self.n // 3, np.sqrt(self.heavy)
        return Field(n).potential(q[:n], u, {"k": q[n : 2 * n] / root, "lam": q[2 * n :] / root})


def test_it_is_the_echo_of_a_joint_system():
    """HEB is rhel for the initial position of a system that has its parameters among its coordinates."""
    rng = np.random.default_rng(0)
    n, root = 4, np.sqrt(Joint.heavy)
    theta = {"k": rng.uniform(0.5, 1.5, n), "lam": rng.uniform(0.1, 0.5, n)}
    q0, p0, inputs, y = rng.normal(size=n), rng.normal(size=n), rng.normal(size=(50, 1)), rng.normal(size=n)
    for symmetric in (True, False):
        grads, cost, _ = heb.gradient(
            Problem(Field(n), theta, inputs, y, q0=q0, p0=p0), mass=Joint.heavy, symmetric=symmetric, eps=2.0**-8
        )
        start = np.concatenate([q0, root * theta["k"], root * theta["lam"]])
        joint = FinalCost(lambda q, y: np.sum((q[:n] - y) ** 2) / 2)
        both = Problem(Joint(3 * n), {}, inputs, y, q0=start, p0=np.concatenate([p0, np.zeros(2 * n)]), cost=joint)
        whole, same, _ = rhel.gradient(both, symmetric=symmetric, eps=2.0**-8)
        assert cost == pytest.approx(same, rel=1e-12)
        wanted = {"q0": whole["q0"][:n], "k": root * whole["q0"][n : 2 * n], "lam": root * whole["q0"][2 * n :]}
        wanted |= {"p0": whole["p0"][:n], "u": whole["u"]}
        assert all(relative_error(grads, wanted, [key]) < 1e-10 for key in wanted)


@pytest.mark.parametrize("mass", [50.0, math.inf])
@pytest.mark.parametrize("symmetric", [True, False])
def test_batch_is_the_sum_of_its_samples(mass, symmetric):
    system, theta, arguments = case("dense", "final", steps=8, batch=(3, 2))
    options = {"mass": mass, "symmetric": symmetric}
    grads, cost, _ = heb.gradient(Problem(system, theta, **arguments), **options)
    total = 0.0
    for at in np.ndindex(3, 2):
        one = dict(arguments, inputs=arguments["inputs"][(slice(None), *at)])
        one |= {key: arguments[key][at] for key in ("q0", "p0", "targets")}
        sample, sample_cost, _ = heb.gradient(Problem(system, theta, **one), **options)
        total += sample_cost
        assert np.allclose(grads["u"][(slice(None), *at)], sample["u"], rtol=1e-7, atol=1e-9)
        assert np.allclose(grads["q0"][at], sample["q0"], rtol=1e-7, atol=1e-9)
        grads = {key: value - sample[key] if key in theta else value for key, value in grads.items()}
    assert cost == pytest.approx(total)
    assert all(np.allclose(grads[key], 0, atol=1e-8) for key in theta)


def test_one_theta_per_sample():
    system, theta, arguments = case("dense", "final", steps=8, batch=(3,))
    batched = dict(theta, W=np.stack([theta["W"], 0.5 * theta["W"], -theta["W"]]))
    reference, _, _ = bptt.gradient(Problem(system, batched, **arguments))
    for mass in (1e9, math.inf):
        grads, _, _ = heb.gradient(Problem(system, batched, **arguments), mass=mass)
        assert grads["W"].shape == (3, 4, 4) and relative_error(grads, reference) < 1e-6


@pytest.mark.parametrize(("symmetric", "contexts"), [(True, 2), (False, 1)])
def test_memory_does_not_depend_on_steps(symmetric, contexts):
    parameters = 5 + 25 + 10 + 5
    for steps in (3, 30, 300):
        system, theta, arguments = case("dense", "final", n=5, steps=steps)
        _, _, report = heb.gradient(Problem(system, theta, **arguments), symmetric=symmetric)
        assert report.stored_words == contexts * 2 * (5 + parameters)
        assert (report.passes, report.force_evaluations) == (1 + contexts, (1 + contexts) * steps)
        _, _, report = heb.gradient(Problem(system, theta, **arguments), symmetric=symmetric, mass=math.inf)
        assert report.stored_words == contexts * (2 * 5 + parameters)


def test_learning_by_drifting_is_a_step_down_the_gradient():
    system, theta, arguments = posed(batch=(3,))
    moved, momenta, cost = heb.learn(Problem(system, theta, **arguments), drift=1e6, eps=1e-6, mass=1e9)
    assert not any(value.any() for value in momenta.values())
    grads, same, _ = bptt.gradient(Problem(system, theta, **arguments))
    assert cost == pytest.approx(same, rel=1e-5)
    step = {name: moved[name] - theta[name] for name in theta}
    wanted = {name: -1e6 * 1e-6 / 1e9 * grads[name] for name in theta}
    assert relative_error(step, wanted) < 1e-4


def test_asymmetry_falls_with_eps_and_tells_chaos():
    system, theta, arguments = case("dense", "final", n=8, steps=60)
    found = [
        heb.gradient(Problem(system, theta, **arguments), eps=eps)[2].asymmetry for eps in (2.0**-4, 2.0**-7, 2.0**-10)
    ]
    assert found[0] > 4 * found[1] > 16 * found[2] > 0
    at_rest = heb.gradient(Problem(system, theta, **arguments), eps=2.0**-7, mass=math.inf)[2].asymmetry
    assert at_rest == pytest.approx(
        rhel.gradient(Problem(system, theta, **arguments), eps=2.0**-7)[2].asymmetry, rel=1e-6
    )
    system, _, arguments = case("dense", "final", n=8, steps=1000)
    assert heb.gradient(Problem(system, {**theta, "W": 3 * theta["W"]}, **arguments), eps=1e-6)[2].asymmetry > 0.5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eps": 1e-18}, r"a nudge of one step is at least 1e-13, got 1e-18 \(round-off drowns it\)"),
        ({"mass": 0.0}, "where it is not inf, must be a positive number, got 0.0; use for example 1e6"),
        ({"mass": -1.0}, "must be a positive number, got -1.0"),
        ({"mass": math.nan}, "must be a positive number, got nan"),
        ({"mass": np.ones(2)}, r"must be a positive number, got array\(\[1., 1.\]\)"),
        ({"inputs": np.full((20, 2), np.nan)}, "inputs must be finite, got inf or nan"),
        ({"mass": "heavy"}, "must be a positive number, got 'heavy'"),
        ({"eps": 0.0}, "the nudge strength eps must be a positive number, got 0.0"),
        ({"eps": None}, "eps must be a positive number, got None"),
        (
            {"cost": SummedCost(), "targets": np.zeros((20, 4))},
            "HEB reads its cost at the final time only, got SummedCost; use FinalCost, or",
        ),
        (
            {"cost": SummedCost},
            r"a cost is one of golden.cost_functions, for instance FinalCost\(\); got <class .*SummedCost",
        ),
        ({"cost": AveragedCost()}, "at the final time only, got AveragedCost"),
        ({"mass": 1e-9}, "the run diverged within 20 steps of h = 0.125 at mass = 1e-09; take a smaller step"),
        ({"step": 50.0}, "the run diverged"),
        ({"step": 50.0, "mass": math.inf}, "the run diverged within 20 steps of h = 50 at mass = inf"),
        ({"q0": np.zeros(5)}, r"q0 has shape \(4,\), got \(5,\)"),
    ],
)
def test_errors(change, message):
    system, theta, arguments = case("dense", "final")
    with pytest.raises(HelError, match=message):
        run(heb.gradient, Problem, system, theta, **{**arguments, **change})


def test_momenta_that_are_kept_are_a_heavy_ball():
    """Three updates on one problem against v = keep v + dC/dtheta; theta = theta - rate v."""
    system, theta, arguments = posed()
    mass, eps, drift, keep = 1e10, 1e-5, 1e12, 0.8
    rate = drift * eps / mass
    moved, momenta, wanted = theta, None, theta
    speed = {name: np.zeros(value.shape) for name, value in theta.items()}
    for _ in range(3):
        moved, momenta, _ = heb.learn(
            Problem(system, moved, **arguments), drift=drift, eps=eps, mass=mass, keep=keep, momenta=momenta
        )
        grads, _, _ = bptt.gradient(Problem(system, wanted, **arguments))
        speed = {name: keep * speed[name] + grads[name] for name in theta}
        wanted = {name: wanted[name] - rate * speed[name] for name in theta}
    change, same = ({name: end[name] - theta[name] for name in theta} for end in (moved, wanted))
    assert np.linalg.norm(same["W"]) > 1e-3 and relative_error(change, same) < 1e-3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"keep": 1.0}, "keeps a share of the momenta, 0 <= keep < 1, got 1.0"),
        ({"keep": -0.1}, "got -0.1; use for example 0.9"),
        ({"momenta": [1.0]}, r"momenta are arrays by the names of theta, got \[1.0\]"),
        ({"momenta": {"W": np.zeros((4, 4))}}, "momenta have the names and shapes of theta; give those that the last"),
    ],
)
def test_learning_refuses_other_friction_and_momenta(change, message):
    system, theta, arguments = case("dense", "final")
    with pytest.raises(HelError, match=message):
        heb.learn(Problem(system, theta, **arguments), drift=1.0, **change)


def test_a_stack_is_sent_elsewhere():
    with pytest.raises(HelError, match="a rule takes a golden.systems.System and a theta by name.*golden.rules.stack"):
        heb.gradient(Problem("dense", {}, np.zeros((5, 1)), np.zeros(4)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"drift": 0.0}, "the time drift for which parameters move must be a positive number, got 0.0"),
        ({"drift": math.inf}, "must be a positive number, got inf"),
        ({"drift": 1.0, "mass": math.inf}, "parameters move with a finite mass, got inf; the learning rate is"),
    ],
)
def test_learning_needs_a_time_and_a_mass(change, message):
    system, theta, arguments = case("dense", "final")
    with pytest.raises(HelError, match=message):
        heb.learn(Problem(system, theta, **arguments), **change)


def test_the_system_is_any_of_the_built_in_ones():
    for name in ("springs", "linear"):
        system = get(name, n=NEURONS)
        _, theta, arguments = posed(name, m=1)
        reference, _, _ = finite_differences.gradient(Problem(system, theta, **arguments), names=list(theta))
        grads, _, _ = heb.gradient(Problem(system, theta, **arguments), mass=1e9)
        assert one_minus_cosine(grads, reference, list(theta)) <= 1e-6
