"""A static map y = f(x, ...; theta) between layers, with its vector-Jacobian products, from one traced function.

The scalar S = a . f(x; theta) holds all that is needed: dS/da = f, dS/dx = J_x^T a, dS/dtheta = J_theta^T a. So the
function is written once, in the vocabulary of `golden.language.trace`, and its value and both products come from the
graph of S.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.autodiff import gradient
from golden.language.evaluate import Evaluator
from golden.language.graph import Array, Shape
from golden.language.trace import trace_function

__all__ = ["StaticMap"]

_SEED = "adjoint"


class StaticMap:
    """f(inputs..., theta) -> (k,), of one sample.

    Parameters
    ----------
    name : for messages
    function : called with one array per input, in order, and theta
    inputs, parameters : name -> shape
    size : k, the length of the result

    >>> square = StaticMap("square", lambda q, theta: theta["g"] * q**2, {"q": (2,)}, {"g": (2,)}, 2)
    >>> q, theta = np.array([[1.0, 2.0], [3.0, 4.0]]), {"g": np.array([1.0, 10.0])}
    >>> square({"q": q}, theta)
    array([[  1.,  40.],
           [  9., 160.]])
    >>> square.products({"q": q}, theta, np.ones((2, 2)))
    {'q': array([[ 2., 40.],
           [ 6., 80.]]), 'g': array([10., 20.])}
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        inputs: Mapping[str, Shape],
        parameters: Mapping[str, Shape],
        size: int,
    ) -> None:
        def paired(adjoint: Any, *arguments: Any) -> Any:
            value = function(*arguments)
            got = getattr(value, "shape", type(value).__name__)
            if got != (size,):
                raise HelError(f"{name} must return a vector of shape ({size},), got {got}")
            return np.sum(adjoint * value)

        graph = trace_function(paired, name, {_SEED: (size,), **inputs}, parameters)
        slopes = gradient(graph)
        self._value = Evaluator(slopes, [_SEED])
        self._products = Evaluator(slopes, [*inputs, *parameters])
        self._parameters = tuple(parameters)

    def __call__(self, inputs: Mapping[str, Array], theta: Mapping[str, Array]) -> Array:
        """f, for inputs with batch axes: (..., k)."""
        return self._value({**inputs, **theta})[_SEED]

    def products(self, inputs: Mapping[str, Array], theta: Mapping[str, Array], adjoint: Array) -> dict[str, Array]:
        """J^T adjoint, adjoint (..., k): per input (..., its shape), per parameter summed over the batch."""
        return self._products({_SEED: adjoint, **inputs, **theta}, total=self._parameters)
