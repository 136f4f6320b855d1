"""What is learnt: costs of a trajectory, and the nudges they give the echo, in float64 and in integers.

In: positions and targets. Out: a cost, and its slope. Imports golden.language and golden.arithmetic.
"""

from golden.costs.trajectory import AveragedCost, Cost, CostFunction, FinalCost, Meter, SummedCost, half_squared_error

__all__ = ["AveragedCost", "Cost", "CostFunction", "FinalCost", "Meter", "SummedCost", "half_squared_error"]
