"""The one cocotb test there is: calls the function that `session.launch` was asked for.

Imported only inside a simulator.
"""

import contextlib
import ctypes
import importlib
import inspect
import json
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import cocotb

from testbench.script import plain
from testbench.session import SimulatedPort


def _die_with_parent() -> None:
    """Linux: should the launching process vanish, so does the simulator."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _resolve(name: str) -> Callable[..., Awaitable[Any]]:
    module, separator, attribute = name.partition(":")
    if not separator:
        raise ValueError(f"a function is named package.module:function, got {name!r}")
    function: Callable[..., Awaitable[Any]] = getattr(importlib.import_module(module), attribute)
    if not inspect.iscoroutinefunction(function):
        raise TypeError(f"{name} must be an async function (async def)")
    return function


async def _answer(dut: Any, folder: Path) -> str:
    call = json.loads((folder / "call.json").read_text(encoding="utf-8"))
    function = _resolve(call["function"])
    port = SimulatedPort(dut, call["simulator"], call["debug_bus_bits"], folder)
    await port.reset()
    result = await function(port, **call["arguments"])
    if not isinstance(result, dict):
        raise TypeError(f"{call['function']} must return a dict, got {type(result).__name__}")
    return json.dumps({"result": result}, default=plain)


@cocotb.test()
async def call(dut: Any) -> None:
    _die_with_parent()
    folder = Path.cwd()
    with open(
        int(os.environ["HEL_COSIM_PROGRESS"]), "w", buffering=1, encoding="utf-8", errors="backslashreplace"
    ) as lines:
        with contextlib.redirect_stdout(lines):
            try:
                answer = await _answer(dut, folder)
            except Exception as error:
                message = str(error) or "no message"
                entry = {"type": type(error).__name__, "message": message, "traceback": traceback.format_exc()}
                answer = json.dumps({"error": entry})
        temporary = folder / "result.tmp"
        temporary.write_text(answer, encoding="utf-8")
        temporary.rename(folder / "result.json")
