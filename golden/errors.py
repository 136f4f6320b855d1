"""The one exception a user of the package has to know."""

from __future__ import annotations

__all__ = ["HelError", "abridged"]


class HelError(ValueError):
    """A request that cannot be served: the message names the rule, the offending value and the way out.

    The command line prints the message on one line and exits with status 2.

    >>> raise HelError("the step h must be positive, got -0.5; use for example h = 0.125")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: the step h must be positive, got -0.5; use for example h = 0.125
    """


def abridged(text: str, size: int = 60) -> str:
    """A text of at most `size` characters, as a message quotes a formula: the middle of a longer one left out.

    >>> abridged("exp(-x**2)"), abridged("0123456789" * 3, 11)
    ('exp(-x**2)', '0123...6789')
    """
    kept = (size - 3) // 2
    return text if len(text) <= size else f"{text[:kept]}...{text[-kept:]}"
