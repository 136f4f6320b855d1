"""A design: a system on an array, in formats. Commands, benches and builds are given one, and ask it for the rest.

system, formats, cuts  -> program      the integer program
program, elements      -> schedule     control words, memory map, cycle counts
schedule               -> geometry     what is wired
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from golden import systems
from golden.arithmetic.formats import Formats, checked
from golden.compiler.compile import compile_system, described, seeds
from golden.compiler.realised import told
from golden.errors import HelError
from golden.program import Program
from golden.systems import System
from rtl.hls import Geometry, Schedule, compile_array
from rtl.hls.plan.geometry import BANKS

__all__ = ["ELEMENTS", "FORMATS", "INPUTS", "NEURONS", "Design", "given", "usual_elements"]

NEURONS, INPUTS, ELEMENTS, FORMATS = 16, 4, 4, Formats()
"""The defaults of every command that handles an array: without options all of them handle the same one."""


@dataclass(frozen=True, init=False)
class Design:
    """A system, its size, its array and its formats; frozen, validated when it is made.

    `dataclasses.replace(design, elements=8)` is the same on another array.

    Members
    -------
    system : a built-in system's name, random-SEED, path/to/file.py:Class, or a `System`
    neurons, inputs : N and m; of a `System` its own
    elements : P, two multipliers each, at most N; where it does not divide N, some elements have places for neurons
        that are not there. Default: the largest divisor of N up to 4
    banks : B, pairs of multipliers an element, one of `rtl.hls.plan.geometry.BANKS`; of several, rows are padded to
        whole banks (docs/wide.md). Default: 1
    formats : `golden.arithmetic.formats.Formats`
    cuts : formats of the cuts, a word of `golden.compiler.compile`
    subject, program, schedule, geometry : made when they are first asked for, and kept

    Raises
    ------
    HelError : a system that is not there or not legal, a size or a word that cannot be. `program` and `schedule` raise
        it for what has no integer form, and for what no array of this size holds.

    >>> design = Design("dense", neurons=8, inputs=2)
    >>> design.elements, design.geometry.fold, len(design.program.ops)
    (4, 2, 12)
    >>> print(design.command)
    dense --neurons 8 --elements 4 --inputs 2 --step 2^-3
    """

    system: str | System
    neurons: int
    inputs: int
    elements: int
    banks: int
    formats: Formats
    cuts: str

    def __init__(
        self,
        system: str | System,
        *,
        neurons: int | None = None,
        inputs: int | None = None,
        elements: int | None = None,
        banks: int = 1,
        formats: Formats = FORMATS,
        cuts: str = "default",
    ) -> None:
        made = systems.sized(system, neurons=neurons, inputs=inputs, usual_neurons=NEURONS, usual_inputs=INPUTS)
        n = made.n
        seeds(cuts)
        self._set(system=system, subject=made, neurons=n, inputs=made.m, formats=checked(formats), cuts=cuts)
        p = usual_elements(n) if elements is None else elements
        if not isinstance(p, int | np.integer) or isinstance(p, bool) or not 1 <= p <= n:
            raise HelError(f"elements share the neurons, 1 to {n} of them, got {p!r} elements; choose within")
        if not isinstance(banks, int | np.integer) or isinstance(banks, bool) or banks not in BANKS:
            raise HelError(f"an element has {', '.join(map(str, BANKS))} banks, got {banks!r}; choose among these")
        self._set(elements=int(p), banks=int(banks))

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __getstate__(self) -> dict[str, Any]:
        """The members alone: program and schedule are made again where a copy or a pickle needs them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self._set(**state)

    @cached_property
    def subject(self) -> System:
        """The system itself."""
        return systems.get(self.system, n=self.neurons, m=self.inputs) if isinstance(self.system, str) else self.system

    @property
    def name(self) -> str:
        """The system as it was named, or the object's own name."""
        return self.system if isinstance(self.system, str) else self.system.name

    @cached_property
    def program(self) -> Program:
        """The verified integer program."""
        return compile_system(self.subject, self.formats, self.cuts)

    @cached_property
    def schedule(self) -> Schedule:
        """The checked schedule on an array made for it."""
        return compile_array(self.program, elements=self.elements, banks=self.banks)

    @property
    def geometry(self) -> Geometry:
        """What is wired."""
        return self.schedule.geometry

    @cached_property
    def cut_formats(self) -> dict[str, Any]:
        """What reports say of the cuts: keys `cuts` and `cut_formats` (`golden.compiler.compile.described`)."""
        return described(self.program, self.cuts)

    @property
    def described(self) -> dict[str, Any]:
        """What every result says of the design first: system, neurons, elements, banks, inputs, formats; and masses,
        their realised values, angles, where the system has such.
        """
        return {
            "system": self.name,
            "neurons": self.neurons,
            "elements": self.elements,
            "banks": self.banks,
            "inputs": self.inputs,
            "formats": str(self.formats),
            **told(self.subject, self.formats),
        }

    @property
    def command(self) -> str:
        """System and options that make this design on any command line of `hel`, for a shell; "" where none does.

        A command line has names of systems, not objects, and no options for all formats.
        """
        f = self.formats
        usual = Formats(f.fraction_bits, f.operand_bits, log2_inverse_step=f.log2_inverse_step)
        if not isinstance(self.system, str) or f != usual or not 1 <= f.log2_inverse_step <= 8:
            return ""
        words = f"{shlex.quote(self.name)} --neurons {self.neurons} --elements {self.elements} --inputs {self.inputs}"
        words += f" --banks {self.banks}" if self.banks != 1 else ""
        words += f" --step 2^-{f.log2_inverse_step}"
        for name in ("fraction_bits", "operand_bits"):
            if getattr(f, name) != getattr(FORMATS, name):
                words += f" --{name.replace('_', '-')} {getattr(f, name)}"
        return words + (f" --cuts {self.cuts}" if self.cuts != "default" else "")


def given(design: object, doing: str) -> Design:
    """`design`, if it is one; `doing` is what asks for it.

    >>> given("dense", "verify")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: verify takes a hel.Design, got 'dense'; write hel.Design(...) around it
    """
    if not isinstance(design, Design):
        raise HelError(f"{doing} takes a hel.Design, got {design!r:.60}; write hel.Design(...) around it")
    return design


def usual_elements(neurons: int, usual: int = ELEMENTS) -> int:
    """The largest P up to `usual` that divides N with at most 16 neurons an element; else the smallest above.

    >>> [usual_elements(n, 16) for n in (64, 24, 3, 17)]
    [16, 12, 3, 17]
    """
    able = [p for p in range(1, neurons + 1) if neurons % p == 0 and neurons <= 16 * p]
    return max((p for p in able if p <= usual), default=min(able))
