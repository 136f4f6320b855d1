"""An outside oracle: BPTT by the autograd library, on forces and costs written out by hand; no code of golden."""

import autograd.numpy as anp
from autograd import value_and_grad

from golden.systems.josephson import Josephson
from golden.systems.spring_graph import SpringGraph


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


def graph(q, u, theta):
    d = SpringGraph(len(q)).incidence
    return theta["k"] * q + anp.dot(d.T, theta["kc"] * anp.dot(d, q)) - anp.dot(theta["B"], u)


def after(x):
    return anp.concatenate([x[1:], x[:1]])


def before(x):
    return anp.concatenate([x[-1:], x[:-1]])


def banded(q, u, theta):
    near = theta["w"] * q + theta["r"] * after(q) + theta["l"] * before(q)
    s = anp.tanh(near + anp.dot(theta["B"], u) + theta["b"])
    return theta["al"] * q + theta["w"] * s + before(theta["r"] * s) + after(theta["l"] * s)


def ends(tension):
    """The pull of n - 1 springs on n masses."""
    zero = anp.zeros(1)
    return anp.concatenate([tension, zero]) - anp.concatenate([zero, tension])


def pendulum(q, u, theta):
    own = theta["al"] * q + theta["g"] * anp.sin(q)
    return own + ends(theta["kc"] * anp.sin(q[:-1] - q[1:])) - anp.dot(theta["B"], u)


def phi4(q, u, theta):
    pull = theta["ka"] * (q - after(q))
    return theta["mu"] * q + theta["lam"] * q**3 + pull - before(pull) - anp.dot(theta["B"], u)


def fput(q, u, theta):
    zero = anp.zeros(1)
    d = anp.concatenate([q, zero]) - anp.concatenate([zero, q])
    tension = theta["k"] * d + theta["a"] * d**2 + theta["c"] * d**3
    return tension[:-1] - tension[1:] - anp.dot(theta["B"], u)


def hopfield(q, u, theta):
    r = anp.tanh(q)
    symmetric = (theta["W"] + theta["W"].T) / 2  # so that dC/dW is the symmetric one
    return theta["al"] * q - (1 - r**2) * (anp.dot(symmetric, r) + anp.dot(theta["B"], u) + theta["b"])


def stack(q, u, theta):
    k = len(theta["b1"])
    first = anp.tanh(anp.dot(theta["V1"], q[:k]) + anp.dot(theta["B"], u) + theta["b1"])
    second = anp.tanh(anp.dot(theta["V2"], q[k:]) + anp.dot(theta["C"], q[:k]) + theta["b2"])
    low = anp.dot(theta["V1"].T, first) + anp.dot(theta["C"].T, second)
    return theta["al"] * q + anp.concatenate([low, anp.dot(theta["V2"].T, second)])


def gated(q, u, theta):
    gate = anp.dot(theta["G"], u) + theta["g"]
    s = anp.tanh(anp.dot(theta["W"], q) * gate + anp.dot(theta["B"], u) + theta["b"])
    return theta["al"] * q + anp.dot(theta["W"].T, gate * s)


TURN = 2 * anp.pi / 8
"""Angles are in eighths of a turn, TURN radians, and their energy in units of TURN^2: the slope by q is that by the
angle over TURN."""


def each_mth(q, u):
    return anp.array([u[i % len(u)] for i in range(len(q))])


def kuramoto(q, u, theta):
    symmetric = (theta["K"] + theta["K"].T) / 2
    towards = anp.sum(symmetric * anp.sin(TURN * (anp.reshape(q, (1, -1)) - anp.reshape(q, (-1, 1)))), axis=1)
    return -(towards + each_mth(q, u)) / TURN


def josephson(q, u, theta):
    array = Josephson(len(q), len(u))
    current = theta["E"] * anp.sin(TURN * anp.dot(array.junctions, q))
    return (anp.dot(array.junctions.T, current) - anp.dot(array.feed, u)) / TURN


def rotor(q, u, theta):
    return (theta["a"] * anp.sin(TURN * q) - theta["b"] * anp.cos(TURN * q) - each_mth(q, u)) / TURN


def sine_gordon(q, u, theta):
    zero = anp.zeros(1)
    tension = theta["ka"] * (anp.concatenate([q, zero]) - anp.concatenate([zero, q]))
    own = theta["g"] * anp.sin(anp.pi * q / 2) * 2 / anp.pi
    return own + tension[:-1] - tension[1:] - anp.dot(theta["B"], u)


def toda(q, u, theta):
    tension = theta["k"] * theta["a"] * (anp.exp(theta["a"] * (q - after(q))) - 1)
    return theta["al"] * q + tension - before(tension) - anp.dot(theta["B"], u)


def morse(q, u, theta):
    leaf = anp.array([(1.0, 0.5**0.5)[i % 2] for i in range(len(q))])
    at = leaf * q
    e = anp.exp(-theta["a"] * (at[1:] - at[:-1]))
    pull = ends(-2 * theta["D"] * theta["a"] * e * (1 - e))
    return leaf * (theta["al"] * at + pull - anp.dot(theta["B"], u))


def lennard_jones(q, u, theta):
    d = 1 + (q[1:] - q[:-1]) / 16
    slope = theta["k"] * 16 / 6 * (d**-7 - d**-13)
    return theta["al"] * q + ends(-slope) - anp.dot(theta["B"], u)


def henon_heiles(q, u, theta):
    k = len(theta["lam"])
    x, y, rest = q[:k], q[k : 2 * k], q[2 * k :]
    square = theta["c"] * (x**2 + y**2)
    pull_x, pull_y = theta["ka"] * (x - after(x)), theta["ka"] * (y - after(y))
    by_x = x + 2 * theta["lam"] * x * y + square * x + pull_x - before(pull_x)
    by_y = y + theta["lam"] * (x**2 - y**2) + square * y + pull_y - before(pull_y)
    return anp.concatenate([by_x, by_y, rest]) - anp.dot(theta["B"], u)


def horn(q, u, theta):
    s = theta["al"] * anp.tanh(anp.dot(theta["W"], q) + anp.dot(theta["B"], u) + theta["b"])
    return theta["w"] ** 2 * q - anp.dot(theta["W"].T, s)


FORCES = {"springs": springs, "hru": hru, "dense": dense, "linear": linear, "graph": graph, "banded": banded,
          "pendulum": pendulum, "phi4": phi4, "fput": fput, "hopfield": hopfield, "stack": stack,
          "gated": gated, "kuramoto": kuramoto, "josephson": josephson, "rotor": rotor, "sine_gordon": sine_gordon,
          "toda": toda, "morse": morse, "lennard_jones": lennard_jones, "henon_heiles": henon_heiles,
          "horn": horn}  # fmt: skip


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
