"""The command line of a module that draws a study: which results, and where to."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["asked"]


def asked(module: str, text: str | None, study: str, argv: Sequence[str] | None) -> tuple[dict[str, Any], Path]:
    """What the study's results file holds, and the folder to draw in: the arguments of a module that draws a study."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=(text or "").split("\n")[0])
    parser.add_argument("results", type=Path, help=f"what python -m {study} wrote")
    parser.add_argument("-o", "--out", type=Path, default=Path("build/figures"), help="folder; default: build/figures")
    args = parser.parse_args(argv)
    if not args.results.is_file():
        parser.error(f"there is no file {args.results}; run python -m {study} first")
    return json.loads(args.results.read_text(encoding="utf-8")), args.out
