"""List the systems: potential, parameters, functions, and whether the array runs them.

With a SYSTEM only that one, at the size asked for: the way to see what is made of a file of your own.

example:
  hel systems
  hel systems dense --neurons 64 --inputs 8          # its parameters at this size
  hel systems ring.py:Ring                           # the class Ring of your file ring.py
"""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any

from golden.errors import HelError
from hel.options import add_size, checked_system
from hel.output import table_lines


def arguments(parser: argparse.ArgumentParser) -> None:
    """A system, and a size for the shapes."""
    parser.add_argument(
        "system",
        nargs="?",
        default=None,
        metavar="SYSTEM",
        help="one of them, or path/to/file.py:Class for one of your own (:Class may be left out where the file has one"
        " system); default: all built-in ones",
    )
    add_size(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The registry of `golden.systems`, or one system, described at N neurons and M inputs."""
    from golden import systems

    if args.system is not None:
        checked_system(args.system)
    names = [args.system] if args.system is not None else list(systems.SYSTEMS)
    rows = [describe(name, args.neurons, args.inputs) for name in names]
    return {"systems": rows, "neurons": args.neurons, "inputs": args.inputs}


def describe(name: str, neurons: int, inputs: int) -> dict[str, Any]:
    """name, summary, what, parameters, functions; tables: functions of the array in the force, own_tables: made for
    this system (`golden.compiler.compile.described`); ranges: name -> [lowest, highest] of those declared; masses,
    angles (`golden.compiler.realised`), where there are any; array: whether the ring has a form for it, reason: why
    not.
    """
    from golden import systems
    from golden.arithmetic.formats import Formats
    from golden.compiler.compile import described
    from golden.compiler.realised import told
    from golden.compiler.tabulate import tabulate
    from golden.language.graph import SMOOTH, TABLES, topological
    from golden.systems.ranges import checked_ranges

    system = systems.get(name, n=neurons, m=inputs)
    lines = [line.strip() for line in (type(system).__doc__ or "").strip().splitlines()]
    used = {node.op for node in topological(tabulate(system.gradient).outputs.values())} & set(TABLES)
    nodes = topological(system.graph.outputs.values())
    written = {str(node.function) if node.op == "call" else node.op for node in nodes if node.op in (*TABLES, *SMOOTH)}
    program, reason = compiled(system)
    return {
        "name": name,
        "summary": lines[0] if lines else "",
        "what": introduction(system),
        "parameters": {key: list(shape) for key, shape in system.parameters.items()},
        "ranges": {key: list(ends) for key, ends in checked_ranges(system).items()},
        "functions": sorted(written),
        "tables": sorted(used),
        **told(system, Formats()),
        "own_tables": [] if program is None else described(program, "default")["tables"],
        "array": reason is None,
        "reason": reason,
    }


def range_text(ranges: dict[str, list[float]]) -> str:
    """The ranges of parameters in words.

    >>> range_text({"k": [0.0625, 2.0], "kc": [0.0, 2.0]})
    'k from 0.0625 to 2, kc from 0 to 2'
    """
    return ", ".join(f"{name} from {low:g} to {high:g}" for name, (low, high) in ranges.items())


def coordinate_lines(row: dict[str, Any]) -> list[str]:
    """Masses, with how far their words are off at the most, and angles.

    >>> coordinate_lines({"masses": [1.0, 2.0], "realised_masses": [1.0, 2.0001], "angles": [0]})
    ['masses      1 to 2, realised to 5e-05', 'angles      0, stored in eighths of a turn']
    """
    lines = []
    if "masses" in row:
        masses, realised = row["masses"], row["realised_masses"]
        off = max(abs(there / mass - 1) for mass, there in zip(masses, realised, strict=True))
        ends = f"{min(masses):g}" if min(masses) == max(masses) else f"{min(masses):g} to {max(masses):g}"
        lines.append(f"masses      {ends}, realised to {off:.0e}")
    if "angles" in row:
        lines.append(f"angles      {', '.join(map(str, row['angles']))}, stored in eighths of a turn")
    return lines


def introduction(system: Any) -> str:
    """The first line of the module's text: in words what the class says in a formula."""
    lines = (sys.modules[type(system).__module__].__doc__ or "").strip().splitlines()
    return re.sub(r"^M\d'?: ", "", lines[0]) if lines else ""


def compiled(system: Any) -> tuple[Any, str | None]:
    """A system's program, None if it has none; and why the array cannot run it, None where it can."""
    from golden.compiler import compile_system
    from rtl.hls.plan.bind import bind

    program = None
    try:
        program = compile_system(system)
        bind(program)
    except HelError as error:
        return program, str(error)
    return program, None


def text(result: dict[str, Any]) -> str:
    """A paragraph a system."""
    parts = []
    for r in result["systems"]:
        sizes = {name: "x".join(map(str, shape)) or "number" for name, shape in r["parameters"].items()}
        parameters = ", ".join(f"{name} {size}" for name, size in sizes.items())
        functions = ", ".join(r["functions"]) or "none"
        if r["tables"]:
            functions += f" (in the force: {', '.join(r['tables'])})"
        lines = [f"{r['name']}: {r['what']}" if r["what"] else r["name"]]
        lines += [f"  {r['summary']}"] if r["summary"] else []
        lines += [f"  parameters  {parameters or 'none'}"]
        lines += [f"  ranges      {range_text(r['ranges'])}"] if r["ranges"] else []
        lines += [f"  functions   {functions}"]
        lines += [f"  {line}" for line in [*coordinate_lines(r), *table_lines({"tables": r["own_tables"]})]]
        lines += [f"  array       {'yes' if r['array'] else 'no: ' + r['reason']}"]
        parts.append("\n".join(lines))
    n, m = result["neurons"], result["inputs"]
    return "\n\n".join(parts) + f"\n\n(shapes for {n} neurons, {m} inputs)"
