"""BPTT through a stack: the adjoint equations through the stored trajectories of all layers. A reference.

Per layer the adjoint step of golden.rules.bptt; between layers and at both ends the vector-Jacobian products of the
static maps. Independent of the echo it checks: everything is differentiated by `golden.rules.tape`, from the user's own
potential, mixing and cost. State kept: 2 n T numbers, n the neurons of all layers. Samples of a batch one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array
from golden.problems.report import Gradients, Report
from golden.problems.stack_problem import PerLayer, StackProblem, per_layer
from golden.rules import tape
from golden.rules.bptt import DELTA, cost_slopes

__all__ = ["gradient"]


def gradient(
    problem: StackProblem,
    *,
    eps: PerLayer | None = None,
) -> tuple[Gradients, float, Report]:
    """The gradient of a cost by back-propagation; results as `golden.rules.stack.gradient`.

    `eps` is checked and ignored: there is no nudge.

    >>> from golden.systems import get
    >>> from golden.stacks import Stack, TanhMixing
    >>> stack = Stack([(get("hru", n=3, m=2), TanhMixing(3, 2)), (get("hru", n=4, m=2), TanhMixing(4, 2))], 1, 5)
    >>> grads, cost, report = gradient(StackProblem(stack, stack.initial(0), np.ones((10, 1)), np.ones(5)))
    >>> report.stored_words, report.hessian_products
    (154, 10)
    """
    stack, batch = problem.stack, problem.inputs.shape[1:-1]
    if eps is not None:
        per_layer(eps, len(stack.layers), "the nudge strength eps", "1e-3")
    grads: Gradients = {name: np.zeros(shape) for name, shape in stack.parameters.items()}
    grads["u"] = np.zeros(problem.inputs.shape)
    for name in ("q0", "p0"):
        grads[name] = np.zeros((*batch, stack.n))
    total, words = 0.0, 0
    for at in np.ndindex(*batch):
        sample = _Sample(problem, at)
        with np.errstate(over="ignore", invalid="ignore"):
            sample.forward()
            total += sample.back()
        words += sample.words
        for name, value in sample.grads.items():
            if name in stack.parameters:
                grads[name] += value
            else:
                (np.moveaxis(grads["u"], 0, -2) if name == "u" else grads[name])[at] = value
    problem.check_finite(total, grads)
    report = Report(
        rule="bptt stack",
        steps=problem.steps,
        passes=2,
        stored_words=words,
        force_evaluations=problem.steps,
        hessian_products=problem.steps,
    )
    return grads, total, report


class _Sample:
    """One sample: trajectories, adjoints a of q and b of p, gradients."""

    def __init__(self, problem: StackProblem, at: tuple[int, ...]) -> None:
        self.problem, self.stack, self.theta = problem, problem.stack, problem.parts
        self.inputs = np.moveaxis(problem.inputs, 0, -2)[at]
        per_step = problem.cost.per_step
        targets = np.moveaxis(problem.targets, 0, -2) if per_step else problem.targets
        self.targets = targets[at] if targets.ndim > 1 + per_step else targets
        self.q, self.p = self.stack.split(problem.q0[at]), self.stack.split(problem.p0[at])
        sizes = [(problem.steps, value.size) for value in self.q]
        self.middles, self.positions = [np.empty(size) for size in sizes], [np.empty(size) for size in sizes]
        self.outputs = np.empty((problem.steps, problem.stack.k))
        self.grads: Gradients = {name: np.zeros(shape) for name, shape in problem.stack.parameters.items()}
        self.grads["u"] = np.zeros(self.inputs.shape)

    @property
    def words(self) -> int:
        return 2 * sum(value.size for value in self.middles) + 2 * self.stack.n

    def forward(self) -> None:
        q, p = self.q, self.p
        for t, v in enumerate(self.inputs):
            u = self._encode(v)
            for at, ((system, mixing), h) in enumerate(zip(self.stack.layers, self.problem.steps_h, strict=True)):
                theta = self.theta[f"layer{at + 1}"]
                middle = q[at] + h / 2 * p[at]
                _, (force,) = tape.gradients(lambda x, s=system, u=u, theta=theta: s.reduced(x, u, theta), middle)
                p[at] = p[at] - h * force
                q[at] = middle + h / 2 * p[at]
                self.middles[at][t], self.positions[at][t] = middle, q[at]
                u = np.asarray(mixing.function(q[at], u, self.theta[f"mixing{at + 1}"]))
            self.outputs[t] = self.theta["readout"]["R"] @ u + self.theta["readout"]["r"]

    def back(self) -> float:
        """Fills in the gradients; returns C."""
        cost, errors = cost_slopes(self.problem.cost, self.targets, self.outputs)
        a, b = ([np.zeros_like(value) for value in self.q] for _ in range(2))
        for t in reversed(range(self.problem.steps)):
            v = self.inputs[t]
            u = [self._encode(v)]
            for at, (_, mixing) in enumerate(self.stack.layers):
                u.append(np.asarray(mixing.function(self.positions[at][t], u[at], self.theta[f"mixing{at + 1}"])))
            self._add("readout", {"R": np.outer(errors[t], u[-1]), "r": errors[t]})
            above = errors[t] @ self.theta["readout"]["R"]
            for at in reversed(range(len(a))):
                above = self._layer(at, t, u[at], a, b, above)
            self._add("encoder", {"E": np.outer(above, v), "e": above})
            self.grads["u"][t] = above @ self.theta["encoder"]["E"]
        self.grads["q0"], self.grads["p0"] = np.concatenate(a), np.concatenate(b)
        return cost

    def _layer(self, at: int, t: int, u: Array, a: list[Array], b: list[Array], above: Array) -> Array:
        """The adjoint of layer `at` through step t; dC/dx of its output to dC/du of its input."""
        (system, mixing), h = self.stack.layers[at], self.problem.steps_h[at]
        part = f"mixing{at + 1}"

        def paired(q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
            return np.sum(above * mixing.function(q, u, theta))

        from_q, straight, own = _slopes(paired, self.positions[at][t], u, self.theta[part])
        self._add(part, own)
        a[at] = a[at] + from_q
        b[at] = b[at] + h / 2 * a[at]
        part = f"layer{at + 1}"
        middle = self.middles[at][t] + 1j * DELTA * b[at]
        bent_q, bent_u, bent = _slopes(system.reduced, middle, u, self.theta[part])
        self._add(part, {name: -h * np.imag(value) / DELTA for name, value in bent.items()})
        a[at] = a[at] - h * np.imag(bent_q) / DELTA
        b[at] = b[at] + h / 2 * a[at]
        return np.asarray(straight - h * np.imag(bent_u) / DELTA)

    def _encode(self, v: Array) -> Array:
        return np.asarray(self.theta["encoder"]["E"] @ v + self.theta["encoder"]["e"])

    def _add(self, part: str, terms: Mapping[str, Array]) -> None:
        for name, term in terms.items():
            self.grads[f"{part}.{name}"] += term


def _slopes(
    function: Callable[[Any, Any, Mapping[str, Any]], Any], q: Array, u: Array, theta: Mapping[str, Array]
) -> tuple[Array, Array, dict[str, Array]]:
    """The derivatives of ``function(q, u, theta)`` by q, u, and each of theta, from the tape."""
    names = list(theta)
    _, slopes = tape.gradients(
        lambda q, u, *values: function(q, u, dict(zip(names, values, strict=True))), q, u, *theta.values()
    )
    return slopes[0], slopes[1], dict(zip(names, slopes[2:], strict=True))
