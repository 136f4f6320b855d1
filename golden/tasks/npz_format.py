"""Arrays of a user's `np.savez` as splits; the layout is in `golden.tasks.user_file`."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.tasks.base import Split, no_labels

__all__ = ["parse_npz"]

_ALONE, _SPLIT = ("x", "y"), ("x_train", "y_train", "x_test", "y_test")
_MORE = ("lengths", "lengths_train", "lengths_test", "classes")


def parse_npz(path: Path) -> tuple[Split, Split | None, int | None]:
    """Training set (all samples where there is no test set), test set, number of classes where the file says it.

    Raises
    ------
    HelError : not such a file; names, shapes or kinds of arrays that it has not.
    """
    arrays = _arrays(path)
    alone = all(name in arrays for name in _ALONE)
    if not alone and not all(name in arrays for name in _SPLIT):
        raise HelError(
            f"a task's .npz has the arrays x and y, or x_train, y_train, x_test and y_test, {path.name} has"
            f" {', '.join(sorted(arrays))[:60] or 'none'}; name them so in np.savez"
        )
    unknown = sorted(set(arrays) - set(_MORE) - set(_ALONE if alone else _SPLIT))
    if unknown:
        raise HelError(
            f"a task's .npz has x, y, lengths and classes, with _train and _test or without, {path.name} has"
            f" {unknown[0]} too; leave it out"
        )
    classes = arrays.get("classes")
    if classes is not None and (classes.shape != () or classes.dtype.kind not in "iu"):
        raise HelError(f"classes is one whole number, {path.name} has {classes.dtype} {classes.shape}; correct it")
    count = None if classes is None else int(classes)
    if alone:
        return _split(arrays, "", path.name), None, count
    return _split(arrays, "_train", path.name), _split(arrays, "_test", path.name), count


def _arrays(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (ValueError, TypeError, zipfile.BadZipFile, EOFError, AttributeError) as error:
        why = "objects" if "allow_pickle" in str(error) else str(error) or type(error).__name__
        why = "one array of np.save" if isinstance(error, TypeError) else why
        raise HelError(
            f"a task's .npz holds arrays of numbers from np.savez, {path.name} does not ({why[:60]}); pad sequences to"
            " one array and give lengths"
        ) from None


def _split(arrays: dict[str, Any], end: str, source: str) -> Split:
    x, y, lengths = (arrays.get(f"{name}{end}") for name in ("x", "y", "lengths"))
    assert x is not None and y is not None
    if x.dtype.kind not in "fiu" or x.ndim not in (2, 3) or not x.size:
        raise HelError(
            f"x{end} is numbers of shape (samples, frames, channels) or (samples, frames), {source} has"
            f" {x.dtype} {x.shape}; reshape it"
        )
    inputs = x.astype(np.float64).reshape(*x.shape[:2], -1)
    if y.ndim < 1 or len(y) != len(x):
        raise HelError(f"y{end} has one entry a sample, {source} has {y.shape} for {len(x)} samples; make them agree")
    if lengths is not None and (lengths.shape != (len(x),) or lengths.dtype.kind not in "iu"):
        raise HelError(
            f"lengths{end} is a whole number a sample, {source} has {lengths.dtype} {lengths.shape} for {len(x)}"
            " samples; correct it"
        )
    kept = None if lengths is None else lengths.astype(np.int64)
    if y.dtype.kind in "iu":
        if y.ndim != 1:
            raise HelError(
                f"whole numbers are labels, one a sample; y{end} of {source} has {y.shape}; for targets give floats"
            )
        return Split(inputs, y.astype(np.int64), kept)
    if y.dtype.kind != "f":
        raise HelError(
            f"y{end} is whole numbers (labels) or floats (targets), {source} has {y.dtype}; number the classes from 0"
        )
    targets = y.astype(np.float64)[:, None] if y.ndim == 1 else y.astype(np.float64)
    if targets.ndim == 3 and targets.shape[1] != inputs.shape[1]:
        raise HelError(
            f"targets of shape (samples, frames, k) have one a frame, {source} has {targets.shape[1]} for"
            f" {inputs.shape[1]} frames; make them agree"
        )
    return Split(inputs, no_labels(), kept, targets)
