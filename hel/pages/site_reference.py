"""Pages of the documentation site that are rendered from the code: the command line, and the public names."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from hel.commands import SUMMARIES

__all__ = ["MODULES", "command_line", "help_text", "homes", "pages"]

MODULES: dict[str, tuple[str, ...]] = {
    "hel": ("hel",),
    "problems": ("golden.problems", "golden.cost_functions"),
    "rules": (
        "golden.rules",
        *(f"golden.rules.{name}" for name in ("rhel", "rhel_fixed", "stack", "dissipative", "dissipative_fixed")),
        *(f"golden.rules.{name}" for name in ("glep", "heb", "ep", "ep_fixed", "bptt", "stack_bptt")),
        "golden.rules.finite_differences",
        "golden.checks.gradcheck",
    ),
    "systems": ("golden.systems", "golden.stacks", "golden.tasks"),
    "programs": (
        "golden.compiler",
        "golden.program",
        "golden.arithmetic.formats",
        "golden.dynamics.leapfrog",
        "golden.dynamics.integrator",
    ),
    "array": (
        "rtl.design",
        "rtl.verilog",
        "rtl.hls.plan.registers",
        "rtl.host.transactions",
        "rtl.host.driver",
        "testbench.verify",
        "testbench.train_rtl",
        "bitstreams.boards",
        "bitstreams.learning",
    ),
}
"""The modules that each page shows, all of what their `__all__` names; a name is shown once."""

TITLES = {
    "hel": "import hel",
    "problems": "Problems and costs",
    "rules": "Learning rules",
    "systems": "Systems, stacks and tasks",
    "programs": "Programs and words",
    "array": "Array, bench and boards",
}


_LAST = "---\nsearch: {boost: 0.3}\n---\n\n"
"""Of what a search finds, explanations come before the reference."""


def help_text(command: str) -> str:
    """What `hel COMMAND --help` prints, 100 columns wide; `""` is the overview."""
    from hel.__main__ import main

    out = io.StringIO()
    with mock.patch.dict(os.environ, {"COLUMNS": "100"}), contextlib.redirect_stdout(out):
        main([*command.split(), "--help"])
    return out.getvalue().strip("\n")


def command_line() -> str:
    """The page of the command line, from the parsers.

    >>> "## hel rtl" in command_line()
    True
    """
    parts = ["# The command line", "Rendered from the commands themselves: what `--help` prints."]
    parts += [_fenced(help_text(""))]
    for command, summary in SUMMARIES.items():
        parts += [f"## hel {command}", f"{summary[0].upper()}{summary[1:]}.", _fenced(help_text(command))]
    return "\n\n".join(parts) + "\n"


def _fenced(text: str) -> str:
    return f"```text\n{text}\n```"


def pages(root: Path) -> dict[str, str]:
    """Every rendered page by its name, mkdocstrings' directives still in it."""
    made = {"command_line": command_line()}
    seen: set[str] = set()
    at_home = homes(root)
    for page, modules in MODULES.items():
        parts = [f"# {TITLES[page]}"]
        for module in modules:
            parts += _module(module, at_home, seen)
        made[page] = "\n\n".join(parts) + "\n"
    return {f"reference/{name}.md": f"{_LAST}{text}" for name, text in made.items()}


def homes(root: Path) -> dict[str, str]:
    """Where each exported name is defined, as `golden.rules.gradient` -> `golden.rules.front.gradient`."""
    from griffe import GriffeLoader

    loader = GriffeLoader(search_paths=[root])
    for package in ("golden", "rtl", "testbench", "bitstreams", "hel"):
        loader.load(package)
    loader.resolve_aliases(external=False)
    found = {}
    for module in (module for group in MODULES.values() for module in group):
        for name in _exported(module):
            members = loader.modules_collection[module].members
            if name not in members:  # of `A, B = 1, 2`
                continue
            shown = members[name]
            target = shown.final_target if shown.is_alias else shown
            if not target.is_module:
                found[f"{module}.{name}"] = str(target.path)
    return found


def _exported(module: str) -> list[str]:
    return list(importlib.import_module(module).__all__)


def _module(module: str, at_home: dict[str, str], seen: set[str]) -> Iterator[str]:
    yield f"## {module}"
    yield _directive(module, "members: false", "show_root_heading: false", "show_root_toc_entry: false")
    elsewhere = []
    for name in _exported(module):
        path = at_home.get(f"{module}.{name}")
        if path is None:
            continue
        if path in seen:
            elsewhere.append(f"[`{name}`][{path}]")
            continue
        seen.add(path)
        short = f"{module}.{name}" if module != "hel" else f"hel.{name}"
        yield _directive(path, "heading_level: 3", f'heading: "{short}"', f'toc_label: "{name}"')
    if elsewhere:
        yield f"Shown elsewhere: {', '.join(elsewhere)}."


def _directive(path: str, *options: str) -> str:
    return "\n".join([f"::: {path}", "    options:", *(f"      {option}" for option in options)])
