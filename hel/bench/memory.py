"""Peak resident memory of one update, in a process of its own: `python -m hel.bench.memory '{"whose": "hel", ...}'`.

The process makes system, data and code first; how much more is resident at its peak after that is what learning takes.
Where the system lets it (Linux), memory that is free but still held is handed back in between, and the peak counted
anew; elsewhere the peak of before hides as much. Of JAX also what XLA has set aside for the call.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from golden.computer.processes import run
from golden.errors import HelError
from hel.bench.setting import Setting

__all__ = ["measured", "one", "peak_bytes", "settled"]

_START = (
    "import json, sys; root = sys.argv[1]; sys.path[:] = [root, *json.loads(sys.argv[2])];"
    " from hel.bench.memory import main; sys.path.remove(root); sys.exit(main(sys.argv[3]))"
)
"""With the path of who starts it, ours first until `hel` is found, as `hel.explore.hands`."""


def settled() -> None:
    """Hands free memory back, and lets the peak begin anew, where that can be."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_bytes() -> int:
    """The most that was resident of this process, ever or since `settled`.

    >>> peak_bytes() > 10**6
    True
    """
    with suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM:")))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def measured(case: dict[str, Any]) -> dict[str, Any]:
    """The row of a case of `hel.bench.plan`, from a fresh process.

    Raises
    ------
    HelError : the process ended otherwise than by its answer.
    """
    root = str(Path(__file__).parents[2])
    done = run([sys.executable, "-c", _START, root, json.dumps(sys.path), json.dumps(case)], Path.cwd(), os.environ)
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode != 0 or not last.startswith("{"):
        raise HelError(
            f"a process that measures memory must end by itself, that of {case} ended with {done.returncode}:"
            f" {last[:200]}; leave memory out with --only speed growth, or free some memory"
        )
    found: dict[str, Any] = json.loads(last)
    return found


def one(case: dict[str, Any]) -> dict[str, Any]:
    """In this process: who, batch, bytes before, at the peak, of the inputs, and set aside by XLA."""
    setting = Setting(case["system"], case["neurons"], case["steps"])
    contestant: Any
    if case["whose"] == "golden":
        from hel.bench.golden_contestants import Compiled

        contestant = Compiled(setting, block=case["batch"])
    else:
        from hel.bench.jax_contestants import Scanned

        contestant = Scanned(setting, case["whose"], case["batch"], block=1)
    settled()
    before = peak_bytes()
    contestant.learn()
    contestant.learn()
    return {
        "who": contestant.who.name,
        "batch": contestant.who.batch,
        "samples": contestant.samples,
        "before_bytes": before,
        "peak_bytes": peak_bytes(),
        "input_bytes": contestant.input_bytes,
        "xla_temporary_bytes": getattr(contestant, "temporary_bytes", None),
    }


def main(text: str) -> int:
    print(json.dumps(one(json.loads(text))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
