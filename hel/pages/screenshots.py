"""Pictures of pages, as a browser shows them: docs/pictures, made from real, small runs.

    python -m hel.pages.screenshots [--only report] [-o docs/pictures]

Needs Chromium and the extra `docs`. What is pictured stands in `SHOTS`; a page is an address or HTML text.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from golden.errors import HelError, ended
from hel.arguments import Parser, choose
from hel.output import write_whole

__all__ = ["SHOTS", "Shot", "chromium", "main", "report", "take"]

ROOT = Path(__file__).parents[2]
BUILD = Path("bitstreams/results/dense_n32_p8_ulx3s_85f_s1.json")
RUNS = (
    "hel train digits --neurons 16 --samples 600 --epochs 3 --json",
    "hel verify dense --neurons 16 --elements 4 --steps 8 --simulator icarus --json",
    "hel rtl dense --neurons 16 --elements 4 --explain --json",
)
"""What the picture of a report is made of, beside the committed build."""

FLAGS = (
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"
)  # fmt: skip
"""Chromium only opens pages of ours: none needs a network, and as root it has no sandbox."""

MARGIN = 20
"""Pixels around an element."""


@dataclass(frozen=True)
class Shot:
    """One picture.

    Members
    -------
    name : of the file, without .png
    page : an address (http, file), or the text of an HTML page
    width, height : of the window in pixels
    element : a CSS selector: the picture is of that alone, otherwise of the window
    dark : as one sees it who prefers dark colours
    """

    name: str
    page: str
    width: int = 1200
    height: int = 900
    element: str = ""
    dark: bool = False


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; user errors are one line, as for `hel`."""
    from hel.__main__ import guarded

    return guarded(lambda: _main(argv))


def _main(argv: Sequence[str] | None) -> int:
    parser = Parser(prog="python -m hel.pages.screenshots", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "-o", "--output", type=Path, default=ROOT / "docs/pictures", help="folder; default: docs/pictures"
    )
    parser.add_argument("--only", metavar="NAME", help=f"one of {', '.join(SHOTS)}; default: all")
    args: argparse.Namespace = parser.parse_args(argv)
    names = [choose("picture", args.only, SHOTS)] if args.only else list(SHOTS)
    args.output.mkdir(parents=True, exist_ok=True)
    for path in take([shot for name in names for shot in SHOTS[name]()], args.output):
        print(path)
    return 0


def take(shots: Sequence[Shot], folder: Path) -> list[Path]:
    """Takes every picture in headless Chromium, and writes all of them or none; returns the files."""
    from playwright.sync_api import sync_playwright

    pictures: dict[Path, str | bytes] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        for shot in shots:
            page = browser.new_page(
                viewport={"width": shot.width, "height": shot.height}, color_scheme="dark" if shot.dark else "light"
            )
            if shot.page.lstrip().startswith("<"):
                page.set_content(shot.page)
            else:
                page.goto(shot.page)
            pictures[folder / f"{shot.name}.png"] = page.screenshot(**_part(page, shot.element))
            page.close()
        browser.close()
    write_whole(pictures)
    return list(pictures)


def _part(page: Any, element: str) -> dict[str, Any]:
    """What of a page is seen: an element with a margin, or the window."""
    if not element:
        return {}
    box = page.locator(element).first.bounding_box()
    around = {"x": box["x"] - MARGIN, "y": box["y"] - MARGIN}
    return {"full_page": True, "clip": {**around, **{side: box[side] + 2 * MARGIN for side in ("width", "height")}}}


def chromium() -> str:
    """The path of a Chromium that is installed."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise HelError("pictures of pages need Chromium, none is on the PATH; `make docs-env` installs it on Debian")
    return found


def report() -> list[Shot]:
    """The page of `hel report` from a training, a co-simulation, an array and a committed build."""
    from hel.report import page, read

    runs = [read.of(_answer(command), f"{command.split()[1]}.json") for command in RUNS]
    text = page.page([*runs, read.of(json.loads((ROOT / BUILD).read_text(encoding="utf-8")), str(BUILD))])
    return [Shot("report", text, height=1300), Shot("report_schedule", text, element="#run3-3", dark=True)]


def site() -> list[Shot]:
    """The documentation site: its front page on a desk, and a page of the reference on a telephone, in the dark."""
    from hel.pages import site as made

    folder = ROOT / made.OUTPUT
    made.build(folder, ROOT)
    front, reference = (f"{(folder / name).as_uri()}" for name in ("index.html", "reference/command_line.html"))
    return [Shot("site", front, width=1400), Shot("site_phone", reference, width=400, height=800, dark=True)]


def _answer(command: str) -> dict[str, object]:
    """What a command prints with --json, run in a process of its own."""
    words = command.split()[1:]
    done = subprocess.run(
        [sys.executable, "-m", "hel", *words, "--quiet"], stdout=subprocess.PIPE, cwd=ROOT, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise HelError(f"a picture is made of runs that succeed, `{command}` did not")
    return dict(json.loads(done.stdout))


SHOTS: dict[str, Callable[[], list[Shot]]] = {"report": report, "site": site}
"""Name -> its shots, made when they are asked for."""


if __name__ == "__main__":
    sys.exit(ended(main))
