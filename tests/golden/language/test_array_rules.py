"""Functions of whole arrays: the trace, the tape and NumPy itself agree, values and slopes; and so does the program."""

import numpy as np
import pytest
import scipy.sparse

from golden.compiler import compile_system
from golden.compiler.real import values
from golden.language.autodiff import gradient
from golden.language.evaluate import Evaluator
from golden.language.trace import trace_function
from golden.rules.tape import gradients
from golden.systems import System

SHAPES = {"q": (6,), "u": (2,)}
THETA = {"c": (6,), "g": (), "W": (6, 6), "B": (6, 2), "S": (6, 1), "w": (36,)}
RNG = np.random.default_rng(0)
AT = {name: RNG.normal(0.0, 0.5, shape) for name, shape in (SHAPES | THETA).items()}
D = RNG.normal(size=(6, 6))
LAPLACIAN = {"format": "csr", "shape": (6, 6)}
MASK = np.array([True, False, True, True, False, False])


def sparse(kind):
    return kind(scipy.sparse.diags([-1.0, 2.0, -1.0], [-1, 0, 1], **LAPLACIAN))


def pairs(q):
    return q[:, None] - q[None, :]


def running(q, c):
    total = 0.0
    for i in range(6):
        total += c[i] * q[i] ** 2
        total -= q[i] * q[i - 1]
    return total


ARRAYS = {
    "sum of an axis": lambda q, u, t: (t["c"] * q**2).sum(axis=0),
    "sum of the last axis": lambda q, u, t: pairs(q).sum(axis=-1),
    "sum of two axes": lambda q, u, t: np.sum(pairs(q) ** 2, axis=(0, 1)),
    "kept axes": lambda q, u, t: q.reshape(2, 3) - np.sum(q.reshape(2, 3), axis=1, keepdims=True),
    "all axes kept": lambda q, u, t: q - np.sum(q, keepdims=True),
    "mean": lambda q, u, t: pairs(q).mean(axis=1) * np.mean(q) + np.mean(q.reshape(2, 3), 0, keepdims=True).sum(),
    "variance": lambda q, u, t: np.var(q) * q + q.var() + np.var(q.reshape(3, 2), axis=0).sum(),
    "log cosh of all pairs": lambda q, u, t: np.log(np.cosh(pairs(q))),
    "all pairs, half of them": lambda q, u, t: np.tanh(pairs(q)[np.triu_indices(6, 1)]),
    "products of pairs": lambda q, u, t: pairs(q) ** 2 * np.sin(pairs(q)),
    "pairs of a parameter": lambda q, u, t: t["w"].reshape(6, 6) * np.cos(pairs(q)),
    "strengths of pairs": lambda q, u, t: t["c"][:, np.newaxis] * t["c"] * np.tanh(pairs(q)),
    "columns and rows": lambda q, u, t: np.expand_dims(q, 1) * np.ones((6, 2)) * u,
    "outer": lambda q, u, t: np.outer(q, np.ones(3)) + np.outer(q, q)[:, :3],
    "outer of two": lambda q, u, t: np.outer(t["c"], q) @ q,
    "reshape": lambda q, u, t: q.reshape(2, -1) + q.reshape((3, 2)).T,
    "ravel": lambda q, u, t: np.ravel(pairs(q)) + pairs(q).flatten() + pairs(q).T.ravel(),
    "squeeze": lambda q, u, t: np.squeeze(q[None, :, None]) + q[None].squeeze(0),
    "transposes": lambda q, u, t: np.swapaxes(q.reshape(1, 2, 3), 0, 2) + np.moveaxis(q.reshape(2, 3, 1), 0, 1),
    "transpose by axes": lambda q, u, t: (
        q.reshape(1, 2, 3).transpose(2, 0, 1) + q.reshape(1, 2, 3).T.transpose(0, 2, 1)
    ),
    "ellipsis": lambda q, u, t: q[...] + q.reshape(2, 3)[..., 1][0] + q.reshape(2, 3)[-1, ::-1].sum(),
    "index arrays": lambda q, u, t: q.reshape(2, 3)[[0, 1, 1], [2, 0, 0]] * q[MASK],
    "rows": lambda q, u, t: sum(row[0] * row for row in q.reshape(2, 3)),
    "rows of a matrix": lambda q, u, t: t["W"][1] * q + t["W"][:, -1] * q + t["W"][0, 1] * q + t["W"][...] @ q,
    "one column": lambda q, u, t: t["B"][:, 0] * u[0] * q + t["S"][:, 0] * q + (t["S"] * u)[:, 1] * q,
    "sums of a matrix": lambda q, u, t: t["W"].sum(axis=0) * q + np.sum(t["W"], axis=1) * q + t["W"].sum() * q,
    "rolled axes": lambda q, u, t: np.roll(q.reshape(2, 3), 1, axis=1) + np.roll(q.reshape(2, 3), (1, 1), (0, 1)),
    "flipped": lambda q, u, t: np.flip(q.reshape(2, 3), 1) + np.flipud(q.reshape(2, 3)) + np.rot90(q.reshape(3, 2)),
    "taken": lambda q, u, t: np.take(q.reshape(2, 3), [0, 2], axis=1) * q.reshape(2, 3).take(0, axis=1).sum(),
    "repeated": lambda q, u, t: np.repeat(q, 2) + np.tile(q, 2) + q.repeat(2),
    "stacked": lambda q, u, t: np.stack([q, t["c"]]) * np.stack([q[0], q[1]])[:, None],
    "stacked last": lambda q, u, t: np.stack([q, q**2, np.ones(6)], axis=-1) @ np.array([1.0, 0.5, 2.0]),
    "blocks": lambda q, u, t: (
        np.vstack([q, q]) + np.column_stack([q, q]).T + np.concatenate([q[None], q[None]], axis=0)
    ),
    "joined": lambda q, u, t: np.hstack([q.reshape(3, 2), q.reshape(3, 2)]) + np.append(q, q).reshape(3, 4),
    "joined numbers": lambda q, u, t: np.hstack([q[0], q[1:], 1.0]) + np.append(q[1:], np.stack([q[0], q[1]]))[:7],
    "split": lambda q, u, t: np.split(q, 2)[0] * np.array_split(q, 2)[1],
    "meshgrid": lambda q, u, t: np.meshgrid(q, q)[0] * np.meshgrid(q, u)[1].sum(),
    "padded": lambda q, u, t: np.pad(q, 1) * np.pad(q, 1, mode="wrap") + np.pad(q, (2, 0), mode="edge"),
    "diagonals": lambda q, u, t: np.diag(q) @ q + np.diag(np.outer(q, q)) + np.tril(np.outer(q, u)).sum(),
    "trace": lambda q, u, t: np.trace(np.outer(q, q)) * q + np.outer(q, q).diagonal(1).sum(),
    "cumulated": lambda q, u, t: np.cumsum(q) * q.cumsum() + np.cumsum(q.reshape(2, 3), axis=1).ravel(),
    "differences": lambda q, u, t: np.diff(q, n=2)[0] + np.diff(q.reshape(2, 3), axis=0) + np.gradient(q)[:3],
    "convolved": lambda q, u, t: np.convolve(q, [0.25, 0.5, 0.25], "same") * np.convolve([1.0, 2.0], q)[:6],
    "averaged": lambda q, u, t: np.average(q, weights=np.arange(1.0, 7.0)) * q,
    "chosen": lambda q, u, t: np.where(MASK, q, 0.5 * t["c"]) + np.where(D > 0, q, 0.0).sum(0),
    "product": lambda q, u, t: np.prod(q[:3]) * q + np.prod(q.reshape(2, 3), axis=1).sum() + q[1:3].prod(),
    "dots": lambda q, u, t: np.vdot(q, t["c"]) * q + np.inner(q, q) + np.dot(2.0, q) + np.dot(q[0], t["c"]),
    "einsum of vectors": lambda q, u, t: np.einsum("i,i,j->j", q, t["c"], q) + np.einsum("i,j->ij", q, q).sum(0),
    "einsum of a matrix": lambda q, u, t: np.einsum("i,ij,j", q, t["W"], q) * q + np.einsum("ij,j->i", t["W"], q),
    "einsum of constants": lambda q, u, t: np.einsum("ij,j,i->i", D, q, q) + np.einsum("ii,i->i", np.outer(q, q), q),
    "einsum transposed": lambda q, u, t: np.einsum("ji,j", t["W"], q) * q + np.einsum("im,m->i", t["B"], u) * q,
    "products of matrices": lambda q, u, t: D @ np.outer(q, q) @ q + np.outer(q, q) @ D @ q + (D @ D) @ q,
    "particles": lambda q, u, t: (t["W"] @ np.stack([q, q**2], axis=1)) * 0.5 + (q.reshape(1, 6) @ t["W"]).T * 0.25,
    "numbers and matrices": lambda q, u, t: np.eye(6) * q[0] @ q + (u[0] * D) @ q,
    "ufuncs of pairs": lambda q, u, t: np.subtract.outer(q, q) * np.multiply.outer(q, u[:1])[:, 0],
    "ufuncs along axes": lambda q, u, t: (
        np.add.accumulate(q) + np.add.reduce(pairs(q) ** 2) + np.multiply.reduce(q[:2])
    ),
    "polynomial": lambda q, u, t: np.polyval([0.5, t["g"], 2.0], q) + np.trapezoid(q) + np.polyval([1.0, 2.0], q[0]),
    "matrices and constants": lambda q, u, t: (
        (t["W"] - np.eye(6)) @ q + q @ (2 * D + t["W"].T / 2) + t["g"] * t["W"] @ q
    ),
    "numbers in place": lambda q, u, t: running(q, t["c"]) * q,
    "copies": lambda q, u, t: q.copy() * np.copy(q) * q.astype(float) * q.real * np.ones_like(q) * q.shape[0] * q.size,
    "sparse matrix": lambda q, u, t: sparse(scipy.sparse.csr_matrix) @ q * q,
    "sparse array": lambda q, u, t: sparse(scipy.sparse.csr_array) @ q * q + (q @ sparse(scipy.sparse.csr_array)) * q,
    "sparse times": lambda q, u, t: (sparse(scipy.sparse.csr_matrix) * q) * q + q * sparse(scipy.sparse.csr_matrix),
    "sparse dot": lambda q, u, t: sparse(scipy.sparse.csc_matrix).dot(q) * q + sparse(scipy.sparse.csr_matrix).T @ q,
}


def energy(name):
    """One number of the array and of its square, each element with a weight of its own."""
    function = ARRAYS[name]

    def potential(q, u, theta):
        made = function(q, u, theta)
        weights = np.random.default_rng(5).normal(size=np.shape(made))
        return np.sum(weights * made) / 4 + (0.0 if "log" in name else np.sum(made**2) / 16)

    return potential


@pytest.mark.parametrize("name", ARRAYS)
def test_trace_tape_and_numpy_agree(name):
    potential = energy(name)
    plain = float(potential(AT["q"], AT["u"], AT))
    graph = trace_function(potential, "mine", SHAPES, THETA)
    assert Evaluator(graph)(AT)["value"] == pytest.approx(plain, rel=1e-12)
    value, slopes = gradients(lambda *all: potential(all[0], all[1], dict(zip(AT, all, strict=True))), *AT.values())
    assert value == pytest.approx(plain, rel=1e-12)
    traced = Evaluator(gradient(graph))(AT)
    for key, slope in zip(AT, slopes, strict=True):
        assert traced[key] == pytest.approx(slope, rel=1e-10, abs=1e-10), key
    step = 1e-6 * np.random.default_rng(1).normal(size=6)
    sides = [float(potential(AT["q"] + side * step, AT["u"], AT)) for side in (1, -1)]
    assert traced["q"] @ step == pytest.approx((sides[0] - sides[1]) / 2, rel=1e-4, abs=1e-12)


class Wired(System):
    """One of the arrays, and a little of every parameter."""

    def __init__(self, name):
        super().__init__(6, 2)
        self.energy = energy(name)

    @property
    def parameters(self):
        return THETA

    def potential(self, q, u, theta):
        tied = np.sum(theta["c"] * q**2) + theta["g"] * np.sum(q**2) + theta["w"] @ np.tile(q, 6) * q[0]
        driven = q @ (theta["W"] @ q) + q @ (theta["B"] @ u) + q @ (theta["S"] @ q[:1])
        return (tied + driven) / 2 + self.energy(q, u, theta)


@pytest.mark.parametrize("name", ARRAYS)
def test_the_program_computes_the_force(name):
    system = Wired(name)
    program = compile_system(system)
    total = next(op.source for op in program.ops if op.name == program.kick)
    theta = {key: AT[key] for key in THETA}
    found = values(program, theta, AT["q"], AT["u"])
    assert found[total] == pytest.approx(system.force(AT)["q"], rel=1e-3, abs=2e-3)
