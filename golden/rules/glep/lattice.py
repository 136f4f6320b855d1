"""The time lattice of a discrete action: where the potential kicks, where positions are read, how long a drift lasts.

Between neighbouring nodes x_k, x_{k+1} a particle drifts for `drift`; node k carries w_k V and, where it is a position
after a step, that step's nudge. The discrete action of nodes x_0 .. x_K is

    S_beta = sum_k |x_{k+1} - x_k|^2 / (2 drift) - sum_k w_k V(x_k; theta, u_k) + beta C(positions after steps)

==========  =======================  ==================================  ================  =========================
scheme      nodes                    w                                   inputs            steps of
==========  =======================  ==================================  ================  =========================
leapfrog    q_0 qh_1 q_1 qh_2 .. q_T 0 at every q, h at every qh          (T, m)            the house's: DKD
verlet      q_0 q_1 .. q_T           h, and h/2 at both ends              (T + 1, m)        Stoermer-Verlet: KDK
==========  =======================  ==================================  ================  =========================

Both are variational: stationary points of S_0 are exactly the trajectories of the scheme, the leapfrog's half-step
positions being nodes like the others. Source: Hairer, Lubich & Wanner, Geometric Numerical Integration, VI.6.
"""

from __future__ import annotations

from dataclasses import dataclass

from golden.errors import HelError

__all__ = ["SCHEMES", "Lattice", "Node", "lattice"]


@dataclass(frozen=True)
class Node:
    """One node.

    Members
    -------
    weight : w_k, 0.0 where V does not act
    input : row of the inputs that V sees here
    step : t where this node is the position after step t = 0 .. T-1, else None
    """

    weight: float
    input: int = 0
    step: int | None = None


@dataclass(frozen=True)
class Lattice:
    """Nodes with the drift between them; symmetric under time reversal.

    >>> [node.weight for node in lattice("leapfrog", rows=2, step=0.5).nodes]
    [0.0, 0.5, 0.0, 0.5, 0.0]
    >>> [node.weight for node in lattice("verlet", rows=3, step=0.5).nodes]
    [0.25, 0.5, 0.25]
    """

    scheme: str
    steps: int
    drift: float
    nodes: tuple[Node, ...]


def lattice(scheme: str, *, rows: int, step: float) -> Lattice:
    """The lattice for this many rows of inputs.

    Raises
    ------
    HelError : unknown scheme, or too few inputs for one step.
    """
    if scheme not in SCHEMES:
        raise HelError(f"there is no scheme {scheme!r}; choose from {', '.join(SCHEMES)}")
    if scheme == "leapfrog":
        steps = rows
        pairs = [(Node(step, t), Node(0.0, t, t)) for t in range(steps)]
        return Lattice(scheme, steps, step / 2, (Node(0.0), *(node for pair in pairs for node in pair)))
    if rows < 2:
        raise HelError(f"the scheme verlet has one input per node, T + 1 rows with T >= 1; got {rows}; give 2 or more")
    steps = rows - 1
    inner = [Node(step, k, k - 1) for k in range(1, steps)]
    return Lattice(scheme, steps, step, (Node(step / 2), *inner, Node(step / 2, steps, steps - 1)))


SCHEMES = ("leapfrog", "verlet")
