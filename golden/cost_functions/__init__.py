"""The loss: what is learnt, and the nudge dC/dq that it gives the echo, in float64 and in integers.

===============  =====================================================================================================
`trajectory`     final, summed and averaged costs of any function c(q, y), in float64
`latch`          the averaged cost's nudge in integers
`readout`        softmax cross-entropy of a linear readout, in integers, with the update of the readout's own weights
`float_readout`  the same in float64
`squared_error`  half squared error of a linear readout, at the end or at every step, in both
`cross_entropy`  softmax cross-entropy of any logits, for `FinalCost(cross_entropy, gradient=cross_entropy_slope)`
===============  =====================================================================================================

In: positions, and targets or labels. Out: the cost, its slope, its nudge.

May import of golden: errors, arithmetic, language.
"""

from golden.cost_functions.cross_entropy import cross_entropy, cross_entropy_slope
from golden.cost_functions.trajectory import (
    AveragedCost,
    Cost,
    CostFunction,
    FinalCost,
    Meter,
    SummedCost,
    half_squared_error,
    projection,
)

__all__ = [
    "AveragedCost",
    "Cost",
    "CostFunction",
    "FinalCost",
    "Meter",
    "SummedCost",
    "cross_entropy",
    "cross_entropy_slope",
    "half_squared_error",
    "projection",
]
