"""The one exception a user of the package has to know."""

from __future__ import annotations

import sys
from collections.abc import Callable

__all__ = ["HelError", "abridged", "ended"]


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


def ended(main: Callable[[], int]) -> int:
    """The exit code of a module that is run as a command, `sys.exit(ended(main))`.

    A HelError, a package that is not installed and a file that cannot be read or written end it with one line on
    standard error and 2, Ctrl-C with 130; all else is a defect and keeps its traceback.

    >>> ended(lambda: 0)
    0
    """
    try:
        return main()
    except ModuleNotFoundError as error:
        said, code = f"{error.name} is not installed; pip install it, or the extra of hel-fpga that has it", 2
    except (HelError, OSError) as error:
        said, code = str(error), 2
    except KeyboardInterrupt:
        said, code = "interrupted", 130
    print(f"error: {said}", file=sys.stderr)
    return code
