"""An outside oracle: BPTT by the autograd library, on forces and costs written out by hand; no code of golden."""

import autograd.numpy as anp
from autograd import value_and_grad


def springs(q, u, theta):
    tension = theta["kc"] * (q[:-1] - q[1:])
    zero = anp.zeros(1)
    drive = anp.concatenate([u[:1], anp.zeros(len(q) - 1)])
    return theta["k"] * q + anp.concatenate([tension, zero]) - anp.concatenate([zero, tension]) - drive


def hru(q, u, theta):
    return theta["al"] * q + theta["w"] * anp.tanh(theta["w"] * q + anp.dot(theta["B"], u) + theta["b"])


def dense(q, u, theta):
    s = anp.tanh(anp.dot(theta["W"], q) + anp.dot(theta["B"], u) + theta["b"])
    return theta["al"] * q + anp.dot(theta["W"].T, s)


def linear(q, u, theta):
    return theta["a"] * q - anp.dot(theta["B"], u)


FORCES = {"springs": springs, "hru": hru, "dense": dense, "linear": linear}


def half(q, y):
    return 0.5 * anp.sum((q - y) ** 2)


def gradient(name, theta, inputs, targets, q0, p0, kind, step):
    """(grads, cost) of one sample; kind "final", "summed" or "averaged", half squared error."""
    force = FORCES[name]

    def run(everything):
        q, p = everything["q0"], everything["p0"]
        total, mean = 0.0, 0.0
        for t in range(len(inputs)):
            q = q + step / 2 * p
            p = p - step * force(q, everything["u"][t], everything)
            q = q + step / 2 * p
            if kind == "summed":
                total = total + half(q, targets[t])
            elif kind == "averaged":
                mean = mean + q**2 / len(inputs)
        if kind == "averaged":
            return half(mean, targets)
        return total if kind == "summed" else half(q, targets)

    cost, grads = value_and_grad(run)({**theta, "u": inputs, "q0": q0, "p0": p0})
    return grads, float(cost)
