"""Write a file with a Hamiltonian to start from: a commented, running example that you change into your own.

The class is called after the file: coupled_pendulums.py has CoupledPendulums. A file that is there is left alone.

example:
  hel new ring.py
"""

from __future__ import annotations

import argparse
import keyword
import re
import shlex
import sys
from pathlib import Path
from typing import Any

from hel.arguments import UsageError
from hel.output import write_whole

HIDDEN = ("numpy", "hel")
TAKEN = ("System", "Starter")
STARTER = Path(__file__).parents[1] / "starter.py"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file."""
    parser.add_argument("file", type=Path, metavar="FILE.py", help="the file to write, in a folder that exists")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `hel.starter`."""
    path: Path = args.file
    name = class_name(path)
    if path.exists() or path.is_symlink():
        raise UsageError(f"a new file takes nothing's place, '{path}' is there already; choose another name")
    if not path.parent.is_dir():
        raise UsageError(f"a file goes into a folder that exists, '{path.parent}' does not; create it first")
    text = STARTER.read_text(encoding="utf-8").replace("STARTER.py", shlex.quote(path.name)).replace("STARTER", name)
    write_whole({path: text.replace("Starter", name)})
    return {"file": str(path), "system": f"{path}:{name}"}


def class_name(path: Path) -> str:
    """The class that a file of this name gets.

    >>> class_name(Path("lab/coupled_pendulums.py")), class_name(Path("my-ring 2.py"))
    ('CoupledPendulums', 'MyRing2')
    """
    words = re.findall(r"[^\W_]+", path.stem)
    name = "".join(word[:1].upper() + word[1:] for word in words)
    if path.suffix != ".py":
        way_out = f"try '{path}.py'" if path.name and not path.exists() else "choose a name of its own, such as ring.py"
        raise UsageError(f"a system is written in Python, the file's name ends in .py, not '{path}'; {way_out}")
    if path.stem in sys.stdlib_module_names or path.stem in HIDDEN:
        raise UsageError(f"a file must not hide a module that it imports, '{path.name}' hides one; choose another name")
    if name in TAKEN:
        raise UsageError(
            f"the file's name makes the class's, and '{path.name}' makes {name}, the name of a class of hel's own;"
            " call it after your system, such as ring.py"
        )
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(
            f"the file's name makes the class's, and '{path.name}' makes {name or 'none'}; begin it with a letter,"
            " and call it after your system, such as ring.py"
        )
    return name


def text(result: dict[str, Any]) -> str:
    """Where it is and what to do next."""
    file = result["file"]
    quoted = shlex.quote(file)
    return "\n".join(
        [
            f"{file}: a Hamiltonian to start from; change it, and look at it with",
            f"  hel gradcheck {quoted} -n 8 -m 2",
            f"  hel verify {quoted} -n 8 -m 2",
        ]
    )
