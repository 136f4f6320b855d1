"""Words: formats SQ(i, f), the named roundings, function tables, reversible contraction (docs/numerics.md).

In and out: int64 arrays of raw words.

May import of golden: errors.
"""
