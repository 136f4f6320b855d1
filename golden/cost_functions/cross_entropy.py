"""Softmax cross-entropy of logits: a cost function with its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["cross_entropy", "cross_entropy_slope"]


def cross_entropy(z: Any, target: Any) -> Any:
    """c = -sum_k y_k log softmax(z)_k = sum_k y_k (log sum_j e^{z_j} - z_k), for a target y that sums to 1.

    z (..., k), target (..., k) -> (...). Use it as ``FinalCost(cross_entropy, gradient=cross_entropy_slope)``.

    >>> float(cross_entropy(np.array([0.0, 0.0]), np.array([1.0, 0.0])))
    0.6931471805599453
    """
    top = np.max(z, axis=-1, keepdims=True)
    return np.sum(target * (top + np.log(np.sum(np.exp(z - top), axis=-1, keepdims=True)) - z), axis=-1)


def cross_entropy_slope(z: Any, target: Any) -> Any:
    """dc/dz = softmax(z) - y, for a target that sums to 1.

    >>> cross_entropy_slope(np.array([0.0, 0.0]), np.array([1.0, 0.0]))
    array([-0.5,  0.5])
    """
    weights = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return weights / np.sum(weights, axis=-1, keepdims=True) - target
