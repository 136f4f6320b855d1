"""What a gradient cost: the figures by which the rules are compared."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Report"]


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
