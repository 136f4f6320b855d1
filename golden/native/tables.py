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
    """`words[i] (4096 - r) + words[i + 1] r + 2048 >> 12`: in int32 where product and sum fit, else in doubles."""
    words = table.words
    steps = 1 << _FRACTION
    steepest = max(abs(after - word) for word, after in zip(words, words[1:], strict=False))
    small = max(steepest * (steps - 1), max(map(abs, words)) * steps + steps // 2) < 1 << 31
    kind, suffix = ("int32_t", "") if small else ("double", ".0")
    base = [f"{word * steps + steps // 2}{suffix}" for word in words[:-1]]
    slope = [f"{after - word}{suffix}" for word, after in zip(words, words[1:], strict=False)]
    low, high = table.low * steps, table.high * steps - 1
    lost = ", int64_t *lost" if any(table.steep) else ""
    lines = [
        f"/* {str(table).partition(' = ')[0]}: words[i] 4096 + 2048, and words[i + 1] - words[i] */",
        f"static const {kind} {name}_base[] = {{\n{listed(base)}\n}};",
        f"static const {kind} {name}_slope[] = {{\n{listed(slope)}\n}};",
        f"INLINE double look_up_{name}(double z{lost}) {{",
    ]
    if table.turn:
        bits = table.argument_bits
        lines.append(f"    z -= 0x1p{bits:+d} * floor((z + 0x1p{bits - 1:+d}) * 0x1p{-bits:+d});")
    lines.append(f"    double a = {'z < 0 ? -1.0 - z : z' if table.fold else 'z'};")
    ends = [f"a {sign} {end}.0" for steep, sign, end in zip(table.steep, "<>", (low, high), strict=True) if steep]
    if ends:
        lines.append(f"    *lost |= {' || '.join(f'({end})' for end in ends)};".replace("||", "|"))
    first = f" - {low}" if low > 0 else f" + {-low}" if low else ""
    lines.append(f"    int32_t place = (int32_t)LIMITED(a, {low}.0, {high}.0){first}, j = place >> {_FRACTION};")
    if small:
        lines.append(f"    double s = ({name}_base[j] + {name}_slope[j] * (place & {steps - 1})) >> {_FRACTION};")
    else:
        lines.append(
            f"    double s = floor(({name}_base[j] + {name}_slope[j] * (place & {steps - 1})) * 0x1p-{_FRACTION});"
        )
    lines += [f"    return {'z < 0 ? -s : s' if table.fold == 'odd' else 's'};", "}"]
    return lines
