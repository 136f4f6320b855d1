"""One array that is built once and loaded with one program after another: each equals golden, and the cycle model.

The array is the union of what the programs need (`rtl.hls.report.reuse.joined`). Control words, function table,
constants and parameters are loaded; what the program before has left in memories and registers stays, and must not
matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from golden import systems
from golden.arithmetic.formats import Formats
from golden.compiler.lower import compile_system
from rtl.hls import Geometry
from rtl.hls.check.cycle_model import CycleModel
from rtl.hls.plan.bind import bind
from rtl.hls.report.reuse import joined
from testbench.array import build_array
from testbench.session import SimulatedPort, launch
from testbench.verify import Comparison

__all__ = ["array_for", "inside", "verify_resident"]


def array_for(names: Sequence[str], *, neurons: int, elements: int, inputs: int, formats: Formats) -> Geometry:
    """The geometry that runs all the systems."""
    plans = [bind(compile_system(systems.get(name, n=neurons, m=inputs), formats)) for name in names]
    return joined(plans, formats, elements=elements, neurons=neurons)


def verify_resident(
    names: Sequence[str],
    *,
    simulator: str = "verilator",
    neurons: int = 8,
    elements: int = 4,
    inputs: int = 3,
    steps: int = 2,
    formats: Formats | None = None,
    seed: int = 0,
    stalls: int = 64,
    recorded: int = 0,
    notice: Callable[[str], None] | None = None,
) -> dict[str, dict[str, Any]]:
    """`verify`'s report of every system, all on one array.

    Parameters
    ----------
    recorded : so many systems, the first ones, are compared with the cycle model at every clock
    """
    formats = formats or Formats()
    geometry = array_for(names, neurons=neurons, elements=elements, inputs=inputs, formats=formats)
    build = build_array(simulator, geometry, debug_bus=bool(recorded), notice=notice)
    common = {"neurons": neurons, "elements": elements, "inputs": inputs, "steps": steps, "formats": asdict(formats)}
    arguments = {"names": list(names), "array": asdict(geometry), "seed": seed, "stalls": stalls, "recorded": recorded}
    found = launch(build, "testbench.reuse:inside", {**arguments, "common": common}, progress=notice)
    return dict(found["systems"])


async def inside(
    port: SimulatedPort,
    *,
    names: list[str],
    array: dict[str, Any],
    seed: int,
    stalls: int,
    recorded: int,
    common: dict[str, Any],
) -> dict[str, Any]:
    """The part of `verify_resident` that runs in the simulator."""
    geometry = Geometry(**{key: tuple(value) if isinstance(value, list) else value for key, value in array.items()})
    model = CycleModel(geometry)
    reports = {}
    for index, name in enumerate(names):
        comparison = Comparison(
            port,
            system=name,
            seed=seed + index,
            stalls=stalls * (index % 2),
            recorded=index < recorded,
            array=geometry,
            model=model,
            **common,
        )
        reports[name] = await comparison.run()
    return {"systems": reports}
