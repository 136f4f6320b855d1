"""An outside oracle for boundary-value problems: scipy solves them, autograd differentiates; no code of golden.

With F(z; theta) = 0 for the start z = (q_0, p_0) and C(z; theta) the cost, dC/dtheta = d/dtheta (C - l . F) at fixed z,
where (dF/dz)^T l = dC/dz.
"""

import autograd.numpy as anp
import numpy as np
from autograd import grad, jacobian
from scipy.optimize import root

from tests.golden.rules.oracle import FORCES, half


def run(name, x, targets, step, scheme):
    """Ends and summed cost; x holds theta, "u", "q0", "p0"."""
    force, q, p, total = FORCES[name], x["q0"], x["p0"], 0.0
    steps = len(x["u"]) - (scheme == "verlet")
    for t in range(steps):
        if scheme == "verlet":
            p = p - step / 2 * force(q, x["u"][t], x)
            q = q + step * p
            p = p - step / 2 * force(q, x["u"][t + 1], x)
        else:
            q = q + step / 2 * p
            p = p - step * force(q, x["u"][t], x)
            q = q + step / 2 * p
        total = total + half(q, targets[t])
    return q, p, total


HELD = {
    "civp": lambda q0, p0, qT, pT, x: (q0 - x["q0"], p0 - x["p0"]),
    "pfvp": lambda q0, p0, qT, pT, x: (q0 - x["q0"], p0 - x["p0"]),
    "cbvp": lambda q0, p0, qT, pT, x: (q0 - x["q0"], qT - x["qT"]),
    "mixed": lambda q0, p0, qT, pT, x: (q0 - x["q0"], pT - x["pT"]),
    "pbvp": lambda q0, p0, qT, pT, x: (qT - q0, pT - p0),
    "antiperiodic": lambda q0, p0, qT, pT, x: (qT + q0, pT + p0),
}


def gradient(name, condition, numbers, targets, start, step, scheme="leapfrog"):
    """(grads of all numbers, cost, z); numbers: theta, "u" and end data; start: (2n,), near the solution."""
    n = len(start) // 2

    def both(z, x):
        qT, pT, total = run(name, {**x, "q0": z[:n], "p0": z[n:]}, targets, step, scheme)
        return anp.concatenate(HELD[condition](z[:n], z[n:], qT, pT, x)), total

    def miss(z):
        return both(z, numbers)[0]

    found = root(miss, start, jac=jacobian(miss), tol=1e-13)
    assert np.abs(found.fun).max() < 1e-10
    slope = grad(lambda z: both(z, numbers)[1])(found.x)
    multiplier = np.linalg.solve(jacobian(miss)(found.x).T, slope)

    def lagrangian(x):
        held, total = both(found.x, x)
        return total - anp.dot(multiplier, held)

    return grad(lagrangian)(numbers), float(both(found.x, numbers)[1]), found.x
