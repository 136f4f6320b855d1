"""Compare the gradient of echo learning with backpropagation through time, in float64 and in fixed point.

Both run on the same quantised parameters and random inputs. A gradient is good where 1 - cosine and the relative error
are small; in fixed point they cannot be better than the last place of the words. `return_error_lsb` is the largest
difference, in units of the last place, of a state word after an echo without nudge: 0, or something is broken.

--eps is the strength of the nudge. By default it is the power of two that is best in fixed point; --eps scan shows all
of them, and what makes the others worse: a weak nudge drowns in the words' last places (round-off), a strong one leaves
the linear response (nonlinearity, which float64 has too) or makes words overflow (flags).

--cost is half squared error at the end (final), its sum over all steps (summed), or that of the mean energies
(averaged); or a function of your own, file.py:function, of one sample's positions q and its target y, in the vocabulary
of a potential; or a FinalCost, SummedCost or AveragedCost made of one. In fixed point the slope of a final or summed
cost of your own is taken in float64 and rounded to words, as the host of an array does.

--cuts calibrated gives each cut sum or product the format that a run of random inputs asks for, and says which changed.

example:
  hel gradcheck dense                                # N = 16, 100 steps
  hel gradcheck dense --steps 1000 --cost summed     # a longer sequence, a cost of every step
  hel gradcheck springs --eps scan --figure eps.png  # which eps, and why
  hel gradcheck ring.py:Ring --neurons 8 --inputs 2  # one of your own
  hel gradcheck phi4 --cuts calibrated
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

from hel.arguments import UsageError, integer, power_of_two
from hel.options import add_formats, add_seed, add_size, add_system, checked_system, formats
from hel.output import Progress, clamped_lines, cut_lines, table

FAR = 0.05
"""Relative error of a gradient that a user should hear of: about that of a cosine of 0.999."""
WORSE = 10.0
"""As many times the error of the best eps is worth a word."""
UNEVEN = 0.1
"""Asymmetry of two echoes that is worth a word."""
AUTO, SCAN = "auto", "scan"


def arguments(parser: argparse.ArgumentParser) -> None:
    """System, length, cost, eps, figure, size, formats, seed."""
    add_system(parser)
    parser.add_argument(
        "--steps",
        type=integer(1, 10_000_000),
        default=100,
        metavar="T",
        help="length of the sequence in time steps; default: 100",
    )
    parser.add_argument(
        "--cost",
        default="final",
        metavar="C",
        help="final, summed or averaged half squared error, or path/to/file.py:function for a cost of your own;"
        " default: final",
    )
    parser.add_argument(
        "--targets", type=integer(1, 4096), metavar="K", help="numbers in a target, for a cost of your own; default: N"
    )
    parser.add_argument(
        "--eps",
        type=strength,
        default=AUTO,
        metavar="E",
        help="strength of the nudge, a power of two; auto: the one that is best in fixed point; scan: all that matter,"
        " in a table; default: auto",
    )
    parser.add_argument(
        "--figure", type=Path, metavar="FILE", help="draw the errors of --eps scan into a .png, .svg or .pdf file"
    )
    add_size(parser)
    add_formats(parser)
    add_seed(parser)


def strength(text: str) -> float | str:
    """Argument type: a power of two, `auto` or `scan`."""
    if text in (AUTO, SCAN):
        return text
    try:
        return power_of_two(text)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"{error}; or {AUTO}, or {SCAN}") from None


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `golden.checks.gradcheck` and `golden.checks.eps_scan`."""
    checked_system(args.system)
    asked: dict[str, Any] = {name: getattr(args, name) for name in ("steps", "neurons", "inputs", "cost", "targets")}
    asked |= {"formats": formats(args), "cuts": args.cuts, "seed": args.seed}
    if args.eps != SCAN:
        if args.figure is not None:
            raise UsageError("--figure draws what --eps scan measures, got no scan; add --eps scan")
        from golden.checks.gradcheck import gradcheck

        with Progress(quiet=args.quiet) as progress:
            return gradcheck(args.system, **asked, eps=args.eps, progress=progress)
    from golden.checks.eps_scan import scan

    path = None
    if args.figure is not None:
        from hel.figures import canvas

        path = canvas.checked(args.figure)
    with Progress(quiet=args.quiet) as progress:
        result = scan(args.system, **asked, progress=progress)
    if path is not None:
        from hel.figures.strengths import errors_by_eps

        result["figure"] = str(errors_by_eps(result, path))
    return result


def text(result: dict[str, Any]) -> str:
    """The two comparisons, one a line, and the return error; of a scan its table and its reasons before them."""
    lines = scan_lines(result) if "rows" in result else []
    lines.append(f"eps = {power(result['eps'])}" + (", the best in fixed point" if is_best(result) else ""))
    for label, key in (("float64    ", "float"), ("fixed point", "fixed")):
        angle, error = max(0.0, 1 - result[f"cosine_{key}"]), result[f"relative_error_{key}"]
        lines.append(f"{label}  1 - cosine {angle:.2e}   relative error {error:.2e}")
    lines += advice(result)
    if result["flags"]:
        lines.append(f"flags raised in fixed point: {', '.join(result['flags'])}")
    lines += clamped_lines(result)
    lines.append(f"echo without nudge returns to within {result['return_error_lsb']} LSB")
    lines += cut_lines(result)
    if "figure" in result:
        lines.append(f"figure: {result['figure']}")
    return "\n".join(lines)


def is_best(result: dict[str, Any]) -> bool:
    """Whether the eps that was used is the best one."""
    return bool(result["eps"] == result["best_eps"])


def power(eps: float) -> str:
    """A power of two as it is typed.

    >>> power(0.03125), power(2.0)
    ('2^-5', '2^1')
    """
    return f"2^{round(math.log2(eps))}"


def advice(result: dict[str, Any]) -> list[str]:
    """What to do about a gradient that is far off, or far from what another eps gives: one rule, one line at most.

    It reads both errors: what fixed point has beyond float64 is round-off, and asks for a stronger nudge; what float64
    has too is nonlinearity, and asks for a weaker one.
    """
    error, best = result["relative_error_fixed"], result["best_relative_error_fixed"]
    at, better = power(result["eps"]), power(result["best_eps"])
    exact, apart = result["relative_error_float"], result["round_off"]
    if error > WORSE * best:
        weak = result["eps"] < result["best_eps"]
        if weak:
            why = f"too weak: round-off alone is {apart:.1e}, where float64 has {exact:.1e}"
        elif apart > exact:
            why = f"too strong for the words: they lose {apart:.1e}, where float64 has {exact:.1e}"
        else:
            off = f"the two echoes end {result['asymmetry']:.1g} times their half distance off the middle"
            why = f"too strong: float64 is off by {exact:.1e} too, {off}"
        return [
            f"eps = {at} is {why}; at {better} fixed point has {best:.1e}: use --eps {better}, or look at --eps scan"
        ]
    if error <= FAR or result["flags"] or result["argument_clamped"]:
        return []
    return [
        f"no eps is much better than {at}: weaker nudges drown in the words' last places, stronger ones are no longer"
        " small; use fewer --steps, a smaller --step or more --fraction-bits; if the gradient is close to zero in this"
        " run, another --seed"
    ]


def scan_lines(result: dict[str, Any]) -> list[str]:
    """The table of a scan, and why the strengths on both sides of the best are worse."""
    rows = []
    for row in result["rows"]:
        marks = [kind for kind in ("fixed", "float") if result[kind]["best_eps"] == row["eps"]]
        names = {"fixed": "best in fixed point", "float": "best in float64"}
        rows.append(
            {
                "eps": power(row["eps"]),
                "float64: 1 - cosine": _angle(row["cosine_float"]),
                "error": _small(row["relative_error_float"]),
                "fixed: 1 - cosine": _angle(row["cosine_fixed"]),
                "error ": _small(row["relative_error_fixed"]),
                "of it round-off": _percent(row["round_off_share"]),
                "limit": ", ".join([row["limit"] if row["limit"] != "flags" else "", *row["flags"]]).strip(", "),
                "": ", ".join(names[mark] for mark in marks),
            }
        )
    return [table(rows), "", *_reasons(result, "fixed", "fixed point"), *_reasons(result, "float", "float64"), ""]


def _reasons(result: dict[str, Any], kind: str, name: str) -> list[str]:
    """Where one arithmetic is best, and what limits it on both sides."""
    found = result[kind]
    best = next(row for row in result["rows"] if row["eps"] == found["best_eps"])
    lines = [f"{name} is best at eps = {power(found['best_eps'])}: relative error {best[f'relative_error_{kind}']:.1e}"]
    for side in ("weaker", "stronger"):
        if found[side] is not None:
            lines.append(f"  {side}: {_reason(found[side], kind, side)}")
    return lines


def _reason(side: dict[str, Any], kind: str, which: str) -> str:
    """What limits one arithmetic on one side of its best eps."""
    flagged = ""
    if side["flags"]:
        flagged = f"words overflow or clip from {power(side['flagged_eps'])} on ({', '.join(side['flags'])})"
    if side["flagged_eps"] == side["eps"]:
        return flagged
    grows = f"the error is {_small(side['error'])} at {power(side['eps'])}"
    if side["order"] is not None:
        grows += f", and goes as eps^{side['order']:.1f}"
    if side["limit"] == "nonlinearity":
        said = f"nonlinearity{', which float64 has too' if kind == 'fixed' else ''}; {grows}"
        if side["asymmetry"] is not None and side["asymmetry"] > UNEVEN:
            said += f", where the two echoes end {side['asymmetry']:.1g} times their half distance off the middle"
    elif which == "weaker":
        said = f"round-off{' of the words, which float64 has not' if kind == 'fixed' else ' of float64'}; {grows}"
    else:
        said = f"no gain, round-off is all there is; {grows}"
    return f"{said}; {flagged}" if flagged else said


def _small(value: float | None) -> str:
    return "-" if value is None else f"{value:.1e}"


def _angle(cosine: float | None) -> str:
    return "-" if cosine is None else f"{max(0.0, 1 - cosine):.1e}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"
