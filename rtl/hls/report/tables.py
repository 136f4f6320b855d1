"""The function tables of a schedule: what each is, where its words lie, and how full that makes the weight memory.

Example
-------
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> from rtl.hls import compile_array
>>> print(text(tables(compile_array(compile_system(get("hru", n=4, m=2)), elements=2))))
weight memory: 10 words of parameters and constants, 513 of tables, of 1024
  tanh                  513 words at 512   odd, 512 segments; the argument has 18 fraction bits
"""

from __future__ import annotations

from typing import Any

from rtl.hls.schedule.schedule import Schedule

__all__ = ["tables", "text"]


def tables(schedule: Schedule) -> dict[str, Any]:
    """As plain data.

    Returns
    -------
    weight_words (depth of the weight memory), parameter_and_constant_words, tables: name -> address, words, fraction
    (of the argument), shape (in words), number (what control words call it)
    """
    memory = schedule.memory
    found = {}
    for table in memory.tables:
        shape = schedule.geometry.tables[memory.numbers[table.name]]
        found[table.name] = {
            "address": shape.base,
            "words": shape.words,
            "fraction": table.fraction,
            "shape": shape.kind,
            "number": memory.numbers[table.name],
        }
    return {
        "weight_words": schedule.geometry.weight_words,
        "parameter_and_constant_words": memory.weight_words,
        "tables": found,
    }


def text(found: dict[str, Any]) -> str:
    """`tables`' result as lines; one line where there is no table."""
    rows = found["tables"]
    words = sum(row["words"] for row in rows.values())
    lines = [
        f"weight memory: {found['parameter_and_constant_words']} words of parameters and constants, {words} of tables,"
        f" of {found['weight_words']}"
    ]
    for name, row in rows.items():
        lines.append(
            f"  {name:20} {row['words']:4} words at {row['address']:<5} {row['shape']};"
            f" the argument has {row['fraction']} fraction bits"
        )
    return "\n".join(lines)
