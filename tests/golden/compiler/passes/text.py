"""Text in, text out: the operations of a program after a pass, as a block of lines."""

import textwrap

from golden.program import Program

HEAD = "program s n=3 m=2\n"


def after(make, text):
    """The text of the program after a pass, without head, formats, types and nudge."""
    program = make(Program.parse(HEAD + textwrap.dedent(text)).verify()).verify()
    lines = [line.split(" : ")[0].rstrip() for line in str(program).splitlines()[2:]]
    return "\n".join(line for line in lines if not line.startswith("nudge"))


def block(text):
    return textwrap.dedent(text).strip()
