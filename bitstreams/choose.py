"""How many elements an array should have on a board: as many as it holds.

Both multipliers of an element work in every cycle, so more elements are more products a cycle; the cost model of
`bitstreams.estimate` says how many fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bitstreams.boards import board
from bitstreams.devices import DeviceSize, size_of
from bitstreams.estimate import Estimate, estimate, missing
from golden.errors import HelError
from rtl.design import Design, given

__all__ = ["Choice", "choose_elements"]


@dataclass(frozen=True)
class Choice:
    """The design with so many elements, its estimate, and in one sentence why it is that one."""

    design: Design
    estimate: Estimate
    reason: str


def choose_elements(design: Design, board_name: str) -> Choice:
    """The design on the largest P that divides N and whose array fits the board's device.

    Raises
    ------
    HelError
        No P fits; the message says what is missing at the least P that was too large, and why no smaller one can be.
    """
    device, neurons = size_of(board(board_name).device), given(design, "choose_elements").neurons
    if design.banks != 1:
        raise HelError(f"a board's elements are counted at one bank, got B = {design.banks}; say how many there are")
    able = [p for p in range(neurons, 0, -1) if neurons % p == 0]
    refused: list[str] = []
    for p in able:
        if 2 * p > device.dsp:
            refused.append(f"P = {p} needs multipliers: {2 * p} of {device.dsp}")
            continue
        candidate = replace(design, elements=p)
        try:
            needs = estimate(candidate.geometry)
        except HelError as error:
            refused.append(f"P = {p} cannot be: {error}")
            continue
        lacks = missing(needs, device)
        if not lacks:
            return Choice(candidate, needs, _reason(p, neurons, device, needs, refused))
        refused.append(f"P = {p} needs {', '.join(lacks)}")
    sizes = [why for why in refused if " cannot be: " not in why]
    impossible = [why for why in refused if " cannot be: " in why]
    # The ways out of the reasons contradict each other (more elements, fewer elements): only their rules are told.
    reasons = "; ".join([*sizes[-1:], *(why.rpartition("; ")[0] or why for why in impossible[:1])])
    prime = f" ({neurons} is prime, {neurons - 1} and {neurons + 1} are not)" if len(able) == 2 else ""
    raise HelError(
        f"no array of {neurons} neurons fits {device.name}: {reasons};"
        f" use another number of neurons{prime} or another board"
    )


def _reason(p: int, neurons: int, device: DeviceSize, needs: Estimate, refused: list[str]) -> str:
    share = f"{100 * needs.lut / device.lut:.0f} % of its LUTs"
    why = f"; {refused[-1]}" if refused else ", one neuron an element"
    return f"P = {p} is the largest divisor of N = {neurons} that {device.name} holds, at {share}{why}"
