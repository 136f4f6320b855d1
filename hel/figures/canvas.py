"""What all figures share: where one may be written, matplotlib without a display, files that are whole or not there."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from golden.computer.figures import pyplot
from hel.arguments import UsageError
from hel.output import takes_files, write_whole

__all__ = ["SUFFIXES", "checked", "pyplot", "save"]

SUFFIXES = (".png", ".svg", ".pdf")


def checked(path: Path | None, option: str = "--figure") -> Path | None:
    """The path of a figure, if one can be written there; and matplotlib, before any work is done.

    >>> checked(Path("no/folder/a.png"))
    Traceback (most recent call last):
    ...
    hel.arguments.UsageError: --figure must name a file in an existing folder, not 'no/folder/a.png'; create it first
    """
    if path is None:
        return None
    if path.suffix not in SUFFIXES:
        raise UsageError(f"{option} must name a {', '.join(SUFFIXES)} file, not '{path}'; try '{path.stem}.png'")
    if not path.parent.is_dir():
        raise UsageError(f"{option} must name a file in an existing folder, not '{path}'; create it first")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError(f"{option} must name a regular file, '{path}' is none; try another name")
    if refused := takes_files(path):
        rule = f"{option} must name a file in a folder that can be written"
        raise UsageError(f"{rule}, not '{path}' ({refused}); try another place")
    pyplot()
    return path


def save(figure: Any, path: Path) -> Path:
    """Writes a figure whole, in the format of its suffix, and closes it; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for text in figure.findobj(lambda artist: hasattr(artist, "set_text")):  # names of files: any bytes, any dollar
        text.set_text(text.get_text().encode("utf-8", "backslashreplace").decode())
    buffer = io.BytesIO()
    undated = {"metadata": {"Date": None}} if path.suffix == ".svg" else {}  # the same figure is the same file
    with pyplot().rc_context({"svg.hashsalt": "hel"}):
        figure.savefig(buffer, dpi=120, format=path.suffix[1:], **undated)
    pyplot().close(figure)
    write_whole({path: buffer.getvalue()})
    return path
