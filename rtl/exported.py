"""Verilog for a design of somebody else's: modules under a name of their own, and clean under Verilator's lint.

The text that simulators and builds of this repository take is `rtl.verilog.array_verilog`; this one differs from it in
names and comments, and in that it has no wires of no bits.
"""

from __future__ import annotations

import re

from golden.errors import HelError
from rtl.hls import Geometry
from rtl.reserved import RESERVED
from rtl.verilog import array_verilog

__all__ = ["MODULE", "exported", "module_name"]

MODULE = "hel_array"
"""Name of the array where nobody asks for another."""
WAIVED = {
    "WIDTHEXPAND": "yosys writes constants and operands as short as they are; Verilog extends them as meant",
    "WIDTHTRUNC": "`!word` of several bits is 1 where all of them are 0, as meant",
    "CASEINCOMPLETE": "what no case names keeps the value that was assigned before the case",
    "PROCASSINIT": "registers have initial values, which an FPGA loads, besides their reset",
    "UNUSEDSIGNAL": "every field of a control word has a name, of which a module reads those it needs",
    "DECLFILENAME": "all modules of the array are in this one file",
}
"""Warning of Verilator -> why what it warns of is right here."""
_NO_BITS = re.compile(r"^ *wire \[-1:0\] [^;\n]*;\n", re.MULTILINE)
_BRANCH = re.compile(r"^module hel_branch\b.*?^endmodule\n+", re.MULTILINE | re.DOTALL)
_OWN = re.compile(r"(?<![\w.$])hel_(array|element|branch)(?![\w$])")


def module_name(name: str) -> str:
    r"""The name, if Verilog takes it without an escape; HelError otherwise.

    >>> module_name("left_array")
    'left_array'
    >>> module_name("2nd")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: a module's name must be letters, digits and _, not a digit first, got '2nd'; use hel_array
    """
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name, re.ASCII):
        raise HelError(
            f"a module's name must be letters, digits and _, not a digit first, got {name[:40]!r}; use {MODULE}"
        )
    if name in RESERVED:
        raise HelError(f"a module's name must be none of Verilog's own words, got {name!r}; use {MODULE}")
    return name


def _used(text: str) -> str:
    """Without a branch of the control's tree where no element hangs on one: to a linter it would be a second top."""
    return text if re.search(r"^ +hel_branch \w+ ", text, re.MULTILINE) else _BRANCH.sub("", text)


def exported(geometry: Geometry, module: str = MODULE) -> str:
    r"""Verilog text of the array as `module`; the names of all other modules begin with that, too.

    With the default they are those of `array_verilog`. Raises HelError for what is no name.

    >>> from rtl.design import Design
    >>> text = exported(Design("dense", neurons=4, elements=2, inputs=1).geometry, "left")
    >>> sorted(set(re.findall(r"^module (\w+)", text, re.MULTILINE)))
    ['left', 'left_element']
    """
    text = _used(_NO_BITS.sub("", array_verilog(geometry)))
    if module_name(module) != MODULE:
        text = _OWN.sub(lambda found: module if found[1] == "array" else f"{module}_{found[1]}", text)
    reasons = "\n".join(f"   {name}: {reason}." for name, reason in WAIVED.items())
    off = "\n".join(f"/* verilator lint_off {name} */" for name in WAIVED)
    return (
        f"/* {module} is the array; its clock is clk, its synchronous reset rst.\n"
        f"   What Verilator's lint is told not to warn of, in this file alone:\n{reasons} */\n"
        f"/* verilator lint_save */\n{off}\n{text}\n/* verilator lint_restore */\n"
    )
