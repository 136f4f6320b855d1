"""The C of a table: its words, and the look-up with linear interpolation (docs/numerics.md, section 3)."""

from __future__ import annotations

from collections.abc import Iterable

from golden.arithmetic.function_table import FunctionTable

__all__ = ["listed", "look_up"]

_FRACTION = 12
"""log2 of an argument's steps in a segment."""


def listed(values: Iterable[int | str]) -> str:
    """Numbers of an initialiser, in lines."""
    lines, line = [], "   "
    for value in values:
        word = f" {value},"
        if len(line + word) > 116:
            lines.append(line)
            line = "   "
        line += word
    return "\n".join([*lines, line])


def look_up(name: str, table: FunctionTable) -> list[str]:
    """`words[i] (4096 - r) + words[i + 1] r + 2048 >> 12` of an argument in int32; the answer is int32, or a double.

    What costs is to gather: where a word and its slope fit into 32 bits together, they are one load.
    """
    words, steps = table.words, 1 << _FRACTION
    slopes = [after - word for word, after in zip(words, words[1:], strict=False)]
    small = max(max(map(abs, slopes)) * (steps - 1), max(map(abs, words)) * steps + steps // 2) < 1 << 31
    kind = "int32_t" if small else "double"
    low, high = table.low * steps, table.high * steps - 1
    lost = ", int32_t *lost" if any(table.steep) else ""
    data, base, slope = _data(name, words, slopes, kind)
    lines = [f"/* {str(table).partition(' = ')[0]}: {data[0]} */", *data[1:]]
    lines.append(f"INLINE {kind} look_up_{name}(int32_t z{lost}) {{")
    if table.turn:
        lines.append(f"    z = wrap32(z, {table.argument_bits});")
    lines.append(f"    int32_t a = {'z < 0 ? -1 - z : z' if table.fold else 'z'};")
    ends = [f"(a {sign} {end})" for steep, sign, end in zip(table.steep, "<>", (low, high), strict=True) if steep]
    if ends:
        lines.append(f"    *lost |= {' | '.join(ends)};")
    first = f" - {low}" if low > 0 else f" + {-low}" if low else ""
    lines.append(f"    int32_t place = LIMITED(a, {low}, {high}){first}, j = place >> {_FRACTION};")
    exact = f"({base} + {slope} * (place & {steps - 1}))"
    lines.append(f"    {kind} s = {f'{exact} >> {_FRACTION}' if small else f'floor({exact} * 0x1p-{_FRACTION})'};")
    lines += [f"    return {'z < 0 ? -s : s' if table.fold == 'odd' else 's'};", "}"]
    return lines


def _data(name: str, words: tuple[int, ...], slopes: list[int], kind: str) -> tuple[list[str], str, str]:
    """What stands in memory, said and in C; words[i] 4096 + 2048 and words[i + 1] - words[i] in C, of j = i."""
    steps = 1 << _FRACTION
    bits = max(max(slope, ~slope).bit_length() for slope in slopes) + 1
    if kind == "int32_t" and all(-1 << (31 - bits) <= word < 1 << (31 - bits) for word in words):
        both = [(word << bits) + (slope & (1 << bits) - 1) for word, slope in zip(words, slopes, strict=False)]
        data = [f"words[i] 2^{bits}, and words[i + 1] - words[i] in the bits below"]
        data.append(f"static const int32_t {name}_words[] = {{\n{listed(both)}\n}};")
        return data, f"({name}_words[j] >> {bits}) * {steps} + {steps // 2}", f"wrap32({name}_words[j], {bits})"
    end = "" if kind == "int32_t" else ".0"
    data = [f"words[i] {steps} + {steps // 2}, and words[i + 1] - words[i]"]
    for part, numbers in (("base", [word * steps + steps // 2 for word in words[:-1]]), ("slope", slopes)):
        data.append(f"static const {kind} {name}_{part}[] = {{\n{listed(f'{x}{end}' for x in numbers)}\n}};")
    return data, f"{name}_base[j]", f"{name}_slope[j]"
