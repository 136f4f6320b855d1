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
from hel.options import add_executor, add_formats, add_seed, add_size, add_system, checked_system, formats
from hel.output import Progress, clamped_lines, clipped_lines, cut_lines, stability_lines, table

FAR = 0.05
"""Relative error of a gradient that a user should hear of: about that of a cosine of 0.999."""
WORSE = 10.0
"""As many times the error of the best eps is worth a word."""
UNEVEN = 0.1
"""Asymmetry of two echoes that is worth a word."""
DROWNED = 2.0**-8
"""Strengths below the best by more than this are not in the table of a scan."""
INVISIBLE = 1e-12
"""1 - cosine of two vectors in float64 has no digits from here on."""
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
    add_executor(parser)
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
    asked |= {"formats": formats(args), "cuts": args.cuts, "seed": args.seed, "executor": args.executor}
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
    lines += advice(result) + stability_lines(result["stability"])
    if result["flags"]:
        lines.append(f"flags raised in fixed point: {', '.join(result['flags'])}")
    lines += clipped_lines(result) + clamped_lines(result)
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
    if exact <= FAR:
        finer = "" if result.get("cuts", "default") != "default" else "--cuts calibrated, "
        return [
            f"fixed point is far from float64 and no eps is much better than {at}: the gradient is small against the"
            f" last place of the words; take more --fraction-bits, {finer}or write the potential with larger numbers"
        ]
    return [
        f"no eps is much better than {at}: weaker nudges drown in the words' last places, stronger ones are no longer"
        " small; use fewer --steps, a smaller --step or more --fraction-bits; if the gradient is close to zero in this"
        " run, another --seed"
    ]


def scan_lines(result: dict[str, Any]) -> list[str]:
    """The table of a scan, and why the strengths on both sides of the best are worse.

    Where fixed point has drowned, and float64 alone goes on, is left to the figure and the JSON.
    """
    best = {kind: result[kind]["best_eps"] for kind in ("fixed", "float")}
    names = {"fixed": "best in fixed point", "float": "best in float64"}
    rows = [
        {
            "eps": power(row["eps"]),
            "float64: 1 - cosine": _angle(row["cosine_float"]),
            "error": _small(row["relative_error_float"]),
            "fixed: 1 - cosine": _angle(row["cosine_fixed"]),
            "error ": _small(row["relative_error_fixed"]),
            "of it round-off": _percent(row["round_off_share"]),
            "limit": ", ".join(row["flags"]) if row["limit"] == "flags" else row["limit"],
            "": ", ".join(names[kind] for kind in names if best[kind] == row["eps"]),
        }
        for row in result["rows"]
        if row["eps"] >= best["fixed"] * DROWNED
    ]
    return [table(rows), "", *_in_fixed_point(result), _in_float(result), ""]


def _in_fixed_point(result: dict[str, Any]) -> list[str]:
    """Where fixed point is best, and what limits it on both sides."""
    found = result["fixed"]
    lines = [f"fixed point is best at eps = {power(found['best_eps'])}, relative error {_best_error(result, 'fixed')}"]
    for which in ("weaker", "stronger"):
        side = found[which]
        if side is None:
            continue
        said = []
        if side["eps"] != side["flagged_eps"]:
            said.append(_FIXED[side["limit"], which])
            grows = f"the error is {_small(side['error'])} at {power(side['eps'])}"
            said.append(grows if side["order"] is None else f"{grows}, and goes as eps^{side['order']:.1f}")
            if side["asymmetry"] is not None and side["asymmetry"] > UNEVEN and side["limit"] == "nonlinearity":
                said.append(
                    f"there the two echoes end {side['asymmetry']:.1g} times their half distance off the middle"
                )
        if side["flags"]:
            said.append(f"words overflow or clip from {power(side['flagged_eps'])} on ({', '.join(side['flags'])})")
        lines.append(f"  {which}: {'; '.join(said)}")
    return lines


_FIXED = {
    ("round-off", "weaker"): "round-off of the words, which float64 has not",
    ("round-off", "stronger"): "no gain, round-off is all there is",
    ("nonlinearity", "weaker"): "no gain, nonlinearity is all there is",
    ("nonlinearity", "stronger"): "nonlinearity, which float64 has too",
}


def _in_float(result: dict[str, Any]) -> str:
    """Where float64 is best, and what it is in float64 that depends on eps."""
    found = result["float"]
    line = f"float64 is best at eps = {power(found['best_eps'])}, relative error {_best_error(result, 'float')}"
    stronger = found["stronger"]
    if stronger is None or stronger["limit"] != "nonlinearity":
        return f"{line}: its own round-off is all there is, no error of eps"
    return f"{line}: its own round-off below, above it nonlinearity that goes as eps^{stronger['order']:.1f}"


def _best_error(result: dict[str, Any], kind: str) -> str:
    row = next(row for row in result["rows"] if row["eps"] == result[kind]["best_eps"])
    return _small(row[f"relative_error_{kind}"])


def _small(value: float | None) -> str:
    return "-" if value is None else f"{value:.1e}"


def _angle(cosine: float | None) -> str:
    if cosine is None:
        return "-"
    return f"{1 - cosine:.1e}" if 1 - cosine > INVISIBLE else f"<{INVISIBLE:.0e}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"
