"""A stack for the tests, and an outside oracle: autograd through steps written out by hand, no code of golden."""

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad

from golden.cost_functions import AveragedCost, FinalCost, SummedCost
from golden.stacks import GluMixing, Stack, TanhMixing
from golden.systems import get

COSTS = {"final": FinalCost, "summed": SummedCost, "averaged": AveragedCost}
WIDTH, CHANNELS, OUTPUTS = 4, 3, 5


def layers(sizes):
    """dense with tanh, hru with a GLU, dense with tanh ..., one for each size."""
    kinds = [("dense", TanhMixing), ("hru", GluMixing)]
    pairs = [(kinds[at % 2], n) for at, n in enumerate(sizes)]
    return [(get(name, n=n, m=WIDTH), mixing(n, WIDTH)) for (name, mixing), n in pairs]


def stack_case(kind="final", *, sizes=(8, 9, 10), steps=100, seed=0, batch=()):
    """stack, theta, and the keyword arguments of its rules."""
    rng = np.random.default_rng(seed)
    stack = Stack(layers(sizes), CHANNELS, OUTPUTS)
    arguments = {
        "inputs": rng.normal(size=(steps, *batch, CHANNELS)),
        "targets": rng.normal(size=((steps,) if kind == "summed" else ()) + batch + (OUTPUTS,)),
        "q0": 0.3 * rng.normal(size=(*batch, sum(sizes))),
        "p0": 0.3 * rng.normal(size=(*batch, sum(sizes))),
        "cost": COSTS[kind](),
        "step": [0.125 / (1 + at % 2) for at in range(len(sizes))],
    }
    return stack, stack.initial(seed), arguments


def apply(matrix, x):
    """matrix @ x, with any batch axes on either."""
    return anp.matmul(matrix, x[..., None])[..., 0]


def dense_force(q, u, w):
    s = anp.tanh(apply(w["W"], q) + apply(w["B"], u) + w["b"])
    return w["al"] * q + apply(anp.swapaxes(w["W"], -1, -2), s)


def hru_force(q, u, w):
    return w["al"] * q + w["w"] * anp.tanh(w["w"] * q + apply(w["B"], u) + w["b"])


def tanh_mixing(q, u, w):
    return u + apply(w["M"], anp.tanh(apply(w["N"], q) + w["c"]))


def glu_mixing(q, u, w):
    g = q * (1 + anp.tanh(0.79788456 * (q + 0.044715 * q**3))) / 2
    return u + (apply(w["A"], g) + w["a"]) / (1 + anp.exp(-(apply(w["G"], g) + w["b"])))


STEPS = [(dense_force, tanh_mixing), (hru_force, glu_mixing)]


def oracle_costs(values, targets, kind, step, sizes):
    """C of the stack of `stack_case`; parameters may have batch axes before their own."""

    def part(name):
        return {key.split(".")[1]: value for key, value in values.items() if key.startswith(name + ".")}

    ends = np.cumsum(sizes)
    qs = [values["q0"][..., end - size : end] for end, size in zip(ends, sizes, strict=True)]
    ps = [values["p0"][..., end - size : end] for end, size in zip(ends, sizes, strict=True)]
    parts = {name: part(name) for name in {key.split(".")[0] for key in values}}
    total, mean = 0.0, 0.0
    inputs = values["u"]
    for t in range(len(inputs)):
        u = apply(parts["encoder"]["E"], inputs[t]) + parts["encoder"]["e"]
        for at in range(len(sizes)):
            force, mixing = STEPS[at % 2]
            q = qs[at] + step[at] / 2 * ps[at]
            ps[at] = ps[at] - step[at] * force(q, u, parts[f"layer{at + 1}"])
            qs[at] = q + step[at] / 2 * ps[at]
            u = mixing(qs[at], u, parts[f"mixing{at + 1}"])
        z = apply(parts["readout"]["R"], u) + parts["readout"]["r"]
        if kind == "summed":
            total = total + 0.5 * anp.sum((z - targets[t]) ** 2, axis=-1)
        mean = mean + z**2 / len(inputs)
    if kind == "summed":
        return total
    return 0.5 * anp.sum(((mean if kind == "averaged" else z) - targets) ** 2, axis=-1)


def oracle_gradient(theta, inputs, targets, q0, p0, kind, step, sizes):
    """(grads, cost) of one sample, by autograd."""
    values = {**theta, "u": inputs, "q0": q0, "p0": p0}
    cost, grads = value_and_grad(lambda v: oracle_costs(v, targets, kind, step, sizes))(values)
    return grads, float(cost)


def difference_gradient(theta, inputs, targets, q0, p0, kind, step, sizes, distance=1e-5):
    """Central differences of the same cost by every parameter; all moved copies of one parameter in one batch."""
    values, grads = {**theta, "u": inputs, "q0": q0, "p0": p0}, {}
    for name, value in theta.items():
        moves = distance * np.eye(value.size).reshape(value.size, *value.shape)
        sides = [oracle_costs({**values, name: value + sign * moves}, targets, kind, step, sizes) for sign in (1, -1)]
        grads[name] = ((sides[0] - sides[1]) / (2 * distance)).reshape(value.shape)
    return grads
