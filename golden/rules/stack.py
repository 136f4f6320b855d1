"""RHEL of a stack: the layers' echoes run in lock-step, each nudged by the input gradient of the one above.

Forward, t = 1..T: `golden.stacks.stack` tells the order. Echo, t = T..1, every layer in two contexts +eps_l, -eps_l::

    1. upwards     qf^l = (q+ + q-) / 2 stands for the free position q^l_t; from it u^1_t, ..., u^{L+1}_t and z_t
    2. top         a^{L+1} = R^T dC/dz_t
    3. downwards, l = L..1
           n    = (d mixing_l / dq)^T a^{l+1}          the nudge: dC/dq^l_t through the layers above
           p+-  <- p+- -+ eps_l n
           (q+-, p+-) <- inverse leapfrog step with input u^l_t, the same in both contexts; qh+- its half-step position
           a^l  = (d mixing_l / du)^T a^{l+1} + (h_l / 2 eps_l) [dV_l/du(qh-) - dV_l/du(qh+)]      = dC/du^l_t
    4. bottom      dC/dv_t = E^T a^1

Which gradient nudges which position: u^{l+1}_t is made of q^l_t, the position at the END of step t, and is used within
step t of layer l + 1. Its gradient is known after that layer's inverse step t, and is due before layer l's inverse
step t, at q^l_t: the same echo step, so that nothing has to wait or be stored. Static maps (mixings, encoder, readout)
add their vector-Jacobian products at step t to their gradients; a layer's theta has golden.rules.rhel's formula, and
so have the initial states.

The layer above must be fed its free input: an input that moved with the lower layer's contexts would act on it as a
force that the forward pass has not. The mean of the two contexts is free to O(eps^2) (each differs from it by O(eps),
with opposite signs), needs no third context, and keeps the order: error ~ eps^2. One-sided: the second context has no
nudge and IS free; eps for 2 eps, error ~ eps.

eps_l: a layer's differences are divided by 2 eps_l before they nudge the next, with eps_{l-1}: every layer's nudges
have the strength eps again. So the rounding of layer l enters the layer below as an error of its nudge, u / eps_l
relative (u the unit round-off times what T steps make of it), which is carried on but not divided again: errors of L
layers add up, L u / eps, and eps ~ u^(1/3) stays the best choice. Differences passed down undivided would be worth
eps^L against the same rounding. As in golden.rules.rhel, eps is the strength of a run: a summed cost weighs it by
2^-ceil(log2 T). Measured: docs/stacks_and_heb.md.

State kept: 4 n numbers for all n neurons of the stack, whatever T. Pourcel & Ernoult, arXiv 2506.05259 (HSSM).
"""

from __future__ import annotations

import numpy as np

from golden.dynamics.leapfrog import Leapfrog
from golden.language.graph import Array
from golden.problems.report import Gradients, Report
from golden.problems.stack_problem import PerLayer, StackProblem, per_layer
from golden.problems.validity import asymmetry, check_nudge

__all__ = ["gradient"]


def gradient(
    problem: StackProblem,
    *,
    eps: PerLayer = 1e-3,
    symmetric: bool = True,
) -> tuple[Gradients, float, Report]:
    """The gradient of a cost by echoes in lock-step.

    Parameters
    ----------
    problem : see `golden.problems.stack_problem.StackProblem`
    eps : the nudge strength of the run, one number, or one per layer from the bottom up
    symmetric : True: contexts +eps and -eps. False: +eps and one without nudge

    Returns
    -------
    grads : each parameter (summed over the batch), "u": dC/dv (T, ..., m), "q0" and "p0" (..., n)
    cost : C summed over the batch
    report : `golden.problems.report.Report`; a force evaluation is one of the whole stack

    Raises
    ------
    HelError : an eps that is not positive, a nudge below round-off, a run that diverges.

    >>> from golden.systems import get
    >>> from golden.stacks import Stack, TanhMixing
    >>> stack = Stack([(get("hru", n=3, m=2), TanhMixing(3, 2)), (get("hru", n=4, m=2), TanhMixing(4, 2))], 1, 5)
    >>> grads, cost, report = gradient(StackProblem(stack, stack.initial(0), np.ones((10, 1)), np.ones(5)))
    >>> grads["layer2.w"].shape, grads["u"].shape, report.stored_words
    ((4,), (10, 1), 28)
    """
    strengths = per_layer(eps, len(problem.stack.layers), "the nudge strength eps", "1e-3")
    return _Run(problem, strengths, symmetric).gradient()


class _Run:
    """One call of `gradient`: the layers' states and the gradients as they grow."""

    def __init__(self, problem: StackProblem, eps: list[float], symmetric: bool) -> None:
        self.problem, self.stack, self.theta = problem, problem.stack, problem.parts
        self.symmetric, self.meter = symmetric, problem.meter()
        self.eps = [strength * self.meter.strength for strength in eps]
        for nudge, strength in zip(self.eps, eps, strict=True):
            check_nudge(nudge, strength)
        self.double = [strength * (2 if symmetric else 1) for strength in self.eps]
        self.signs = (1.0, -1.0) if symmetric else (1.0, 0.0)
        self.leapfrogs = [
            Leapfrog(system, self.theta[f"layer{at}"], h)
            for at, ((system, _), h) in enumerate(zip(self.stack.layers, problem.steps_h, strict=True), 1)
        ]
        self.grads: Gradients = {name: np.zeros(shape) for name, shape in self.stack.parameters.items()}
        self.grads["u"] = np.zeros(problem.inputs.shape)
        self.words = 0
        self.starts = self.stack.split(problem.q0), self.stack.split(problem.p0)
        self.q, self.p = list(self.starts[0]), list(self.starts[1])

    def gradient(self) -> tuple[Gradients, float, Report]:
        with np.errstate(over="ignore", invalid="ignore"):
            self.forward()
            total = float(np.sum(self.meter.total()))
            self.q, self.p = ([np.stack([value] * 2) for value in side] for side in (self.q, self.p))
            for t in reversed(range(self.problem.steps)):
                self.echo(t)
            pairs = zip(self.q, self.p, self.double, strict=True)
            starts = [((p[1] - p[0]) / double, (q[0] - q[1]) / double) for q, p, double in pairs]
            off = self.asymmetry() if self.symmetric else 0.0
        for at, name in enumerate(("q0", "p0")):
            self.grads[name] = np.concatenate([start[at] for start in starts], axis=-1)
        self.problem.check_finite(total, self.grads)
        report = Report(
            rule="rhel stack" if self.symmetric else "rhel stack one-sided",
            steps=self.problem.steps,
            passes=3,
            stored_words=self.words,
            force_evaluations=sum(leapfrog.force_evaluations for leapfrog in self.leapfrogs) // len(self.leapfrogs),
            asymmetry=off,
        )
        return self.grads, total, report

    def asymmetry(self) -> float:
        """The largest of the layers."""
        layers = zip(self.q, self.p, *self.starts, strict=True)
        return max(asymmetry((q[0], p[0]), (q[1], p[1]), (q0, p0)) for q, p, q0, p0 in layers)

    def forward(self) -> None:
        for t, v in enumerate(self.problem.inputs):
            u = self.stack.encoder({"v": v}, self.theta["encoder"])
            for at, leapfrog in enumerate(self.leapfrogs):
                self.q[at], self.p[at] = leapfrog.forward(self.q[at], self.p[at], u)
                u = self.mix(at, self.q[at], u)
            self.meter.observe(t, self.stack.readout({"x": u}, self.theta["readout"]))
            self.hold()

    def echo(self, t: int) -> None:
        """One inverse step of every layer, top first."""
        free = [(q[0] + q[1]) / 2 if self.symmetric else q[1] for q in self.q]
        v = self.problem.inputs[t]
        u = [self.stack.encoder({"v": v}, self.theta["encoder"])]
        for at, q in enumerate(free):
            u.append(self.mix(at, q, u[at]))
        top = u.pop()
        z = self.stack.readout({"x": top}, self.theta["readout"])
        error = self.meter.nudge(t, z)
        a = np.zeros_like(top)
        if error is not None:
            a = self.add("readout", self.stack.readout.products({"x": top}, self.theta["readout"], error), "x")
        for at in reversed(range(len(self.leapfrogs))):
            a = self.echo_layer(at, free[at], u[at], a)
        self.grads["u"][t] = self.add("encoder", self.stack.encoder.products({"v": v}, self.theta["encoder"], a), "v")
        self.hold()

    def echo_layer(self, at: int, free: Array, u: Array, a: Array) -> Array:
        """Layer `at`'s nudge and inverse step: dC/dx of its output to dC/du of its input."""
        mixing = self.stack.layers[at][1].map
        products = mixing.products({"q": free, "u": u}, self.theta[f"mixing{at + 1}"], a)
        nudge = products.pop("q")
        straight = self.add(f"mixing{at + 1}", products, "u")
        q, p = self.q[at], self.p[at]
        p = p - self.eps[at] * np.stack([sign * nudge for sign in self.signs])
        slopes: dict[str, Array] = {}
        self.q[at], self.p[at] = self.leapfrogs[at].inverse(q, p, u, slopes, contexts=1)
        scale = self.problem.steps_h[at] / self.double[at]
        terms = {name: scale * (slope[1] - slope[0]) for name, slope in slopes.items()}
        return straight + self.add(f"layer{at + 1}", terms, "u")

    def mix(self, at: int, q: Array, u: Array) -> Array:
        return self.stack.layers[at][1].map({"q": q, "u": u}, self.theta[f"mixing{at + 1}"])

    def add(self, part: str, terms: dict[str, Array], passed: str) -> Array:
        """Adds a part's terms to its gradients; the one called `passed` goes on downwards."""
        on = terms.pop(passed)
        for name, term in terms.items():
            self.grads[f"{part}.{name}"] += term
        return on

    def hold(self) -> None:
        self.words = max(self.words, self.meter.words + sum(value.size for value in (*self.q, *self.p)))
