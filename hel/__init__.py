"""The front door: what a user of the library needs, by one import; and the command line, `python -m hel`.

    from hel import System           a user's file begins so
    import hel
    design = hel.Design(Ring(8, 2), elements=4)
    hel.verify(design)               its RTL against golden, bit for bit

Every name is loaded when it is first asked for: `import hel` takes no time, and needs no package that is not used.

===============  ==================================================================================================
`System`         what a user derives from: sizes, parameters, a potential
`table`          a function of one variable in a potential, in the user's own words, with its range and error
`Formats`        the fixed-point formats of a design
`Design`         a system on an array, in formats: `program`, `schedule`, `geometry`
`Problem`        a system with parameters, inputs, targets and a cost: what a gradient is of
`gradient`       any learning rule on a problem, by its name
`gradcheck`      echo learning against back-propagation, float and fixed point
`train`          echo learning on a task, float or fixed point
`train_rtl`      the same by the array in a simulator, golden in step
`verify`         a design's RTL against golden, every word, at the predicted cycle
`build`          a design's bitstream and report for a board
`systems`        the built-in systems: `systems.get("dense", n=16, m=4)`
`rules`          the learning rules, each a module; problems of other kinds: `rules.StaticProblem`, `rules.StackProblem`
`tasks`          the built-in tasks: `tasks.get("digits")`
`costs`          costs of a trajectory: `costs.FinalCost()`
`errors`         `HelError`, the one exception a user has to know
===============  ==================================================================================================

>>> import hel
>>> hel.Design("dense", neurons=8, inputs=2).schedule.geometry.elements
4

May import of hel: first.
"""

from hel import first as _first  # noqa: F401  before any other import: our packages win over a user's of their names

# isort: split
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bitstreams.learning import build
    from golden import cost_functions as costs
    from golden import errors, rules, systems, tasks
    from golden.arithmetic.formats import Formats
    from golden.checks.gradcheck import gradcheck
    from golden.errors import HelError
    from golden.language.user_function import table
    from golden.problems import Problem
    from golden.rules import gradient
    from golden.systems import System
    from golden.training.sequences import train
    from rtl.design import Design
    from testbench.train_rtl import train_rtl
    from testbench.verify import verify

__all__ = [
    "Design",
    "Formats",
    "HelError",
    "Problem",
    "System",
    "build",
    "costs",
    "errors",
    "gradcheck",
    "gradient",
    "rules",
    "systems",
    "table",
    "tasks",
    "train",
    "train_rtl",
    "verify",
]

_HOME = {
    "Design": "rtl.design",
    "Formats": "golden.arithmetic.formats",
    "HelError": "golden.errors",
    "Problem": "golden.problems",
    "System": "golden.systems",
    "build": "bitstreams.learning",
    "gradcheck": "golden.checks.gradcheck",
    "gradient": "golden.rules",
    "table": "golden.language.user_function",
    "train": "golden.training.sequences",
    "train_rtl": "testbench.train_rtl",
    "verify": "testbench.verify",
}
"""The module that has each name."""

_ROOMS = {
    "costs": "golden.cost_functions",
    "errors": "golden.errors",
    "rules": "golden.rules",
    "systems": "golden.systems",
    "tasks": "golden.tasks",
}
"""Names that are a module themselves."""


if not TYPE_CHECKING:  # a type checker knows the names above, and no others

    def __getattr__(name: str) -> Any:
        if name in _ROOMS:
            found = import_module(_ROOMS[name])
        elif name in _HOME:
            found = getattr(import_module(_HOME[name]), name)
        else:
            raise AttributeError(f"hel has no {name!r}; it has {', '.join(__all__)}")
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted(__all__)
