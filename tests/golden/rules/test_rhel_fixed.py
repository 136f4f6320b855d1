from dataclasses import replace

import numpy as np
import pytest

from golden import systems
from golden.arithmetic.formats import Formats
from golden.checks.cases import Case, problem
from golden.checks.comparison import compare
from golden.compiler import compile_system
from golden.compiler.calibrate import calibrated
from golden.cost_functions import AveragedCost, FinalCost, SummedCost, half_squared_error
from golden.dynamics.integrator import Flags
from golden.errors import HelError
from golden.rules import Problem, StaticProblem, bptt, dissipative_fixed, ep_fixed, rhel, rhel_fixed
from golden.rules.rhel_fixed import gradient
from tests.golden.rules.cases import run, values

NAMES = ("dense", "hru", "linear", "springs")


def numbers(name, cost, steps=60, neurons=5, seed=0):
    case = Case(name, neurons, 2, steps, "summed" if cost is SummedCost else "final")
    return replace(problem(case, seed), cost=cost())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("cost", "eps"), [(FinalCost, 2.0**-5), (SummedCost, 2.0**-4), (AveragedCost, 2.0**-4)])
def test_every_gradient_agrees_with_bptt(name, cost, eps):
    """Fine formats leave the error of eps; parameters, inputs and initial state alike."""
    posed = numbers(name, cost)
    found, total, report = gradient(posed, eps=eps, formats=Formats(24, 22, 6, 3, 48, 0))
    wanted, value, _ = bptt.gradient(posed)
    assert total == pytest.approx(value, rel=1e-4)
    assert report.return_error_lsb == 0 and report.flags == Flags(0) and report.passes == 3
    for key in wanted:
        cosine, error = compare(found, wanted, [key])
        assert cosine > 0.999 and error < 0.05, key


@pytest.mark.parametrize("cost", [FinalCost, SummedCost])
def test_error_falls_with_eps_squared_like_the_float_rule(cost):
    posed = numbers("dense", cost)
    wanted, _, _ = bptt.gradient(posed)
    fine = Formats(26, 22, 6, 3, 48, 0)
    names = list(posed.theta)
    powers = np.array([-1, -2, -3])
    errors = [compare(gradient(posed, eps=2.0**m, formats=fine)[0], wanted, names)[1] for m in powers]
    floats = [compare(rhel.gradient(posed, eps=2.0**m)[0], wanted, names)[1] for m in powers]
    assert np.polyfit(powers, np.log2(errors), 1)[0] == pytest.approx(2, abs=0.15)
    assert errors == pytest.approx(floats, rel=0.05)


def test_one_sided_error_falls_with_eps():
    posed = numbers("dense", FinalCost)
    wanted, _, _ = bptt.gradient(posed)
    powers = np.array([-3, -4, -5])
    errors = []
    for m in powers:
        found, _, report = gradient(posed, eps=2.0**m, formats=Formats(26, 22, 6, 3, 48, 0), symmetric=False)
        assert report.passes == 2 and report.return_error_lsb == 0 and report.rule == "rhel fixed one-sided"
        errors.append(compare(found, wanted, list(posed.theta))[1])
    assert np.polyfit(powers, np.log2(errors), 1)[0] == pytest.approx(1, abs=0.15)


def test_a_cost_of_ones_own_takes_the_float_slope():
    """Written out again, the half squared error goes the general way, and differs by roundings only."""
    posed = numbers("dense", FinalCost)
    one, _, _ = gradient(posed)
    two, _, _ = gradient(replace(posed, cost=FinalCost(lambda q, y: half_squared_error(q, y))))
    assert compare(one, two, ["W"])[0] > 0.9999


def test_a_batch_sums_its_samples():
    posed = numbers("hru", FinalCost)
    q0 = np.stack([posed.q0, -posed.q0])
    inputs = np.stack([posed.inputs] * 2, axis=1)
    whole, total, _ = gradient(replace(posed, q0=q0, inputs=inputs))
    parts = [gradient(replace(posed, q0=q)) for q in q0]
    assert total == sum(part[1] for part in parts)
    for key in posed.theta:
        assert (whole[key] == parts[0][0][key] + parts[1][0][key]).all()
    assert (whole["q0"] == np.stack([part[0]["q0"] for part in parts])).all()
    assert (whole["u"] == np.stack([part[0]["u"] for part in parts], axis=1)).all()


def test_overflow_is_reported():
    posed = numbers("linear", FinalCost)
    far = replace(posed, q0=posed.q0 + 1.5, targets=posed.targets * 0)
    _, _, report = gradient(far, formats=Formats(integer_bits=2))
    assert report.flags & Flags.Q_OVERFLOW and report.return_error_lsb == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eps": 2.0**40}, r"eps lies between 2\*\*-30 and 2\*\*30, got 2\*\*40; use"),
        ({"eps": 0.1}, "eps must be a power of two, got 0.1; use 0.0625 or 0.125"),
        ({"step": 0.3}, "step must be a power of two, got 0.3; use 0.25 or 0.5"),
        ({"step": 0.25, "formats": Formats()}, "formats with log2_inverse_step=3 run at h = 0.125, got 0.25"),
        (
            {"formats": Formats(12), "program": compile_system(systems.get("dense", n=5, m=2))},
            "a program has its own formats, fraction_bits=16 .* got fraction_bits=12 .*; leave them out",
        ),
        ({"q0": np.full(5, 40.0)}, r"SQ\(6, 20\) holds raw values .* scale the value down"),
    ],
)
def test_errors(change, message):
    posed = numbers("dense", FinalCost)
    with pytest.raises(HelError, match=message):
        run(gradient, Problem, **{**values(posed), **change})


def test_a_program_of_ones_own_replaces_the_compiled_one():
    posed = numbers("springs", FinalCost)
    system = posed.system
    usual, finer = gradient(posed)[0], gradient(posed, program=calibrated(compile_system(system), system))[0]
    same = gradient(posed, program=compile_system(system))[0]
    assert all((same[key] == usual[key]).all() for key in usual)
    assert (finer["kc"] != usual["kc"]).any()


def test_angles_beyond_the_table_are_named():
    """The flag says that, the report which; tanh is flat where its table ends."""

    class Cosines(systems.System):
        @property
        def parameters(self):
            return {"g": (self.n,)}

        def potential(self, q, u, theta):
            return -np.sum(theta["g"] * np.cos(2 * q)) - u[0] * q[0]

    def clamped(system, start):
        posed = Problem(system, system.initial(0), np.zeros((5, 1)), np.zeros(3), q0=np.full(3, start))
        report = gradient(posed)[2]
        assert report.flags == (Flags.ARGUMENT_CLAMPED if report.argument_clamped else Flags(0))
        return report.argument_clamped

    assert clamped(Cosines(3), 3.0) == ()  # 6 + pi / 2 < 8
    (line,) = clamped(Cosines(3), 3.5)
    assert line.startswith("test_rhel_fixed.py:") and ": `2 * q`: an angle beyond the table of sin" in line
    assert clamped(systems.get("dense", n=3), 12.0) == ()


def test_a_system_without_inputs():
    class Free(systems.System):
        @property
        def parameters(self):
            return {"k": (self.n,)}

        def potential(self, q, u, theta):
            return np.sum(theta["k"] * q**2) / 2

    free = Free(3)
    grads, _, _ = rhel_fixed.gradient(Problem(free, {"k": np.ones(3)}, np.zeros((8, 1)), np.ones(3), q0=np.ones(3)))
    assert not grads["u"].any() and grads["k"].all()


class Priced(systems.System):
    """dV/du has a matrix of squares, which has no integer form; nothing else needs it."""

    parameters = {"k": (3,), "W": (3, 3)}  # noqa: RUF012

    def potential(self, q, u, theta):
        strings = np.sum(theta["k"] * q**2) + q @ (theta["W"] @ q)
        return strings / 2 + u[0] * np.sum(theta["W"] ** 2) - u[1] * q[0]


@pytest.mark.parametrize("rule", [rhel_fixed, ep_fixed, dissipative_fixed])
def test_what_has_no_integer_form_is_left_out_and_who_asks_is_told_why(rule):
    """All gradients but that of the input; never zeros in its place."""
    priced = Priced(3, 2)
    options = {"log2_loss": 6} if rule is dissipative_fixed else {}
    if rule is ep_fixed:
        posed = StaticProblem(priced, priced.initial(0), np.full(2, 0.5), np.full(3, 0.25))
    else:
        posed = Problem(priced, priced.initial(0), np.full((20, 2), 0.5), np.full(3, 0.25))
    grads = rule.gradient(posed, **options)[0]
    assert "k" in grads and "u" not in grads
    with pytest.raises(HelError, match="test_rhel_fixed.py:.*W.*dV/du alone needs it: leave out the input grad"):
        grads["u"]
    with pytest.raises(KeyError):
        grads["nothing"]


def softened(q, y):
    return np.sum(np.log(np.cosh(q - y)))


@pytest.mark.parametrize("cost", [FinalCost, SummedCost, AveragedCost, lambda: SummedCost(softened)])
@pytest.mark.parametrize("name", ["dense", "springs"])
def test_gradients_at_several_strengths_are_those_of_each(name, cost):
    """Bit for bit: integers do not mind their neighbours."""
    posed = numbers(name, SummedCost if cost().per_step else FinalCost, steps=30)
    posed = replace(posed, cost=cost())
    eps = [2.0**-7, 2.0**-4, 2.0**5]
    found, total, report = rhel_fixed.gradients_by_eps(posed, eps)
    flags = Flags(0)
    for one, strength in zip(found, eps, strict=True):
        wanted, value, alone = gradient(posed, eps=strength)
        flags |= alone.flags
        assert total == value and sorted(one) == sorted(posed.theta)
        assert all((one[key] == wanted[key]).all() for key in one)
    assert report.flags == flags and report.passes == 7 and report.stored_words >= 6 * 2 * posed.q0.size


def test_a_slope_beyond_every_word_wraps_with_its_flag():
    posed = numbers("dense", FinalCost, steps=5)
    steep = replace(posed, cost=FinalCost(lambda q, y: 2.0**40 * np.sum(q - y)))
    _, _, report = gradient(steep, eps=2.0**20)
    assert Flags.P_OVERFLOW in report.flags and report.return_error_lsb == 0


@pytest.mark.parametrize(
    "cost", [SummedCost(), AveragedCost(), FinalCost(), SummedCost(lambda q, y: np.sum(q**4 - y * q))]
)
@pytest.mark.parametrize("batch", [(), (3,)])
def test_compiled_code_makes_every_number_of_numpy(cost, batch, monkeypatch):
    """Cost, gradients, report; of one strength, of several, one-sided; with positions kept in parts and at once."""
    rng = np.random.default_rng(2)
    dense = systems.get("dense", n=5, m=2)
    inputs, targets = rng.normal(0, 0.5, (40, *batch, 2)), rng.normal(0, 0.5, (*(40,) * cost.per_step, *batch, 5))
    posed = Problem(dense, dense.initial(1), inputs, targets, cost=cost)
    told = []
    for executor, kept in (("numpy", 1 << 20), ("numpy", 16 * 15), ("compiled", 16 * 15), ("compiled", 1 << 20)):
        monkeypatch.setattr(rhel_fixed, "_KEPT_WORDS", kept)
        one = gradient(posed, eps=2.0**-3, executor=executor)
        half = gradient(posed, eps=2.0**-3, symmetric=False, executor=executor)
        many, total, report = rhel_fixed.gradients_by_eps(posed, [2.0**-5, 2.0**-3, 2.0**4], executor=executor)
        assert report.executor == half[2].executor == executor
        reports = (replace(each, executor="") for each in (half[2], report))
        told.append([*one[0].values(), one[1], *half[0].values(), *(g for m in many for g in m.values()), *reports])
        assert total == one[1] and all(np.array_equal(many[1][name], one[0][name]) for name in many[1])
    for other in told[1:]:
        for a, b in zip(told[0], other, strict=True):
            assert np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b
