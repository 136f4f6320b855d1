"""A cost by its word, or one of the user's own from a Python file: `path/to/file.py:function`.

That is a function c(q, y) of one sample's positions and its target, which is then a cost of the final position, or a
`Cost` made of one: `near = SummedCost(c)`, `bent = FinalCost(c, gradient=slope)`. The file is run like that of a system
(`golden.systems.load`).
"""

from __future__ import annotations

import difflib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from golden.cost_functions import AveragedCost, Cost, FinalCost, SummedCost
from golden.errors import HelError
from golden.language.evaluate import Evaluator
from golden.language.graph import Array, depends
from golden.language.trace import trace_function
from golden.language.validate import shortened
from golden.systems import load

__all__ = ["COSTS", "cost_of", "examined"]

COSTS: dict[str, type[Cost]] = {"final": FinalCost, "summed": SummedCost, "averaged": AveragedCost}
"""Half squared error: at the end, its plain sum over all steps, of the mean energies m = (1/T) sum q_t^2."""

_PAGE = "see docs/how_to/own_cost.md"
_TRIED = 64
"""Numbers of a target that are tried, to say which would do."""


def cost_of(given: str | Cost) -> Cost:
    """The cost that a word of `COSTS`, `file.py:name`, or a `Cost` means.

    Raises
    ------
    HelError : another word, no such file or name, what is no cost, an error while the file runs.

    >>> cost_of("summed")
    SummedCost(half_squared_error)
    >>> cost_of("mean")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: the cost is one of final, summed, averaged, or path/to/file.py:function, got mean; ...
    """
    if isinstance(given, Cost):
        return given
    if isinstance(given, str) and given in COSTS:
        return COSTS[given]()
    if isinstance(given, str) and load.is_file(given):
        return _found(given)
    got = given if isinstance(given, str) else shortened(given)
    words = ", ".join(COSTS)
    raise HelError(f"the cost is one of {words}, or path/to/file.py:function, got {got}; give one of these")


def _found(name: str) -> Cost:
    module, path, wanted = load.named(name, "cost", "function")
    if not wanted:
        own = _candidates(module)
        if len(own) != 1:
            example = own[0] if own else "my_cost"
            raise HelError(
                f"a file with exactly one cost needs no name, {path} defines {', '.join(own) or 'none'};"
                f" write {path}:{example}" + ("" if own else f" and the function, {_PAGE}")
            )
        wanted = own[0]
    if not hasattr(module, wanted):
        own = _candidates(module)
        near = difflib.get_close_matches(wanted, own, n=1)
        hint = f"did you mean {path}:{near[0]}?" if near else "correct the name"
        raise HelError(f"{path} defines no {wanted!r}; its costs: {', '.join(own) or 'none'}; {hint}")
    value = getattr(module, wanted)
    if isinstance(value, Cost):
        return value
    if not callable(value) or inspect.isclass(value):
        kind = "class" if inspect.isclass(value) else type(value).__name__
        raise HelError(
            f"a cost is a function c(q, y) or a FinalCost, SummedCost or AveragedCost of one, {path}:{wanted} is a"
            f" {kind}; write `def {wanted}(q, y):`"
        )
    try:
        return FinalCost(value)
    except HelError as error:
        raise HelError(f"{path.name}: {error}") from None


def _candidates(module: ModuleType) -> list[str]:
    """What the file itself defines that could be a cost, but for names with _ in front."""

    def is_one(value: Any) -> bool:
        if isinstance(value, Cost):
            return True
        own = inspect.isfunction(value) and value.__module__ == module.__name__
        return own and len(inspect.signature(value).parameters) == 2

    return [name for name, value in vars(module).items() if not name.startswith("_") and is_one(value)]


def examined(cost: Cost, n: int, targets: int) -> Cost:
    """`cost`, if it takes n positions and as many numbers of a target, and its traced function is the function.

    Back-propagation runs the function itself and the echo its trace: one that is random, or that decides on the values
    it is given, would have two gradients.

    Raises
    ------
    HelError : a cost that cannot be traced, is not one number, or not a function of q and y alone; a gradient= of its
        own that is not its slope.

    >>> examined(FinalCost(lambda q, y: np.sum((q[:2] - y) ** 2)), n=4, targets=2)
    FinalCost(<lambda>)
    >>> examined(FinalCost(lambda q, y: q - y), n=4, targets=4)
    Traceback (most recent call last):
    ...
    golden.errors.HelError: ...: the cost must be one number, got shape (4,); wrap it in np.sum ...
    """
    if refused := _refusal(cost, n, targets):
        fits = next((k for k in (n, *reversed(range(1, min(n, _TRIED)))) if not _refusal(cost, n, k)), 0)
        hint = f"; a target has {targets} numbers here: say --targets {fits} (targets={fits})" if fits else ""
        raise HelError(f"{_said(cost, refused)}{hint}")
    rng = np.random.default_rng(0)
    q, y = rng.uniform(0.1, 0.9, n), rng.uniform(0.1, 0.9, targets)
    if cost.gradient is not None:
        _check_slope(cost, q, y)
        return cost
    plain = float(cost.function(q, y))
    graph = trace_function(cost.function, "cost", {"q": (n,), "target": (targets,)}, output="cost")
    traced = float(Evaluator(graph)({"q": q, "target": y})["cost"])
    if not np.isclose(plain, traced, rtol=1e-9, atol=1e-9):
        rule = f"{cost!r} must be a function of q and y alone"
        raise HelError(
            _said(cost, f"{rule}, it gave {plain:g} and, when it was traced, {traced:g}")
            + "; take randomness, state and decisions on values out of it"
        )
    if not depends(graph.outputs["cost"], "q", {}):
        raise HelError(_said(cost, f"a cost is a function of q, {cost!r} does not depend on it; let q act in it"))
    return cost


def _check_slope(cost: Cost, q: Array, y: Array) -> None:
    """HelError where the gradient that came with a cost is not what central differences at one point give.

    A cost that has no number there is let be: its domain is not known here.
    """
    step = 2.0**-17
    with np.errstate(all="ignore"):
        if not _finite(cost, q, y):
            return
        try:
            found, around = cost.call("dc/dq", q, y), abs(float(cost.call("c", q, y)))
            moved = step * np.eye(q.size)
            wanted = np.array([float(cost.call("c", q + d, y) - cost.call("c", q - d, y)) for d in moved]) / (2 * step)
        except HelError as error:
            raise HelError(_said(cost, str(error))) from None
    off = np.abs(found - wanted)
    if np.all(off <= 1e-4 * np.abs(wanted).max() + 1e-8 * around):
        return
    at = int(np.argmax(off))
    rule = f"gradient= of {cost!r} is the slope of c, and at a random point its component {at} is {found[at]:.6g}"
    raise HelError(
        _said(cost, rule)
        + f" where c changes by {wanted[at]:.6g}; correct it, or leave it out where c is written with NumPy"
    )


def _finite(cost: Cost, q: Array, y: Array) -> bool:
    """Whether c and its slope have numbers around q; what they raise is told by who calls them."""
    assert cost.gradient is not None
    try:
        near = [np.asarray(f(q + d, y)) for f in (cost.function, cost.gradient) for d in (-1e-4, 0.0, 1e-4)]
        return all(bool(np.isfinite(one).all()) for one in near)
    except Exception:
        return True


def _refusal(cost: Cost, n: int, targets: int) -> str:
    """Why the cost cannot be had of n positions and so many numbers of a target; "" where it can."""
    one = np.full((1, targets) if cost.per_step else targets, 0.5)
    try:
        cost.check(n, 1, one)
    except HelError as error:
        return str(error)
    return ""


def _said(cost: Cost, message: str) -> str:
    """The message with the file of the user's function at its head, once."""
    if getattr(cost.function, "__module__", "golden").partition(".")[0] == "golden":
        return message
    try:
        file = f"{Path(inspect.getsourcefile(cost.function) or '').name}:"
    except TypeError:
        return message
    return message if message.startswith(file) else f"{file} {message}"
