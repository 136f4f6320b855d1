"""The integer contraction of a momentum word, p <- (1 - 2^-d) p, with the bit that makes it reversible.

Normative prose: docs/dissipation.md, section 3. With an offset 0 <= o < 2^d that both directions know::

    contract   y = x - ((x + o) >> d)
    expand     w = y + o;   M = floor(w / (2^d - 1));   r = w - M (2^d - 1)
               x = w + M - o  where r > 0;   x = M 2^d - bit - o  where r = 0

y differs from (1 - 2^-d) x by less than 1. Two words x share one y where r = 0, and only there: those need a bit, the
others none. Averaged over offsets one word in 2^(d-1) does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from golden.arithmetic.rounding import Words
from golden.errors import HelError

__all__ = ["MAX_LOG2", "BitStack", "contract", "expand", "offset"]

MAX_LOG2 = 20

Bits = NDArray[np.bool_]

_CHUNK = 4096


def offset(count: int, log2: int) -> int:
    """The dither of the count-th contraction: the low `log2` bits of count, in reverse order.

    Over 2^log2 contractions every offset occurs once, so that the mean loss is exactly x 2^-log2.

    >>> [offset(count, 3) for count in range(9)]
    [0, 4, 2, 6, 1, 5, 3, 7, 0]
    """
    return sum(((count >> bit) & 1) << (log2 - 1 - bit) for bit in range(log2))


def contract(x: Words, log2: int, shift: int) -> tuple[Words, Bits]:
    """(1 - 2^-log2) x with the offset `shift`, and the bits to keep, in the order of the words.

    >>> y, bits = contract(np.array([-5, -4, 3, 4, 5]), 2, 0)
    >>> y, bits
    (array([-3, -3,  3,  3,  4]), array([ True, False,  True, False]))
    """
    z = x + shift
    low = z & ((1 << log2) - 1)
    y = x - (z >> log2)
    return y, low[(low == 0) | (low == (1 << log2) - 1)] != 0


def expand(y: Words, log2: int, shift: int, bits: BitStack | None) -> Words:
    """The inverse of `contract`: takes its bits from the stack; from None, zeros, and then x may be 1 too large.

    >>> x = np.array([-5, -4, 3, 4, 5])
    >>> stack = BitStack()
    >>> y, bits = contract(x, 2, 0)
    >>> stack.push(bits)
    >>> expand(y, 2, 0, stack), expand(y, 2, 0, None)
    (array([-5, -4,  3,  4,  5]), array([-4, -4,  4,  4,  5]))
    """
    w = y + shift
    whole, rest = np.divmod(w, (1 << log2) - 1)
    x = w + whole - shift  # where rest = 0 this is M 2^d - o, the word of bit 0
    shared = rest == 0
    if bits is not None:
        x[shared] -= bits.pop(int(np.count_nonzero(shared)))
    return np.asarray(x)


class BitStack:
    """Bits, last in first out, eight to a byte.

    >>> stack = BitStack()
    >>> stack.push(np.array([True, False]))
    >>> stack.push(np.array([True, True, False]))
    >>> stack.pop(3), len(stack)
    (array([ True,  True, False]), 2)
    """

    def __init__(self) -> None:
        self._full: list[NDArray[np.uint8]] = []
        self._top: Bits = np.zeros(0, np.bool_)

    def __len__(self) -> int:
        return len(self._full) * _CHUNK + self._top.size

    @property
    def bytes(self) -> int:
        """Memory held, in whole bytes."""
        return len(self._full) * _CHUNK // 8 + -(-self._top.size // 8)

    def push(self, bits: Bits) -> None:
        """Adds the bits of one contraction."""
        self._top = np.concatenate([self._top, bits])
        while self._top.size >= _CHUNK:
            self._full.append(np.packbits(self._top[:_CHUNK]))
            self._top = self._top[_CHUNK:]

    def pop(self, count: int) -> Bits:
        """The last `count` bits, in the order they were given."""
        if count > len(self):
            raise HelError(
                f"the expansion needs {count} bits and the stack holds {len(self)}; undo the very steps that filled it"
            )
        while self._top.size < count:
            self._top = np.concatenate([np.unpackbits(self._full.pop()).astype(np.bool_), self._top])
        keep = self._top.size - count
        self._top, taken = self._top[:keep], self._top[keep:]
        return taken
