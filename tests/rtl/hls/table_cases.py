"""Programs with declared tables, of any kind, for the tests of the array: forward, echo and update meet all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from golden.arithmetic.formats import Formats
from golden.arithmetic.function_table import FunctionTable
from golden.program import Program

REFERENCE = Formats()

__all__ = ["any_table", "any_tables", "looked_up"]


def any_table(seed: int, bits: int, name: str = "f", segments: int = 40) -> FunctionTable:
    """A random legal table of words of so many bits, none of them 0 at argument 0 but by chance."""
    rng = np.random.default_rng(seed)
    fold, turn = str(rng.choice(["", "odd", "even"])), bool(rng.integers(2))
    count = int(2 ** rng.integers(1, segments.bit_length() - 1) if turn else rng.integers(1, segments))
    low = 0 if fold else -count // 2 if turn else -int(rng.integers(count))
    steep = (False, False) if turn else (not fold and bool(rng.integers(2)), bool(rng.integers(2)))
    top = 1 << (bits - 1)
    words = rng.integers(1 - top, top, count + 1)
    fraction = 2 * bits - 7 - int(rng.integers(-2, 12))
    return FunctionTable(name, fraction, tuple(words.tolist()), low, fold, turn, steep)


def any_tables(seed: int, bits: int, count: int, segments: int = 40) -> tuple[FunctionTable, ...]:
    return tuple(any_table(100 * seed + at, bits, f"f{at}", segments) for at in range(count))


def looked_up(
    tables: Sequence[FunctionTable], *, n: int = 5, m: int = 1, formats: Formats = REFERENCE, name: str = "looked"
) -> Program:
    """Each table at W x + B u, and, with one entry fewer, at differences; what is read of them learns and kicks."""
    f, w = formats, formats.operand_bits
    product = 2 * w - 7
    one = 1 << (w - 2)
    lines = [
        f"program {name} n={n} m={m}",
        f"formats {formats}",
        f"parameter a [{n}]",
        f"parameter b [{n - 1}]",
        f"parameter W [{n}, {n}]",
        f"parameter B [{n}, {m}]",
        f"constant D [{n - 1}, {n}] +0[0:{n - 1}]={-one} +1[0:{n - 1}]={one}",
        *map(str, tables),
        f"x = cut q {f.x}",
        "W_x = matvec W x",
        "B_u = matvec B u",
        "z = sum + W_x + B_u",
        "D_x = matvec D x",
        f"d = cut D_x SQ(5, {w - 5})",
        "a_x = mul a x",
        "b_d = mul b d",
    ]
    force, ofa, ofb = ["a_x << 4"], ["mul x x scale +2**-1"], ["mul d d"]
    for at, table in enumerate(tables):
        for source, r in (("z", "s"), ("D_x", "t")):
            lines += [
                f"{r}z{at} = round floor {source} {product - table.fraction}",
                f"{r}{at} = table {table.name} {r}z{at} SQ(1, {w - 1})",
            ]
        lines += [f"W_s{at} = matvec_t W s{at}", f"D_t{at} = matvec_t D t{at}", f"a_s{at} = mul a s{at}"]
        force += [f"W_s{at}", f"D_t{at}", f"a_s{at}"]
        ofa.append(f"mul s{at} one")
        ofb.append(f"mul t{at} d")
    lines += [
        f"F = sum + {' + '.join(force)}",
        f"K = round half_up F {2 * w - 3 - f.kick_fraction}",
        "kick K",
        f"gradient a = {', '.join(ofa)}",
        f"gradient b = {', '.join(ofb)}",
        f"gradient W = {', '.join(f'outer s{at} x' for at in range(len(tables)))}",
        f"gradient B = {', '.join(f'outer s{at} u' for at in range(len(tables)))}",
    ]
    return Program.parse("\n".join(lines)).verify()
