"""The boards: one file of attributes each.

>>> names()
['ecpix5_85f', 'icepi_zero', 'icesugar_pro', 'ulx3s_25f', 'ulx3s_45f', 'ulx3s_85f']
>>> board("ulx3s_85f").clock_hz
25000000.0

May import of golden: errors; of bitstreams: ecp5.
"""

from __future__ import annotations

from bitstreams.boards.board import Board
from bitstreams.boards.ecpix5_85f import ECPIX5_85F
from bitstreams.boards.icepi_zero import IcepiZero
from bitstreams.boards.icesugar_pro import ICESugarPro
from bitstreams.boards.ulx3s_25f import ULX3S_25F
from bitstreams.boards.ulx3s_45f import ULX3S_45F
from bitstreams.boards.ulx3s_85f import ULX3S_85F
from golden.errors import HelError

__all__ = ["Board", "board", "names"]

BOARDS = {cls.name: cls for cls in (ULX3S_85F, ULX3S_45F, ULX3S_25F, ECPIX5_85F, IcepiZero, ICESugarPro)}


def names() -> list[str]:
    """What `board` accepts."""
    return sorted(BOARDS)


def board(name: str) -> type[Board]:
    """The attributes of a board; HelError for a name that is not in `names()`."""
    if name not in BOARDS:
        raise HelError(f"board must be one of {', '.join(names())}, got {name!r}")
    return BOARDS[name]
