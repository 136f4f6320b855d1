"""Formats of the words, formats of the cuts, and the sticky flags that were raised."""

from __future__ import annotations

import re

from hel.output import clamped_lines
from hel.report.read import Run
from hel.report.section import Fact, Section, Table

__all__ = ["section"]

MEANS = {
    "fraction_bits": "fraction bits of the momentum p",
    "operand_bits": "width of a multiplier operand",
    "integer_bits": "integer bits of position q and momentum p, sign included",
    "log2_inverse_step": "k of the time step h = 2^\u2212k",
    "g_bits": "width of a gradient word",
    "g_cut": "bits cut from a product of a gradient",
    "clip_log2": "k: no parameter moves by more than 2^k raw units in one update",
}


def section(run: Run) -> Section | None:
    """Of all that compute in words."""
    if run.command == "train" and run.get("arithmetic") == "float":
        return Section("Formats and flags", missing="A run in float64 has no formats and raises no flags.")
    facts = []
    if "flags" in run:
        raised = run["flags"]
        if raised and run.command == "verify":
            note = "flags raised, in the array as in golden: the random words of a test are large enough to raise some"
        else:
            note = "flags raised: words left their range" if raised else "flags raised"
        facts.append(
            Fact(", ".join(raised) or "none", note, "" if run.command == "verify" else "bad" if raised else "good")
        )
    tables = []
    words = re.findall(r"(\w+)=(\S+)", run.get("formats", ""))
    if words:
        rows = [(name, value, MEANS.get(name, "")) for name, value in words]
        tables.append(Table("Formats", ("name", "value", "meaning"), rows, numbers=False))
    if run.get("cut_formats"):
        cuts = [(row["name"], row["of"], row["format"], row["default"], row["line"]) for row in run["cut_formats"]]
        head = ("cut", "of", "format", "by default", "line of the potential")
        tables.append(Table(f"Cuts: {run.get('cuts', 'default')}", head, cuts, numbers=False))
    clipped, clamped = (run.get(key, ()) for key in ("operand_clipped", "argument_clamped"))
    told = [*(f"{line}: held at its end" for line in clipped), *clamped_lines({"argument_clamped": clamped})]
    if not tables:
        return Section("Formats and flags", missing="The file does not say its formats: it is of an older version.")
    if told:
        tables.append(
            Table("What was held", ("cut, or argument of a table",), [(line,) for line in told], numbers=False)
        )
    return Section("Formats and flags", "", facts, tables=tables)
