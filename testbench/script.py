"""Transaction scripts and recordings as arrays, and the files by which they enter and leave a simulator.

A transaction is one request word of `rtl.host.transactions`: the array's `i__payload` port as Amaranth packs it.
A script is an array of them; arrays are joined with `numpy.concatenate`.

>>> script = np.concatenate([write(0x10, [7, 8]), read(0x10, 2)])
>>> [hex(word) for word in script.tolist()]
['0x1001000000007', '0x1001100000008', '0x1000000000', '0x1100000000']
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rtl.host.transactions import Requests, packed

__all__ = ["Script", "Recording", "describe", "pack", "read", "read_responses", "read_recording", "write"]

Script = Requests
_NIBBLE = np.full(256, 255, np.uint8)
for _value, _digit in enumerate(b"0123456789abcdef"):
    _NIBBLE[_digit] = _value


def write(addr: npt.ArrayLike, data: npt.ArrayLike) -> Script:
    """Writes of `data` to consecutive addresses from a scalar `addr`, or to the addresses of an array of equal shape.

    Signed data are taken modulo 2**32. Raises ValueError for an address that 16 bits do not hold.
    """
    words = np.atleast_1d(data).ravel()
    return packed(_addresses(addr, words.size), words, 1)


def read(addr: npt.ArrayLike, count: int | None = None) -> Script:
    """Reads of `count` (default 1) consecutive addresses from a scalar `addr`, or of every address of an array."""
    return packed(_addresses(addr, np.size(addr) if count is None else count), 0, 0)


def pack(script: npt.ArrayLike | Iterable[tuple[int, int, int]]) -> Script:
    """A script from an array of transaction words (returned as it is) or from tuples (write, addr, data)."""
    if isinstance(script, np.ndarray) and script.ndim == 1 and script.dtype == np.uint64:
        return script
    rows = np.array(list(script), dtype=np.int64).reshape(-1, 3)  # type: ignore[arg-type]
    return packed(_addresses(rows[:, 1], len(rows)), rows[:, 2], rows[:, 0] != 0)


def describe(word: int) -> str:
    """`write 0x0010 <- 0x00000007` or `read 0x0010`."""
    addr = word >> 32 & 0xFFFF
    return f"write 0x{addr:04x} <- 0x{word & 0xFFFFFFFF:08x}" if word >> 48 & 1 else f"read 0x{addr:04x}"


def _addresses(addr: npt.ArrayLike, size: int) -> npt.NDArray[np.int64]:
    """An address per word, checked."""
    values = np.asarray(addr, dtype=np.int64)
    if values.ndim == 0:
        values = values + np.arange(size)
    if values.size != size:
        raise ValueError(f"a script needs an address per data word, got {values.size} for {size}; pass a start address")
    if size and not (0 <= values.min() and values.max() <= 0xFFFF):
        raise ValueError(f"addresses are 0 to 0xffff, got {values.min():#x} to {values.max():#x}")
    return values.ravel()


def write_script(path: Path, script: Script) -> None:
    """8 bytes a transaction, most significant first, as $fread expects."""
    script.astype(">u8").tofile(path)


def read_responses(path: Path) -> npt.NDArray[np.uint32]:
    """The responses of a `play`, in order; one line of 8 hexadecimal digits each."""
    return np.frombuffer(bytes.fromhex(path.read_text(encoding="ascii")), ">u4").astype(np.uint32)


@dataclass(frozen=True)
class Recording:
    """The debug bus at every clock edge where `debug_bus_valid` was high: its value just before the edge.

    cycles: (rows,) int64, clock cycles since power-up
    nibbles: (rows, bits/4) uint8, most significant first; 255 where the simulator had an unknown bit
    """

    cycles: npt.NDArray[np.int64]
    nibbles: npt.NDArray[np.uint8]

    def field(
        self, lsb: int, width: int, *, count: int | None = None, stride: int = 0, signed: bool = False
    ) -> npt.NDArray[np.int64]:
        """Bits `lsb` to `lsb + width - 1` (width <= 63) as integers: shape (rows,).

        With `count`, that many fields, `stride` bits apart: shape (rows, count).
        Raises ValueError for a field outside the bus or with unknown bits.
        """
        if count is not None:
            columns = [self.field(lsb + index * stride, width, signed=signed) for index in range(count)]
            return np.stack(columns, axis=1)
        total = self.nibbles.shape[1]
        first, last = lsb // 4, (lsb + width - 1) // 4
        if not (0 <= lsb and 1 <= width <= 63 and last < total):
            raise ValueError(f"a field has 1 to 63 bits inside the {4 * total} of the bus, got {width} from {lsb}")
        used = self.nibbles[:, total - 1 - last : total - first][:, ::-1]
        unknown = np.flatnonzero((used == 255).any(axis=1))
        if unknown.size:
            cycle = self.cycles[unknown[0]]
            raise ValueError(f"bits {lsb} to {lsb + width - 1} are unknown at cycle {cycle}; reset or load them")
        value = used[:, 0].astype(np.uint64) >> np.uint64(lsb % 4)
        for index in range(1, used.shape[1]):
            value |= used[:, index].astype(np.uint64) << np.uint64(4 * index - lsb % 4)
        result = (value & np.uint64((1 << width) - 1)).astype(np.int64)
        return result - ((result >> (width - 1)) << width) if signed else result

    def words(self) -> list[int]:
        """Every row as one Python integer; slow, for small recordings. Unknown bits raise ValueError."""
        if (self.nibbles == 255).any():
            raise ValueError("a recording has unknown bits; read its known parts with `field`")
        return [int("".join(f"{nibble:x}" for nibble in row), 16) for row in self.nibbles]


def read_recording(path: Path) -> Recording:
    """The recording of a `play`; one line a clock: 16 digits of the cycle, a space, the bus."""
    characters = np.fromfile(path, np.uint8)
    if characters.size == 0:
        return Recording(np.zeros(0, np.int64), np.zeros((0, 0), np.uint8))
    length = int(np.argmax(characters == ord("\n"))) + 1
    nibbles = _NIBBLE[characters.reshape(-1, length)]
    cycles = np.zeros(len(nibbles), np.int64)
    for column in nibbles[:, :16].T:
        cycles = cycles << 4 | column
    return Recording(cycles, nibbles[:, 17:-1])


def plain(value: Any) -> Any:
    """`json.dumps(default=plain)`: NumPy numbers and arrays as Python's own."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"a result must be JSON or NumPy, got {type(value).__name__}; convert it in the called function")
