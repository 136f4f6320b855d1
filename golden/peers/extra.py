"""JAX, an extra: imported when it is first asked for, and never told globally how to compute."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from golden.errors import HelError
from golden.language.validate import shortened

__all__ = ["DTYPES", "installed", "jax", "precision"]

DTYPES = ("float32", "float64")


def jax() -> Any:
    """The package.

    Raises
    ------
    HelError : it is not installed.
    """
    try:
        import jax
    except ImportError as error:
        raise HelError(
            f"the peers of this project are measured in JAX, which cannot be imported here ({error});"
            " pip install 'hel-fpga[jax]', or leave them out"
        ) from None
    return jax


def installed() -> bool:
    """Whether `jax` would return."""
    try:
        jax()
    except HelError:
        return False
    return True


def precision(dtype: str) -> AbstractContextManager[Any]:
    """A context in which JAX makes arrays of this type and functions are traced and called in it; "float32" or
    "float64".

    Double precision is JAX's switch `jax_enable_x64`: it is turned inside the context alone, for this thread alone.

    >>> precision("float16")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: JAX computes in float32 or float64 here, got 'float16'; choose one
    """
    if dtype not in DTYPES:
        raise HelError(f"JAX computes in float32 or float64 here, got {shortened(dtype)}; choose one")
    found = jax()
    if not hasattr(found, "enable_x64"):  # before 0.8
        from jax import experimental

        found = experimental
    made: AbstractContextManager[Any] = found.enable_x64(dtype == "float64")
    return made
