"""Programs in which positions are operands both ways, saturated and modulo 1, for the tests of golden and the array."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.arithmetic.formats import Formats
from golden.language.graph import Shape
from golden.program import Program
from golden.systems.base import System

__all__ = ["Clutch", "Wells", "both_operands"]

REFERENCE = Formats()


def both_operands(n: int = 5, formats: Formats = REFERENCE, name: str = "both") -> Program:
    """x and t of the same words: rotating, staying, at home, times each other, and in every place of a density."""
    w, k = formats.operand_bits, formats.kick_fraction
    one = 1 << (w - 2)
    return Program.parse(f"""program {name} n={n} m=2
    formats {formats}
    parameter a [{n}]
    parameter b [{n}]
    parameter W [{n}, {n}]
    parameter M [{n}, {n}]
    parameter B [{n}, 2]
    constant D [{n}, {n}] -1[1:{n}]={-one} +0[0:{n}]={one} +1[0:{n - 1}]={one}
    x = cut q {formats.x}
    t = turn q
    W_x = matvec W x
    D_t = matvec D t
    z = sum + W_x << 5 + D_t
    d = cut z SQ(4, {w - 4})
    M_t = matvec M t
    Mt_t = matvec_t M t
    Wt_x = matvec_t W x
    a_t = mul a t
    b_x = mul b x
    x_t = mul x t
    t_x = mul t x
    t_t = mul t t
    d_t = mul d t
    t_one = mul t one
    F = sum + M_t << 2 - Mt_t << 2 + Wt_x << 7 + a_t << 2 + b_x << 7 + x_t << 5 + t_x << 5 + t_t + d_t << 4 + t_one << 5
    K = round half_up F {2 * w - k}
    kick K
    gradient a = mul x t, mul t t, mul d t
    gradient b = mul t x scale +2**-1, mul x one, mul t one
    gradient W = outer x t, outer d x
    gradient M = outer t x, outer t t, outer t d
    gradient B = outer t u, outer x u""").verify()


class Clutch(System):
    """V = -sum a cos q_r - q_2 (c . sin q_r) + sum k q^2 / 2 - u_0 q_2 - u_1 q_0: two rotors on a driven shaft."""

    angles = (0, 1)

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"a": (2,), "c": (2,), "k": (self.n - 2,)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        rotors = np.sum(theta["a"] * np.cos(q[:2])) + q[2] * np.sum(theta["c"] * np.sin(q[:2]))
        return np.sum(theta["k"] * q[2:] ** 2) / 2 - rotors - u[0] * q[2] - u[1] * q[0]


class Wells(Clutch):
    """A Clutch whose shafts stand in Gaussian wells: so many tables and vectors that its words would be too wide."""

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        return super().potential(q, u, theta) - np.sum(theta["k"] * np.exp(-(q[2:] ** 2)))
