"""`hel COMMAND ...`, the one entry point.

Exit code 0 on success, 2 and one line for a request that cannot be met, 1 otherwise, 128 and the signal's number where
one asked to end (130 for Ctrl-C, 143 terminated, 129 hung up); either way nothing half-written stays or runs on.

`--json` prints exactly one JSON object on standard output. HEL_DEBUG=1 shows tracebacks.

Folders of the user may be called golden, rtl, testbench or bitstreams (`golden.own_packages`). Where the current folder
has a package of the name hel, `python -m hel` is that one, as Python has it: use the command `hel` there.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import importlib
import json
import os
import shlex
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from golden.computer.processes import end_children
from golden.errors import HelError
from golden.provenance import made_by, version
from hel import signals, streams
from hel.arguments import Parser, UsageError, suggest
from hel.commands import SUMMARIES
from hel.output import stdout_to_stderr

__all__ = ["guarded", "main", "parsed"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Without `argv` it is the process's own command, which then ends."""
    code = guarded(lambda: _main(list(sys.argv[1:] if argv is None else argv)))
    if argv is None:
        signals.last_word()
    return code


def guarded(work: Callable[[], int]) -> int:
    """The exit code of `work`; whatever it raises becomes one line on standard error."""
    streams.settle()
    try:
        with signals.heeded():
            code = _code(work)
        if error := streams.drained():
            raise error
        return code
    except signals.Ended as stop:
        return _stopped(stop.code, str(stop))
    except KeyboardInterrupt:
        return _stopped(130, "interrupted")
    except BrokenPipeError:  # the reader of our output left, as in `hel systems | head -1`
        return 0
    except ModuleNotFoundError as error:
        return _fail(2, f"{error.name} is not installed; `pip install hel-fpga[all]`, or `make env` in a checkout")
    except (HelError, UsageError) as error:
        return _fail(2, str(error))
    except MemoryError as error:
        return _fail(2, f"the run must fit this machine's memory: {error or 'it does not'}; use fewer steps or neurons")
    except OSError as error:
        return _fail(2, _of_the_system(streams.drained() or error))
    except UnicodeError as error:
        return _fail(2, _of_letters(error))
    except Exception as error:
        return _fail(1, f"{type(error).__name__}: {error} (a defect; HEL_DEBUG=1 shows where)")
    finally:
        streams.drained()


def _code(work: Callable[[], int]) -> int:
    try:
        return work()
    except SystemExit as stop:  # --help
        return int(stop.code or 0)


def _stopped(code: int, message: str) -> int:
    end_children()
    warnings.simplefilter("ignore")  # Amaranth would tell of every half-made module
    return _fail(code, message)


def _main(argv: list[str]) -> int:
    if not argv or argv[0] in ("-h", "--help"):
        print(_overview())
        return 0
    if argv[0] == "--version":
        print(f"hel {version()}")
        return 0
    if argv[0] == "help":  # hel help COMMAND, as other tools have it
        return _main([*argv[1:2], "--help"])
    name, rest = argv[0], argv[1:]
    if name not in SUMMARIES:
        raise UsageError(f"unknown command {name!r}{suggest(name, SUMMARIES) or ';'} available: {', '.join(SUMMARIES)}")
    command = importlib.import_module(f"hel.commands.{name}")
    args = parsed(name, command, rest)
    # Compilers and simulators may write anything to standard output: it belongs to the result alone.
    with stdout_to_stderr() if args.json else contextlib.nullcontext():
        result = {"made_by": args.made_by, **command.run(args)}
    print(json.dumps(result, default=_plain, allow_nan=False) if args.json else command.text(result))
    return int(bool(result.get("failed", False)))


def parsed(name: str, command: Any, argv: Sequence[str]) -> argparse.Namespace:
    """The arguments of a command's module, checked; `made_by` says what was typed."""
    text, _, example = (command.__doc__ or "").partition("\nexample:\n")
    parser = Parser(prog=f"hel {name}", description=text.strip(), epilog=f"example:\n{example.rstrip()}")
    command.arguments(parser)
    everywhere = parser.add_argument_group("every command")
    everywhere.add_argument(
        "--json", action="store_true", help="print the result as one JSON object, with what made it"
    )
    everywhere.add_argument("-q", "--quiet", action="store_true", help="no progress on standard error; errors still")
    words = [word for word in argv if word not in ("--json", "-q", "--quiet")]
    return parser.parse_args(argv, argparse.Namespace(made_by=made_by(name, shlex.join(["hel", name, *words]))))


def _overview() -> str:
    width = max(map(len, SUMMARIES))
    lines = [f"  {name:{width}}  {summary}" for name, summary in SUMMARIES.items()]
    return "\n".join(
        [
            "usage: hel COMMAND [options]",
            "",
            "From a Hamiltonian to an FPGA that learns.",
            "",
            *lines,
            "",
            "`hel COMMAND --help` explains a command and shows examples. Every command takes --json and --quiet.",
            "HEL_CACHE names the folder of compiled simulators, ~/.cache/hel-fpga by default; `hel doctor` shows it.",
        ]
    )


def _plain(value: Any) -> Any:
    """NumPy numbers and arrays, paths: as JSON knows them."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


_OS_RULES = {
    errno.EACCES: ("a file must be open to you", "change its permissions or choose another place (-o)"),
    errno.EPERM: ("a file must be open to you", "change its permissions or choose another place (-o)"),
    errno.EROFS: ("output needs a place that can be written", "choose another place (-o)"),
    errno.ENOSPC: ("output needs room on the disk", "free some or choose another place (-o)"),
    errno.EDQUOT: ("output needs room in your quota", "free some or choose another place (-o)"),
    errno.ENOENT: (
        "a file, folder or program that is named must exist",
        "check the name, create it, or choose another place (-o)",
    ),
    errno.ENOTDIR: ("the folders of a path must be folders", "choose another place (-o)"),
    errno.EISDIR: ("a file must not be a folder", "name a file"),
    errno.EEXIST: ("a folder cannot take the place of a file", "choose another place (-o)"),
    errno.ENAMETOOLONG: ("a file's name must be one that the file system takes", "choose a shorter one"),
    errno.ENOMEM: ("the run must fit this machine's memory", "use fewer steps or neurons"),
    errno.EMFILE: ("the run must fit the limit of open files", "raise it with `ulimit -n 4096`"),
}


def _of_the_system(error: OSError) -> str:
    """What the operating system refused: the rule, the value, the way out."""
    usual = ("the operating system refused a request", "HEL_DEBUG=1 shows where")
    rule, way_out = _OS_RULES.get(error.errno or 0, usual)
    value = f"{error.filename}: {error.strerror}" if error.filename is not None else str(error.strerror or error)
    return f"{rule}, {value}; {way_out}"


def _of_letters(error: UnicodeError) -> str:
    """What the locale or a file has no letters for: the rule, the value, the way out."""
    if isinstance(error, UnicodeEncodeError):
        value = ascii(error.object[error.start : error.end])
        return f"a name must have letters that the locale ({error.encoding}) knows, got {value}; set PYTHONUTF8=1"
    return f"a text must be UTF-8, {error}; save the file as UTF-8"


def _fail(code: int, message: str) -> int:
    if os.environ.get("HEL_DEBUG") == "1" and sys.exc_info()[0] is not None:
        import traceback

        traceback.print_exc()
    print(f"hel: {' '.join(message.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
