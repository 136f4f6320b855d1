"""The typed integer program of a kick and its gradients: operations, text, checks, NumPy executor (docs/program.md).

In: a text, or operations from golden.compiler. Out: `Program`, and the values it computes.

May import of golden: errors, arithmetic.
"""

from golden.program.program import Program

__all__ = ["Program"]
