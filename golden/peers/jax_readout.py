"""The readouts of `golden.cost_functions` in JAX, by the kind of a task: errors, slope at what is seen, own gradient.

===============  ===================================  ============================================================
kind             C                                    errors
===============  ===================================  ============================================================
classification   -log softmax(R x + c)[label]         softmax(R x + c) - onehot(label)
regression       |R x + c - y|^2 / 2                  R x + c - y, held at +-1 (Huber's cost)
forecasting      2^-kappa sum_t |R x_t + c - y_t|^2/2  of every step that counts; kappa = ceil(log2 of their number)
===============  ===================================  ============================================================

Twins: `golden.cost_functions.float_readout`, `golden.cost_functions.squared_error`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from golden.peers.extra import jax

__all__ = ["errors_of", "largest_log2", "logits_of", "readout_gradient", "slope_at"]


def logits_of(readout: Mapping[str, Any], x: Any) -> Any:
    """R x + c; x (..., n) -> (..., k)."""
    return x @ readout["weights"].T + readout["bias"]


def errors_of(kind: str, readout: Mapping[str, Any], x: Any, answers: Any, counts: Any = None) -> Any:
    """dC/dlogits without kappa: x (..., n) -> (..., k).

    Parameters
    ----------
    answers : labels (...), or targets (..., k)
    counts : of forecasting, (T, ...): whether a step counts
    """
    numpy, logits = jax().numpy, logits_of(readout, x)
    if kind == "classification":
        return jax().nn.softmax(logits) - jax().nn.one_hot(answers, logits.shape[-1], dtype=logits.dtype)
    found = numpy.clip(logits - answers, -1.0, 1.0)
    return found if kind == "regression" else numpy.where(counts[..., None], found, 0.0)


def slope_at(readout: Mapping[str, Any], errors: Any) -> Any:
    """R^T errors: dC/dx (..., n), without kappa."""
    return errors @ readout["weights"]


def largest_log2(y: Any, axes: tuple[int, ...]) -> Any:
    """ceil(log2 of the largest |y| over these axes), an integer; 0 where all are 0.

    >>> largest_log2(jax().numpy.array([[0.5, -0.25], [3.0, 0.0], [0.0, 0.0]]), (-1,)).tolist()
    [-1, 2, 0]
    """
    numpy = jax().numpy
    fraction, exponent = numpy.frexp(numpy.abs(y).max(axes))
    return numpy.where(fraction == 0.5, exponent - 1, exponent)


def readout_gradient(errors: Any, x: Any, weight: Any) -> dict[str, Any]:
    """Of the weighted sum of costs: errors (..., k), x (..., n), weight broadcast to (...)."""
    numpy = jax().numpy
    weighed = (errors * weight[..., None]).reshape(-1, errors.shape[-1])
    return {"weights": weighed.T @ x.reshape(-1, x.shape[-1]), "bias": numpy.sum(weighed, 0)}
