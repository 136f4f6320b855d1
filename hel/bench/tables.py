"""What was measured as Markdown, and in words: how much faster, where a peer wins, what memory grows with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["SPEED", "compact", "markdown", "memory", "peers_that_win", "ratios", "speed"]

Row = Mapping[str, Any]

SPEED = "samples/s", "of golden compiled over each, in the same rounds", "CPU seconds of 1000 samples"


def compact(number: float) -> str:
    """Three digits.

    >>> [compact(x) for x in (0.01234, 7.25, 224.4, 37100.0, 1.25e6)]
    ['0.0123', '7.25', '224', '37.1 k', '1.25 M']
    """
    for scale, unit in ((1e6, " M"), (1e3, " k")):
        if number >= scale * 0.9995:
            return f"{number / scale:.3g}{unit}"
    return f"{number:.3g}"


def named(row: Row) -> str:
    """Who it is, in a column's head.

    >>> named({"who": "JAX HEL", "batch": 64, "how": "", "device": "cpu"})
    'JAX HEL, batch 64'
    """
    parts = [row["who"], f"batch {row['batch']}" if row["batch"] > 1 else "", row["how"]]
    return ", ".join([*(part for part in parts if part), *([row["device"]] if row["device"] != "cpu" else [])])


def best(rows: Sequence[Row]) -> dict[str, Row]:
    """The fastest batch beyond 64 of each peer on each device, by its column."""
    found: dict[str, Row] = {}
    for row in rows:
        if row["who"].startswith("JAX") and not row["how"] and row["batch"] > 1:
            name = ", ".join([f"{row['who']}, best batch", *([row["device"]] if row["device"] != "cpu" else [])])
            if name not in found or row["samples_per_s"] > found[name]["samples_per_s"]:
                found[name] = row
    return found


def _by_size(rows: Sequence[Row], what: str) -> dict[tuple[int, int], list[Row]]:
    sizes: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        if row["what"] == what:
            sizes.setdefault((row["steps"], row["neurons"]), []).append(row)
    return dict(sorted(sizes.items()))


def _columns(rows: Sequence[Row]) -> dict[str, Row]:
    """Of one size: golden, each peer at batch 1 and 64, and its best batch."""
    found = {named(row): row for row in rows if row["batch"] in (1, 64)}
    return found | best(rows)


def speed(rows: Sequence[Row], which: int = 0) -> list[str]:
    """One table of `SPEED`: a line for each contestant, a column for each size."""
    sizes = {size: _columns(found) for size, found in _by_size(rows, "speed").items()}
    if not sizes:
        return []
    names = dict.fromkeys(name for columns in sizes.values() for name in columns)
    lines = [
        "| " + " | ".join([SPEED[which], *(f"N = {n}, T = {t}" for t, n in sizes)]) + " |",
        "|---" * (len(sizes) + 1) + "|",
    ]
    for name in names:
        cells = [_cell(columns.get(name), which, "best" in name) for columns in sizes.values()]
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return lines


def _cell(row: Row | None, which: int, best: bool) -> str:
    if row is None:
        return "-"
    batch = f" ({row['batch']})" if best else ""
    if which == 0:
        return f"{compact(row['samples_per_s'])}{batch}"
    if which == 2:
        return f"{compact(1000 * row['cpu_s'])} (x {row['processors']:.1f})"
    text = f"{compact(row['behind'])}{batch}"
    return f"**{text}**" if row["behind"] < 1 else text


def ratios(rows: Sequence[Row]) -> list[str]:
    return speed(rows, 1)


def peers_that_win(rows: Sequence[Row]) -> list[str]:
    """A sentence for each size at which a peer is faster than golden compiled on one thread, or that there is none."""
    sizes = _by_size(rows, "speed")
    lines = []
    for (steps, n), found in sizes.items():
        seeds = next((r["samples_per_s"] for r in found if r["who"] == "golden compiled" and r["how"]), 0.0)
        wins = [row for row in _columns(found).values() if row["who"].startswith("JAX") and row["behind"] < 1]
        if not wins or not any(row["who"] == "golden compiled" for row in found):
            continue
        by = max(wins, key=lambda row: row["samples_per_s"])
        text = (
            f"N = {n}, T = {steps}: {len(wins)} of JAX's ways are faster than golden compiled on one thread, the"
            f" fastest {named(by)} by {1 / by['behind']:.2g} times"
        )
        if seeds:
            more = seeds / by["samples_per_s"]
            text += f"; {'golden on all threads is ' if more >= 1 else 'also than golden on all threads, by '}"
            text += f"{more:.2g} times as fast as that" if more >= 1 else f"{1 / more:.2g} times"
        lines.append(text + ".")
    none = "No peer is faster than golden compiled at any of these sizes."
    return lines or ([none] if any(row["who"] == "golden compiled" for row in rows if row["what"] == "speed") else [])


def memory(rows: Sequence[Row]) -> list[str]:
    """A line for each T: by how much the peak grew while learning, and XLA's own account."""
    found = [row for row in rows if row["what"] == "memory"]
    if not found:
        return []
    names = dict.fromkeys(row["who"] for row in found)
    heads = [f"{name}{', ' + text if text else ''}" for name in names for text in _accounts(name)]
    lines = ["| T | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for steps in sorted({row["steps"] for row in found}):
        cells = []
        for name in names:
            row = next((r for r in found if r["steps"] == steps and r["who"] == name), None)
            cells += ["-"] * len(_accounts(name)) if row is None else _megabytes(row)
        lines.append(f"| {steps} | " + " | ".join(cells) + " |")
    return lines


def _accounts(name: str) -> tuple[str, ...]:
    return ("MB", "XLA's own account, MB") if name.startswith("JAX") else ("MB",)


def _megabytes(row: Row) -> list[str]:
    grown = [f"{(row['peak_bytes'] - row['before_bytes']) / 1e6:.1f}"]
    temporary = row.get("xla_temporary_bytes")
    return (
        grown if not row["who"].startswith("JAX") else [*grown, "-" if temporary is None else f"{temporary / 1e6:.1f}"]
    )


def growth(rows: Sequence[Row]) -> list[str]:
    """Samples/s over N at the shortest T and over T at N = 32, of who was measured at all of these."""
    found = [row for row in rows if row["what"] in ("speed", "growth") and row["batch"] in (1, 64) and not row["how"]]
    if not found:
        return []
    sizes = sorted({(row["steps"], row["neurons"]) for row in found})
    names = dict.fromkeys(named(row) for row in found)
    lines = ["| N | T | " + " | ".join(names) + " |", "|---" * (len(names) + 2) + "|"]
    for steps, n in sizes:
        here = {named(row): row for row in found if (row["steps"], row["neurons"]) == (steps, n)}
        cells = [compact(here[name]["samples_per_s"]) if name in here else "-" for name in names]
        lines.append(f"| {n} | {steps} | " + " | ".join(cells) + " |")
    return lines


def markdown(document: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """Everything that was measured, with the machine."""
    here = document["machine"]
    packages = ", ".join(f"{name} {here[name]}" for name in ("python", "numpy", "jax") if here[name])
    rounds = f"`{document['command']}` measured this on {here['processors']} x {here['processor']}, {packages}"
    devices = f"; devices of JAX: {', '.join(here['devices'])}" if here["devices"] else ""
    parts: list[Sequence[str]] = [[f"{rounds}{devices}."]]
    parts += [speed(rows), speed(rows, 1), peers_that_win(rows), speed(rows, 2), growth(rows), memory(rows)]
    return "\n\n".join("\n".join(part) for part in parts if part)
