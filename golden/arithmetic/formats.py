"""Fixed-point formats: SQ(i, f) and the set of formats of one design.

SQ(i, f) is a signed word of i + f bits, the sign bit counted in i, with f fraction bits: the raw integer r stands for
r * 2**-f. Normative prose: docs/numerics.md, section 1.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from golden.arithmetic.rounding import Words, saturate
from golden.errors import HelError

__all__ = ["SQ", "Formats", "checked"]


@dataclass(frozen=True)
class SQ:
    """Signed fixed point with `integer_bits` (sign included) and `fraction_bits`.

    >>> SQ(5, 13).width, SQ(5, 13).low, SQ(5, 13).high
    (18, -131072, 131071)
    >>> SQ(2, 2).raw([0.5, -2.0]), SQ(2, 2).value(np.array([2, -8]))
    (array([ 2, -8]), array([ 0.5, -2. ]))
    """

    integer_bits: int
    fraction_bits: int

    @property
    def width(self) -> int:
        return self.integer_bits + self.fraction_bits

    @property
    def low(self) -> int:
        return -(1 << (self.width - 1))

    @property
    def high(self) -> int:
        return (1 << (self.width - 1)) - 1

    def raw(self, values: ArrayLike, saturating: bool = False) -> Words:
        """rint(value * 2**f), ties to even. Out of range: HelError, or the nearest word when `saturating`."""
        number = np.asarray(values, np.float64)
        if not np.isfinite(number).all():
            raise HelError(f"a word holds finite values, got {number[~np.isfinite(number)].ravel()[0]}; check the data")
        scaled = np.rint(np.ldexp(number, self.fraction_bits))
        if saturating:
            return saturate(np.clip(scaled, -(2.0**62), 2.0**62).astype(np.int64), self.width)
        return self.check(np.clip(scaled, -(2.0**62), 2.0**62).astype(np.int64))

    def check(self, raw: Words, name: str = "") -> Words:
        """`raw` unchanged; HelError when a word does not fit."""
        outside = (raw < self.low) | (raw > self.high)
        if outside.any():
            of = f" of {name}" if name else ""
            raise HelError(
                f"{self} holds raw values {self.low} to {self.high}, got {raw[outside].ravel()[0]}{of}; "
                "scale the value down or widen integer_bits"
            )
        return raw

    def value(self, raw: Words) -> NDArray[np.float64]:
        """raw * 2**-f, as float64."""
        return np.asarray(np.ldexp(np.asarray(raw).astype(np.float64), -self.fraction_bits))

    def __str__(self) -> str:
        return f"SQ({self.integer_bits}, {self.fraction_bits})"

    @classmethod
    def parse(cls, text: str) -> "SQ":
        """The inverse of str().

        >>> SQ.parse("SQ(5, 13)")
        SQ(integer_bits=5, fraction_bits=13)
        """
        found = re.fullmatch(r"SQ\((-?\d+), ?(-?\d+)\)", text.strip())
        if not found:
            raise HelError(f'a format reads "SQ(integer bits, fraction bits)", got "{text}"')
        return cls(int(found[1]), int(found[2]))


_LIMITS = {
    "fraction_bits": (2, 28, "of p"),
    "operand_bits": (8, 24, "of a multiplier"),
    "integer_bits": (2, 16, "of q and p, sign included"),
    "log2_inverse_step": (0, 12, "k in h = 2**-k"),
    "g_bits": (8, 48, "of a gradient word"),
    "g_cut": (0, 24, "cut from a gradient product"),
    "clip_log2": (0, 17, "of the update's clip, in raw units of theta"),
}


@dataclass(frozen=True)
class Formats:
    """Every format of a design, from seven numbers. The defaults: docs/numerics.md, section 6.

    Members
    -------
    fraction_bits : f, of the momentum p, SQ(integer_bits, f); 2 to 28
    operand_bits : w, of every factor of a product: positions SQ(5, w - 5), parameters SQ(2, w - 2); 8 to 24, on an
        array 8 to 18
    integer_bits : of the state words q and p, the sign counted; 2 to 16
    log2_inverse_step : k of the time step h = 2**-k; q has k + 1 more fraction bits than p, so drifts are exact
    g_bits, g_cut : width of a gradient word, and the bits cut from each product before it is added
    clip_log2 : no parameter word moves by more than 2**clip_log2 raw units (2**-16 each) in one update

    Raises
    ------
    HelError : a number out of its range, with the range.

    >>> formats = Formats()
    >>> str(formats.q), str(formats.p), str(formats.x), str(formats.s), str(formats.weight)
    ('SQ(6, 20)', 'SQ(6, 16)', 'SQ(5, 13)', 'SQ(1, 17)', 'SQ(2, 16)')
    >>> Formats.parse(str(formats)) == formats
    True
    """

    fraction_bits: int = 16
    operand_bits: int = 18
    integer_bits: int = 6
    log2_inverse_step: int = 3
    g_bits: int = 36
    g_cut: int = 6
    clip_log2: int = 9

    def __post_init__(self) -> None:
        for name, (low, high, what) in _LIMITS.items():
            value = getattr(self, name)
            if not isinstance(value, int | np.integer) or isinstance(value, bool) or not low <= value <= high:
                raise HelError(f"{name} ({what}) must be an integer from {low} to {high}, got {value!r}")
            object.__setattr__(self, name, int(value))  # of NumPy's integers too: reports are written as JSON

    @property
    def p(self) -> SQ:
        """Momentum word."""
        return SQ(self.integer_bits, self.fraction_bits)

    @property
    def q(self) -> SQ:
        """Position word: k + 1 more fraction bits than p, so that (h/2) p is exactly q_raw += p_raw."""
        return SQ(self.integer_bits, self.fraction_bits + self.log2_inverse_step + 1)

    @property
    def x(self) -> SQ:
        """Position as a multiplier operand."""
        return SQ(5, self.operand_bits - 5)

    @property
    def u(self) -> SQ:
        """Input as a multiplier operand."""
        return self.x

    @property
    def s(self) -> SQ:
        """A table's output as a multiplier operand."""
        return SQ(1, self.operand_bits - 1)

    @property
    def weight(self) -> SQ:
        """A parameter as a multiplier operand."""
        return SQ(2, self.operand_bits - 2)

    @property
    def theta(self) -> SQ:
        """A parameter as it is stored."""
        return SQ(2, 16)

    @property
    def one(self) -> int:
        """1.0 as a position operand."""
        return 1 << self.x.fraction_bits

    @property
    def step(self) -> float:
        """h = 2**-k."""
        return float(2.0**-self.log2_inverse_step)

    @property
    def kick_fraction(self) -> int:
        """Fraction bits a force must have so that its raw word is h * force in p's format: f - k."""
        return self.fraction_bits - self.log2_inverse_step

    def __str__(self) -> str:
        return " ".join(f"{field.name}={getattr(self, field.name)}" for field in fields(self))

    @classmethod
    def parse(cls, text: str) -> "Formats":
        """The inverse of str(). Fields left out take their defaults."""
        names = {field.name for field in fields(cls)}
        if not isinstance(text, str):
            raise HelError(f'formats read "name=integer" with names {", ".join(sorted(names))}; got {text!r:.60}')
        return cls(**dict(_pair(item, names) for item in text.split()))


def checked(formats: object) -> Formats:
    """`formats` themselves; HelError for what is none.

    >>> checked(Formats(g_cut=4)).g_cut
    4
    """
    if not isinstance(formats, Formats):
        raise HelError(f"formats are a hel.Formats, got {formats!r:.60}; use for example Formats(operand_bits=16)")
    return formats


def _pair(item: str, names: Iterable[str]) -> tuple[str, Any]:
    name, _, number = item.partition("=")
    if name not in names or not re.fullmatch(r"-?\d+", number):
        raise HelError(f'formats read "name=integer" with names {", ".join(sorted(names))}; got "{item}"')
    return name, int(number)
