"""Gradients in JAX of a batch's weighted sum of costs, from the cost's slope at what the cost sees.

    G = sum_b weight_b d(e_b . seen_b)/dtheta,   e_b = dC/dseen held fixed

`bptt` runs forward under `jax.vjp`, which stores the trajectory. `hel` stores the state at the end alone: two contexts
run back from it, nudged by +-eps e, and the slopes of V at their half-step positions, times -+(h / 2 eps) weight, add
up to G, to order eps^2 (`golden.rules.rhel`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from golden.peers.extra import jax
from golden.peers.jax_system import UNROLL, JaxSystem, held

__all__ = ["RULES", "Slopes", "bptt", "hel"]

Slopes = Callable[[Any], tuple[Any, Any, Any]]
"""What a cost sees -> (e of its shape, weight (...), anything more that is wanted of it)."""


def bptt(
    model: JaxSystem, theta: Mapping[str, Any], inputs: Any, steps: Any, seen: str, slopes: Slopes, eps: float = 1.0
) -> tuple[dict[str, Any], Any]:
    """Back-propagation through the scan; arguments and results as `hel`, without a nudge."""
    found, pull = jax().vjp(lambda theta: model.run(theta, inputs, steps, seen)[0], dict(theta))
    e, weight, more = slopes(found)
    (grads,) = pull(e * weight[..., None])
    return _symmetrised(model, grads), more


def hel(
    model: JaxSystem, theta: Mapping[str, Any], inputs: Any, steps: Any, seen: str, slopes: Slopes, eps: float = 1.0
) -> tuple[dict[str, Any], Any]:
    """The twin echo.

    Parameters
    ----------
    theta : as declared, shared by the batch
    inputs, steps, seen : as `JaxSystem.run`
    slopes : `Slopes` of the batch
    eps : the nudges are eps e

    Returns
    -------
    grads : of each parameter, G
    more : what `slopes` wanted
    """
    numpy, lax, h = jax().numpy, jax().lax, model.step
    found, state = model.run(theta, inputs, steps, seen)
    e, weight, more = slopes(found)
    signs = numpy.array([1.0, -1.0], inputs.dtype).reshape(2, *(1,) * (state[0].ndim - 1))
    weights = -signs * (h / (2 * eps)) * weight
    kick = eps * signs[..., None]
    q, p = (numpy.stack([one, one]) for one in state)
    long = inputs.shape[0] if steps is None else numpy.asarray(steps, inputs.dtype)[..., None]
    if seen == "final":
        p = p - kick * e

    def back(carried: Any, at: Any) -> Any:
        (q, p, grads), (t, u, given) = carried, at
        nudged = p
        if seen == "averaged":
            nudged = p - kick * (2.0 / long) * q * e
        elif seen == "per-step":
            nudged = p - kick * given
        middle = q - (h / 2) * nudged
        _, pull = jax().vjp(lambda q, theta: model.potentials(q, u, theta), middle, dict(theta))
        now = numpy.broadcast_to(weights, q.shape[:-1])
        if steps is not None:
            now = numpy.where(t < steps, now, 0.0)
        force, slope = pull(numpy.ones_like(now))[0], pull(now)[1]
        moved = nudged + h * force
        new = held(t, steps, (middle - (h / 2) * moved, moved), (q, p))
        return (*new, {name: grads[name] + slope[name] for name in grads}), None

    zero = {name: numpy.zeros_like(value) for name, value in theta.items()}
    times = numpy.arange(inputs.shape[0])
    given = e if seen == "per-step" else None
    (_, _, grads), _ = lax.scan(back, (q, p, zero), (times, inputs, given), reverse=True, unroll=UNROLL)
    return _symmetrised(model, grads), more


RULES: dict[str, Callable[..., tuple[dict[str, Any], Any]]] = {"hel": hel, "bptt": bptt}


def _symmetrised(model: JaxSystem, grads: dict[str, Any]) -> dict[str, Any]:
    symmetric = model.system.symmetric
    return {name: (value + value.T) / 2 if name in symmetric else value for name, value in grads.items()}
