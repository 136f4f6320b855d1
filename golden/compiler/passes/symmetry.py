"""Symmetric matrices: W^T v is W v, stored and used as one matrix; the gradient of a symmetric parameter is symmetric.

A density r y^T of a symmetric W counts half as r y^T and half as y r^T, which follows it. Both halves are rounded alike
in elements (i, j) and (j, i), and G wraps: the order of additions is of no matter, so G stays symmetric to the last bit
with any number of terms, and with it W.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from golden.compiler.passes.rewrite import Rewriter
from golden.program import Program
from golden.program.densities import Density, Gradient
from golden.program.ops import Matvec, MatvecT

__all__ = ["symmetry"]


def symmetry(program: Program) -> Program:
    """The program without transposes of symmetric matrices: the same kick bit for bit, for symmetric words.

    >>> text = '''program s n=2 m=1
    ... parameter W [2, 2] symmetric
    ... x = cut q SQ(5, 13)
    ... y = matvec_t W x
    ... K = round half_up y 16
    ... kick K
    ... gradient W = outer x x'''
    >>> print(symmetry(Program.parse(text)).ops[1])
    y = matvec W x
    """
    mirrored = set(program.symmetric)
    for constant in program.constants:
        if len(constant.shape) == 2 and constant.shape[0] == constant.shape[1]:
            mirrored |= {constant.name} if (constant.words == constant.words.T).all() else set()
    rewriter = Rewriter(program)
    for op in program.ops:
        if isinstance(op, MatvecT) and op.a in mirrored:
            op = Matvec(op.name, op.a, op.b)
        rewriter.emit(op)
    return rewriter.finish([_mirrored(g) if g.parameter in mirrored else g for g in program.gradients])


def _mirrored(gradient: Gradient) -> Gradient:
    """The density's symmetric part: what has its transpose among the terms is part of it."""
    counts = Counter(gradient.terms)
    terms: list[Density] = []
    for term in gradient.terms:
        if counts[term] == counts[_transposed(term)]:
            terms.append(term)
        else:
            half = replace(term, halvings=term.halvings + 1)
            terms += [half, _transposed(half)]
    return Gradient(gradient.parameter, tuple(terms))


def _transposed(term: Density) -> Density:
    return replace(term, r=term.y, y=term.r)
