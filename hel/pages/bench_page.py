"""The tables of docs/bench.md, from docs/results/bench.json: `python -m hel.pages.bench_page`; --check compares.

`hel bench --out docs/results` measures.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from golden.errors import ended
from golden.studies.pages import filled
from hel.bench.document import NAME, flat
from hel.bench.tables import markdown
from hel.pages.rewrite import rewrite

__all__ = ["PAGE", "RESULTS", "fill", "main"]

PAGE = Path("docs/bench.md")
RESULTS = Path("docs/results")


def fill(text: str, results: Path) -> str:
    """`text` with what stands in the folder of results between its markers."""
    if not (results / NAME).exists():
        return filled(text, "Nothing is measured yet: `hel bench --out docs/results` does.", "bench")
    document = json.loads((results / NAME).read_text(encoding="utf-8"))
    picture = f"![Samples a second over N, T and batch, and memory over T.](results/{Path(NAME).stem}.png)"
    return filled(text, f"{markdown(document, flat(document['measured']))}\n\n{picture}", "bench")


def main(argv: Sequence[str]) -> int:
    """Rewrite the page in the working directory; with --check exit 1 when it is not up to date."""
    return rewrite(PAGE, lambda text: fill(text, RESULTS), argv)


if __name__ == "__main__":
    sys.exit(ended(lambda: main(sys.argv[1:])))
