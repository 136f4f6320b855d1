"""The integer program as compiled code: C made from a program's text, built once, word for word golden's NumPy.

==============  ==================================================================================================
`source`        the C of a whole program; `python -m golden.native SYSTEM` prints it
`layout`        which value lies where, and when it is computed; `headers` the fixed texts and the names they take
`operations`    the C of one operation; `constants` of matrix products, `tables` of look-ups, `gradients` of G
`kernels.h`     panels of weights, exact products, rounded sums; `rounding.h` the integer rules
`steps.h`       the leapfrog and its echo, with the nudges of `nudges.h`
`learn.h`       whole samples: `costs.h` reads positions and nudges, `readout.h` has labels, `squared_error.h` targets,
                `update.h` the optimisers
`build`         compiler, flags, cache
`library`       the compiled library as Python sees it, its structs in `structures`; `steps` what
                `golden.dynamics.integrator` runs with it
==============  ==================================================================================================

In: a `golden.program.Program`. Out: machines that run it, and the C.

May import of golden: errors, arithmetic, language, computer, cost_functions, program, systems, dynamics, compiler.
"""

from golden.native.build import Unavailable
from golden.native.choice import COMPILED, EXECUTORS, NUMPY, executor_of, steps_by
from golden.native.library import at
from golden.native.steps import Machines, NativeSteps, steps_at_once

__all__ = [
    "COMPILED",
    "EXECUTORS",
    "NUMPY",
    "Machines",
    "NativeSteps",
    "Unavailable",
    "at",
    "executor_of",
    "steps_at_once",
    "steps_by",
]
