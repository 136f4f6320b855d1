"""A parameter's density dV/d(parameter) as a sum of products of two operands.

    gradient k = mul x x scale +2**-1, mul d e scale -2**-0

Term i stands for sign_i 2**-halvings_i r_i y_i. The integrator adds the terms to G one after the other, aligned to the
finest of them; what is common to all (the first one's sign, the power of two) is applied outside of G.
"""

import re
from dataclasses import dataclass

__all__ = ["Density", "Gradient"]

_TERM = re.compile(r"(outer|mul) (\w+) (\w+)(?: scale ([+-])2\*\*([+-]\d+))?")


@dataclass(frozen=True)
class Density:
    """sign * 2**-halvings * (r outer y | r * y)."""

    product: str  # "outer" or "mul"
    r: str
    y: str
    sign: int = 1
    halvings: int = 0

    def __str__(self) -> str:
        sign, power = "-" if self.sign < 0 else "+", "-" if self.halvings >= 0 else "+"
        scale = f" scale {sign}2**{power}{abs(self.halvings)}" if (self.sign, self.halvings) != (1, 0) else ""
        return f"{self.product} {self.r} {self.y}{scale}"

    @classmethod
    def parse(cls, text: str) -> "Density":
        found = _TERM.fullmatch(text.strip())
        if not found:
            raise ValueError(text)
        product, r, y, sign, power = found.groups()
        return cls(product, r, y, -1 if sign == "-" else 1, -int(power or 0))


@dataclass(frozen=True)
class Gradient:
    """The terms of one parameter's density.

    >>> gradient = Gradient.parse("gradient a = mul x x scale -2**-1, mul d e")
    >>> gradient.sign, gradient.signs, str(gradient)
    (-1, (1, -1), 'gradient a = mul x x scale -2**-1, mul d e')
    """

    parameter: str
    terms: tuple[Density, ...]

    @property
    def sign(self) -> int:
        """The sign applied outside of G: that of the first term."""
        return self.terms[0].sign

    @property
    def signs(self) -> tuple[int, ...]:
        """Each term's sign inside of G, relative to `sign`."""
        return tuple(term.sign * self.sign for term in self.terms)

    @property
    def operands(self) -> tuple[str, ...]:
        return tuple(name for term in self.terms for name in (term.r, term.y))

    def __str__(self) -> str:
        return f"gradient {self.parameter} = " + ", ".join(map(str, self.terms))

    @classmethod
    def parse(cls, text: str) -> "Gradient":
        found = re.fullmatch(r"gradient (\w+) = (.+)", text)
        if not found:
            raise ValueError(text)
        return cls(found[1], tuple(Density.parse(term) for term in found[2].split(",")))
