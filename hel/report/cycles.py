"""Cycles of the passes and how busy the multipliers are in them; what a run counted; the clock that a build reached."""

from __future__ import annotations

from hel.report.read import Run
from hel.report.section import Fact, Section, Table, number, percent

__all__ = ["section"]

PASSES = (("forward", "cycles_per_step"), ("echo", "cycles_per_echo_step"), ("update", "cycles_per_update"))


def section(run: Run) -> Section | None:
    """Of all that have an array; a training has one where the array itself has learnt."""
    if run.command == "train" and "cycles" not in run:
        return None
    rows = [
        (name, number(run[key]), percent(run["busy"][name]) if name in run.get("busy", {}) else "")
        for name, key in PASSES
        if key in run
    ]
    tables = [Table("A pass", ("pass", "cycles", "multipliers busy"), rows)] if rows else []
    facts: list[Fact] = []
    if "cycles" in run and "cycles_predicted" in run:
        facts += _counted(run)
    if "fmax_hz" in run and "clock_hz" in run:
        met = run["fmax_hz"] >= run["clock_hz"]
        facts += [
            Fact(f"{run['fmax_hz'] / 1e6:.1f} MHz", "highest clock", "good" if met else "bad"),
            Fact(f"{run['clock_hz'] / 1e6:.6g} MHz", "clock that the PLL makes"),
        ]
        if "clock_asked_hz" in run:
            facts.append(Fact(f"{run['clock_asked_hz'] / 1e6:.6g} MHz", "clock asked for"))
    if run.command in ("rtl", "build") and "cycles_per_step" in run:
        facts.append(Fact(number(run["cycles_per_step"]), "cycles a forward step"))
    if "steps_per_s" in run:
        facts.append(Fact(number(round(run["steps_per_s"])), "forward steps a second"))
    if "mac_per_s" in run:
        facts.append(Fact(f"{run['mac_per_s'] / 1e9:.2f} G", "useful products a second, forward"))
    if "cycles_per_second" in run:
        facts.append(Fact(number(round(run["cycles_per_second"])), "cycles simulated a second"))
    if "critical_path" in run:
        tables.append(_path(run))
    if not tables and not facts:
        return Section("Cycles", missing="The file says nothing of cycles: run the command again with this version.")
    return Section("Cycles", "", facts, tables=tables)


def _counted(run: Run) -> list[Fact]:
    cycles, predicted, waited = run["cycles"], run["cycles_predicted"], run.get("stall_cycles", 0)
    equal = "good" if cycles == predicted + waited else "bad"
    return [
        Fact(number(cycles), "cycles counted by the array", equal),
        Fact(number(predicted), "predicted by the schedule"),
        Fact(number(waited), "waited for a stream"),
    ]


def _path(run: Run) -> Table:
    path = run["critical_path"]
    return Table(
        "Critical path",
        ("", ""),
        [
            ("from", path["start"]),
            ("to", path["end"]),
            ("delay", f"{path['ns']:.2f} ns, {path['routing_ns']:.2f} ns of it in wires"),
        ],
        numbers=False,
    )
