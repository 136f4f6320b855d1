"""What a rule returns: gradients by name, and the figures by which the rules are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golden.language.graph import Array

__all__ = ["Gradients", "Report", "collapse"]

Gradients = dict[str, Array]
"""Each parameter (its own shape), ``"u"`` (T, ..., m), ``"q0"`` and ``"p0"`` (..., n)."""


@dataclass(frozen=True)
class Report:
    """Counts of one call of a rule's `gradient`.

    Members
    -------
    rule : its name
    steps : T
    passes : runs over the sequence, forwards or backwards
    stored_words : most numbers of dynamical state kept from one step to the next, whole batch together: positions,
        momenta, adjoints, stored trajectories and what the cost keeps. Not counted, since every rule needs them
        alike: parameters, inputs, targets, and the gradients returned
    force_evaluations : evaluations of dV/dq on the whole batch
    hessian_products : evaluations of d(dV/dq . v) on the whole batch (BPTT, and the Newton steps of boundary-value
        solvers: HEL has none)
    solver_iterations : of boundary-value solvers; 0 for initial-value rules
    asymmetry : of two echoes (RHEL, HEB; of a stack its worst layer): how far the middle of their ends lies from the
        start of the free run, in units of half their distance (largest over the batch). It falls with eps. From about
        1 on the two no longer lie on either side of the free run: a nudge too strong, or a motion so chaotic that its
        way back has drowned in round-off, and the gradient means nothing. 0 for rules without two echoes, and for
        GLEP, which refuses such a pair
    """

    rule: str
    steps: int
    passes: int
    stored_words: int
    force_evaluations: int
    hessian_products: int = 0
    solver_iterations: int = 0
    asymmetry: float = 0.0


def collapse(value: Array, shape: tuple[int, ...]) -> Array:
    """Sums over the axes along which `shape` was broadcast to value.shape.

    >>> collapse(np.ones((5, 2, 3)), (2, 1)).tolist()
    [[15.0], [15.0]]
    """
    value = value.sum(axis=tuple(range(value.ndim - len(shape))))
    axes = tuple(i for i, size in enumerate(shape) if size == 1 and value.shape[i] != 1)
    return np.asarray(value.sum(axis=axes, keepdims=True) if axes else value)
