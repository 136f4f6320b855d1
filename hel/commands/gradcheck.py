"""Compare the gradient of echo learning with backpropagation through time, in float64 and in fixed point.

Both run on the same quantised parameters, random inputs and a cost on the final position. A gradient is good where
1 - cosine and the relative error are small; in fixed point they cannot be better than the last place of the words.
`return_error_lsb` is the largest difference, in units of the last place, of a state word after an echo without nudge:
0, or something is broken. --cuts calibrated gives each cut sum or product the format that a run of random inputs asks
for, and says which changed.

example:
  hel gradcheck dense                                # N = 16, 100 steps
  hel gradcheck dense --steps 1000 --eps 2^-5        # a longer sequence
  hel gradcheck ring.py:Ring --neurons 8 --inputs 2  # one of your own
  hel gradcheck phi4 --cuts calibrated
"""

from __future__ import annotations

import argparse
from typing import Any

from hel.arguments import integer, power_of_two
from hel.options import add_formats, add_seed, add_size, add_system, checked_system, formats
from hel.output import clamped_lines, cut_lines

FAR = 0.05
"""Relative error of a gradient that a user should hear of: about that of a cosine of 0.999."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """System, length, size, eps, formats, seed."""
    add_system(parser)
    parser.add_argument(
        "--steps",
        type=integer(1, 10_000_000),
        default=100,
        metavar="T",
        help="length of the sequence in time steps; default: 100",
    )
    add_size(parser)
    parser.add_argument(
        "--eps",
        type=power_of_two,
        default=power_of_two("2^-5"),
        metavar="E",
        help="strength of the nudge, a power of two: the gradient's error falls with its square, until the last place"
        " of the words is felt; default: 2^-5",
    )
    add_formats(parser)
    add_seed(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `golden.checks.gradcheck`."""
    checked_system(args.system)
    number_formats = formats(args)
    from golden.checks.gradcheck import gradcheck

    return gradcheck(
        args.system,
        steps=args.steps,
        neurons=args.neurons,
        inputs=args.inputs,
        eps=args.eps,
        formats=number_formats,
        cuts=args.cuts,
        seed=args.seed,
    )


def text(result: dict[str, Any]) -> str:
    """The two comparisons, one a line, and the return error."""
    lines = []
    for label, key in (("float64    ", "float"), ("fixed point", "fixed")):
        angle, error = max(0.0, 1 - result[f"cosine_{key}"]), result[f"relative_error_{key}"]
        lines.append(f"{label}  1 - cosine {angle:.2e}   relative error {error:.2e}")
    if result["asymmetry"] > 0.5:
        lines.append(
            f"the two echoes end {result['asymmetry']:.1g} times their half distance off the middle: the nudge is too"
            " strong or the motion too chaotic for a gradient; lower --eps, --steps or --step"
        )
    elif result["relative_error_float"] > FAR:
        lines.append(
            "float64 itself is far off: lower --eps; where that does not help, the gradient is close to zero in this"
            " run (try another --steps or --seed)"
        )
    excused = result["flags"] or result["argument_clamped"]
    if result["relative_error_fixed"] > max(FAR, 4 * result["relative_error_float"]) and not excused:
        lines.append(
            "fixed point is far from float64: the gradient is small against the last place of the words; raise --eps or"
            " --fraction-bits, or write the potential with larger numbers"
        )
    if result["flags"]:
        lines.append(f"flags raised in fixed point: {', '.join(result['flags'])}")
    lines += clamped_lines(result)
    lines.append(f"echo without nudge returns to within {result['return_error_lsb']} LSB")
    lines += cut_lines(result)
    return "\n".join(lines)
