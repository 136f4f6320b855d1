"""The one exception a user of the package has to know."""

from __future__ import annotations

__all__ = ["HelError"]


class HelError(ValueError):
    """A request that cannot be served: the message names the rule, the offending value and the way out.

    The command line prints the message on one line and exits with status 2.

    >>> raise HelError("the step h must be positive, got -0.5; use for example h = 0.125")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: the step h must be positive, got -0.5; use for example h = 0.125
    """
