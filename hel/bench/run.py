"""From a plan to rows: the cases that have none are measured, each is kept as it comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from golden.native import Unavailable
from golden.peers.extra import installed
from hel.bench import memory, plan
from hel.bench.contestant import Contestant
from hel.bench.document import Document, processors
from hel.bench.golden_contestants import Compiled, Interpreted
from hel.bench.rounds import alternated
from hel.bench.setting import Setting
from hel.output import Progress

__all__ = ["contestants", "measure"]


def measure(document: Document, chosen: plan.Plan, cases: list[dict[str, Any]], progress: Progress) -> None:
    """Measures what is missing."""
    for done, case in enumerate(cases):
        title = f"{case['what']} N={case['neurons']} T={case['steps']}"
        if document.has(case):
            continue
        progress(done, len(cases), title)
        if case["what"] == "memory":
            rows = [memory.measured(case)]
        else:

            def tell(text: str, done: int = done, title: str = title) -> None:
                progress(done, len(cases), f"{title}: {text}")

            made = contestants(case, chosen, tell, progress.line)
            rows = alternated(made, chosen.rounds, chosen.seconds, tell)
        document.add(case, rows)
    progress(len(cases), len(cases))


def contestants(
    case: dict[str, Any], chosen: plan.Plan, tell: Callable[[str], None], complain: Callable[[str], None]
) -> list[Contestant]:
    """All of a case, golden's first; without a compiler or JAX those that there are."""
    setting = Setting(case["system"], case["neurons"], case["steps"])
    made: list[Contestant] = []
    try:
        made.append(Compiled(setting))
        if processors() > 1:
            made.append(Compiled(setting, seeds=processors()))
    except Unavailable as error:
        complain(f"hel: compiled golden is left out: {error}")
    made.append(Interpreted(setting))
    if case["batches"] and installed():
        from hel.bench.jax_contestants import NAMES, Called, Scanned, devices

        for device in devices():
            for rule in NAMES:
                for batch in case["batches"]:
                    tell(f"compiling {NAMES[rule]}, batch {batch}, {device}")
                    made.append(Scanned(setting, rule, batch, device))
                if chosen.calls and case["what"] == "speed":
                    made.append(Called(setting, rule, device))
    return made
