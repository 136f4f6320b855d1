"""Stacks: Hamiltonian layers one above the other, joined by static maps; golden.rules.stack learns them.

In: systems and mixings, from the bottom up. Out: a `Stack`: its sizes, its parameters by name, its static maps with
their vector-Jacobian products, traced as systems are.

May import of golden: errors, language, systems.
"""

from __future__ import annotations

from golden.stacks.mixing import GluMixing, Mixing, TanhMixing
from golden.stacks.stack import Stack
from golden.stacks.static import StaticMap

__all__ = ["GluMixing", "Mixing", "Stack", "StaticMap", "TanhMixing"]
