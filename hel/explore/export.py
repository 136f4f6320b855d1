"""Rows as a Parquet file, for pandas, polars, DuckDB and their kin: a row a row, a column a key."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hel.arguments import UsageError
from hel.explore.columns import flat, names
from hel.output import write_whole

__all__ = ["parquet"]


def parquet(rows: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Writes the file whole; lists become texts of JSON, and so does a column of which no two kinds agree.

    Besides the columns of `hel.explore.columns`: `digest`, and `line`, `version` of what made a row.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError:
        raise UsageError("--parquet needs pyarrow, which is not installed; pip install 'hel-fpga[explore]'") from None
    if not path.parent.is_dir() or path.is_dir():
        raise UsageError(f"--parquet must name a file in an existing folder, not '{path}'; create it first")
    whole = [
        {**flat(row), "digest": row["digest"], "line": row["made_by"]["line"], "version": row["made_by"]["version"]}
        for row in rows
    ]
    columns = [*names(rows), "digest", "line", "version"]
    table = {name: _column([row.get(name) for row in whole]) for name in columns}
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(table), buffer)
    write_whole({path: buffer.getvalue()})
    return path


def _column(values: Iterable[Any]) -> list[Any]:
    """Values of one kind: whole numbers, numbers, truths or texts.

    >>> _column([1, None, 2.5]), _column([1, "a", [2]]), _column([True, None])
    ([1.0, None, 2.5], ['1', 'a', '[2]'], [True, None])
    """
    values = list(values)
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1 and kinds <= {bool, int, float, str}:
        return values
    if kinds <= {int, float}:
        return [None if value is None else float(value) for value in values]
    return [value if value is None or isinstance(value, str) else json.dumps(value) for value in values]
