"""Why a system's parameters have their ranges: the text below `ranges` in its class, which no object carries."""

from __future__ import annotations

import ast
import inspect
import textwrap

from golden.systems import System

__all__ = ["reason"]


def reason(kind: type[System]) -> str:
    """The string that follows `ranges` in the source of a class; empty where it declares none.

    >>> from golden.systems import Linear
    >>> reason(Linear)
    'An oscillator that nothing ties to its place drifts away; B is a force.'
    """
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(body, ast.ClassDef)
    for declared, behind in zip(body.body, body.body[1:], strict=False):
        if isinstance(declared, ast.Assign) and isinstance(behind, ast.Expr):
            if ast.unparse(declared.targets[0]) == "ranges":
                return " ".join(str(ast.literal_eval(behind.value)).split())
    return ""
