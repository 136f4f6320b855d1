"""The notebook of the documentation: run it, keep its pictures, and turn it into a page of the site.

`python -m hel.pages.notebook` runs docs/notebooks/how_echo_learning_works.ipynb from its first cell to its last and
writes what the cells print and draw back into it; `--check` compares only. A cell that draws says in its metadata, as
`alt`, what the picture shows; on the site its code is folded away.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from golden.computer import cache
from golden.errors import HelError, ended
from hel.__main__ import guarded
from hel.output import write_whole
from hel.pages.tutorial import agree

__all__ = ["NOTEBOOK", "executed", "main", "page", "printed"]

_FOLDED = '<details markdown="1">\n<summary>how it is drawn</summary>\n\n{}\n\n</details>'
NOTEBOOK = Path("docs/notebooks/how_echo_learning_works.ipynb")


def page(text: str, place: str) -> dict[str, str | bytes]:
    """A notebook as a page of Markdown at `place`, and its pictures beside it.

    >>> cells = [{"cell_type": "markdown", "source": ["# A"]}, {"cell_type": "code", "source": "1 + 1", "outputs": []}]
    >>> print(page(json.dumps({"cells": cells}), "notebooks/a.md")["notebooks/a.md"])
    # A
    <BLANKLINE>
    ```python
    1 + 1
    ```
    <BLANKLINE>
    """
    parts: list[str] = []
    files: dict[str, str | bytes] = {}
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"])
        code = f"```python\n{source}\n```"
        if cell["cell_type"] == "markdown":
            parts.append(source)
        else:
            parts.append(_FOLDED.format(code) if "alt" in cell.get("metadata", {}) else code)
        for output in cell.get("outputs", ()):
            if shown := _text(output):
                parts.append(f"```text\n{shown}\n```")
            picture = output.get("data", {}).get("image/png")
            if picture:
                name = f"{place.removesuffix('.md')}_{len(files) + 1}.png"
                files[name] = base64.b64decode("".join(picture))
                parts.append(f"![{cell['metadata']['alt']}]({name.rpartition('/')[2]})")
    return {place: "\n\n".join(parts) + "\n"} | files


def _text(output: dict[str, Any]) -> str:
    """What an output says in words: prints, and the value of a last line that is no picture."""
    data = output.get("data", {})
    said = output.get("text", "") if "image/png" in data or not data else data.get("text/plain", "")
    return "".join(said).rstrip("\n")


def printed(notebook: dict[str, Any]) -> list[str]:
    """What each code cell of a notebook says in words."""
    return [
        "\n".join(filter(None, map(_text, cell["outputs"])))
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def executed(text: str, timeout_s: int = 600) -> str:
    """The notebook after a run from the first cell to the last in a fresh kernel, without what differs between runs.

    Raises HelError for a cell that raises, or writes to standard error, as warnings do.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from traitlets.config import Config

    cache.settle_figures()  # the kernel, which imports matplotlib, has our environment
    notebook = nbformat.reads(text, as_version=4)
    with tempfile.TemporaryDirectory(prefix="hel") as folder:
        # Sockets of the file system: no port of the machine is opened.
        kernel = {"transport": "ipc", "connection_file": f"{folder}/kernel.json"}
        config = Config({"AsyncKernelManager": kernel})
        try:
            client = NotebookClient(notebook, config=config, timeout=timeout_s, kernel_name="python3")
            client.coalesce_streams = True  # what a cell prints is one output, however it came
            client.execute()
        except CellExecutionError as error:
            last = re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip().splitlines()[-1]
            raise HelError(
                f"the notebook must run from its first cell to its last, got {last}; mend the cell"
            ) from None
    for cell in notebook["cells"]:
        cell["metadata"].pop("execution", None)
        for output in cell.get("outputs", ()):
            if output.get("name") == "stderr":
                said = output["text"].strip().splitlines()[-1]
                raise HelError(f"the notebook's cells give no warning, got {said}; mend the cell")
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Run and rewrite the notebook; with --check exit 1 when it says something else today."""
    parser = argparse.ArgumentParser(prog="python -m hel.pages.notebook", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("notebook", nargs="?", type=Path, default=NOTEBOOK)
    parser.add_argument("--check", action="store_true", help="write nothing, compare what the cells say")
    options = parser.parse_args(argv)

    def work() -> int:
        old = options.notebook.read_text(encoding="utf-8")
        new = executed(old)
        if options.check:
            pairs = zip(printed(json.loads(old)), printed(json.loads(new)), strict=True)
            return int(not all(agree(before, after) for before, after in pairs))
        write_whole({options.notebook: new})
        return 0

    return guarded(work)


if __name__ == "__main__":
    sys.exit(ended(main))
