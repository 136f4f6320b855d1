"""A model of registers that take what their rules say at every clock edge: the same for elements of any width."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np

from rtl.hls.cycle_model.view import Rule, Words

__all__ = ["SETTLE", "Clocked"]

SETTLE = 64
"""Cycles after which an idle pipeline holds still."""


class Clocked:
    """Registers are attributes, int64 arrays whose last axis are the elements; who inherits makes them.

    Members
    -------
    rules : register -> what it takes at a clock edge
    controls : control words of this cycle and of those before it, the latest first
    imm : broadcast word of this cycle
    pushed : words that left the last element for the host, oldest first
    """

    rules: Mapping[str, Rule]
    controls: deque[Mapping[str, int]]
    imm: int
    pushed: list[int]

    def __getattr__(self, name: str) -> Words:
        # Registers are made by name in the constructor; this tells type checkers what they are.
        raise AttributeError(f"the model has no register {name!r}")

    def step(self, c: Mapping[str, int], imm: int = 0) -> None:
        """One clock edge with control word `c` (absent fields are zero) and broadcast word `imm` in the elements."""
        self.controls.appendleft(c)
        self.imm = imm
        self._begin()
        new = {name: rule(self) for name, rule in self.rules.items()}
        if c.get("push"):
            self.pushed.append(int(self.io[-1]))
        self._write(c)
        self.__dict__.update(new)

    def settle(self) -> None:
        """Clock cycles without a word, until every register holds still."""
        for _ in range(SETTLE):
            before = dict(self.__dict__)
            self.step({})
            if not any(self.controls) and all(np.array_equal(before[name], getattr(self, name)) for name in self.rules):
                break

    def _begin(self) -> None:
        """What is kept of the cycle before, and has to go."""

    def _write(self, c: Mapping[str, int]) -> None:
        """The memories' clock edge."""
        raise NotImplementedError
