"""What a command takes, by the command's own parser: names as a file writes them, a command line, what it asks for."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping
from typing import Any

from hel.arguments import Parser, UsageError, suggest

__all__ = ["Options"]

_WRITTEN = ("output", "report", "figure", "waves")


class Options:
    """The options of a command.

    >>> options = Options("gradcheck")
    >>> options.argv({"system": "dense", "neurons": 8, "eps": "2^-3", "steps": False})
    ['dense', '--neurons', '8', '--eps', '2^-3']
    """

    def __init__(self, command: str) -> None:
        self.command = command
        module = importlib.import_module(f"hel.commands.{command}")
        self.parser = Parser(prog=f"hel {command}", add_help=False)
        module.arguments(self.parser)
        self.names: dict[str, argparse.Action] = {}
        self._short: dict[str, str] = {}
        for action in self.parser._actions:
            long = next((option[2:] for option in action.option_strings if option.startswith("--")), None)
            long = long or action.dest.replace("_", "-")
            self.names.setdefault(long, action)  # a positional SYSTEM comes before its --system
            self._short |= {option.lstrip("-"): long for option in action.option_strings}

    def named(self, key: str, kind: str) -> str:
        """The name of an option, where `key` is one.

        >>> Options("gradcheck").named("fraction_bits", "option"), Options("train").named("task", "option")
        ('fraction-bits', 'task')
        >>> Options("gradcheck").named("fraction_bit", "axis")
        Traceback (most recent call last):
        ...
        hel.arguments.UsageError: unknown axis 'fraction_bit', did you mean fraction-bits? `hel gradcheck` takes ...
        """
        name = key.replace("_", "-")
        if name in self.names:
            return name
        meant = self._short.get(key)
        hint = f", did you mean {meant}?" if meant else suggest(name, self.names) or ";"
        raise UsageError(f"unknown {kind} {key!r}{hint} `hel {self.command}` takes {', '.join(sorted(self.names))}")

    def written(self) -> list[str]:
        """The options that name a place to be written: they change no result."""
        return [name for name in _WRITTEN if name in self.names]

    def argv(self, options: Mapping[str, Any]) -> list[str]:
        """The command line, behind `hel COMMAND`; positional arguments first."""
        positional = [name for name, action in self.names.items() if not action.option_strings and name in options]
        order = positional + [name for name in options if name not in positional]
        return [word for name in order for word in self._words(name, options[name])]

    def _words(self, name: str, value: Any) -> list[str]:
        action = self.names[name]
        if value is False and action.option_strings:  # left out, as a switch that is not set
            return []
        if isinstance(value, bool):
            if action.nargs != 0:
                raise UsageError(f"{name} must have a value, got {str(value).lower()}; write it as in {name} = 1")
            return [f"--{name}"]
        if action.nargs == 0:
            raise UsageError(f"{name} is a switch, got {value!r}; write {name} = true or false")
        words = [_word(name, part) for part in (value if isinstance(value, list) else [value])]
        if not action.option_strings:
            return words
        return [f"--{name}={words[0]}"] if words[0].startswith("-") else [f"--{name}", *words]

    def asked(self, argv: list[str]) -> dict[str, Any]:
        """What a command line asks for, defaults included; raises UsageError where it asks for what cannot be."""
        try:
            return dict(vars(self.parser.parse_args(argv)))
        except UsageError as error:
            text = str(error)
        missing = text.partition("required: ")[2].partition(";")[0]
        way_out = f"; write {missing.split(', ')[0].lower()} = ... under [options]" if missing else ""
        raise UsageError((text.partition("; see `")[0] if missing else text) + way_out)


def _word(name: str, value: Any) -> str:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    raise UsageError(f"{name} must be a number or a text, got {value!r}; see the command's --help for what it takes")
