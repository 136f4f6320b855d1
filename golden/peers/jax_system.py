"""A system in JAX: its potential's graph, forces by `jax.grad`, the leapfrog of golden over T steps by `lax.scan`.

Positions and momenta are (..., n): no axis, one of samples, or before it one of the two contexts of an echo; inputs
(T, ..., m) without the contexts' axis. Where `steps` is given, one number a sample, the state stays what it is from the
step of that number on: sequences of different lengths share one scan.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from golden.peers.extra import jax
from golden.peers.graphs import function_of
from golden.systems.base import System

__all__ = ["UNROLL", "JaxSystem", "held"]

UNROLL = 4
"""Steps in one turn of a scan: a quarter faster than 1 on a CPU, where 8 and 16 are slower and compile for longer."""


class JaxSystem:
    """The potential that is integrated, `System.reduced`, and its motion with the step h.

    >>> import numpy as np
    >>> from golden.systems import get
    >>> linear = JaxSystem(get("linear", n=1), 0.5)
    >>> theta = {"a": np.array([1.0]), "B": np.array([[0.0]])}
    >>> q, p = linear.move(0.5, theta, np.array([1.0]), np.array([0.0]), np.array([0.0]))
    >>> q.tolist(), p.tolist()
    ([0.875], [-0.5])
    """

    def __init__(self, system: System, step: float) -> None:
        self.system, self.step, self.n = system, step, system.n
        self._value = function_of(system.graph, "potential")

    def potentials(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        """V of every sample and context (...); u (..., m) may lack the first axis of q."""

        def one(q: Any, u: Any) -> Any:
            return self._value({"q": q, "u": u, **theta})

        vmap, axes, shared = jax().vmap, q.ndim - 1, q.ndim - u.ndim
        for level in range(axes):
            one = vmap(one, in_axes=(0, 0 if level < axes - shared else None))
        return one(q, u)

    def force(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        """dV/dq (..., n)."""
        return jax().grad(lambda q: self.potentials(q, u, theta).sum())(q)

    def move(self, h: float, theta: Mapping[str, Any], q: Any, p: Any, u: Any) -> tuple[Any, Any]:
        """One step of the leapfrog; a negative h is its inverse."""
        middle = q + (h / 2) * p
        p = p - h * self.force(middle, u, theta)
        return middle + (h / 2) * p, p

    def run(self, theta: Mapping[str, Any], inputs: Any, steps: Any, seen: str) -> tuple[Any, tuple[Any, Any]]:
        """From rest through T steps: what a cost sees, and the state at the end.

        Parameters
        ----------
        inputs : (T, ..., m)
        steps : (...) of each sequence, or None
        seen : "final": q_T (..., n); "averaged": (1/T) sum_t q_t^2 (..., n); "per-step": q_t (T, ..., n)
        """
        numpy, count = jax().numpy, inputs.shape[0]
        q = numpy.zeros((*inputs.shape[1:-1], self.n), inputs.dtype)

        def step(state: Any, at: Any) -> Any:
            (q, p, energies), (t, u) = state, at
            new_q, new_p = self.move(self.step, theta, q, p, u)
            new_q, new_p = held(t, steps, (new_q, new_p), (q, p))
            if seen == "averaged":
                energies = held(t, steps, (energies + new_q * new_q,), (energies,))[0]
            return (new_q, new_p, energies), new_q if seen == "per-step" else None

        times = numpy.arange(count)
        (q, p, energies), positions = jax().lax.scan(step, (q, q, q), (times, inputs), unroll=UNROLL)
        if seen == "per-step":
            return positions, (q, p)
        long = count if steps is None else numpy.asarray(steps, q.dtype)[..., None]
        return energies / long if seen == "averaged" else q, (q, p)


def held(t: Any, steps: Any, new: Any, old: Any) -> Any:
    """`new` where step t is one of the sequence's, else `old`; tuples of arrays (..., n)."""
    if steps is None:
        return new
    numpy = jax().numpy
    return tuple(numpy.where((t < steps)[..., None], a, b) for a, b in zip(new, old, strict=True))
