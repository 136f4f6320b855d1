"""The documentation site: `python -m hel.pages.site` builds it into build/site, strictly: a warning is an error.

It opens without a server, by its index.html, and asks nothing of a network. `make docs` installs what it needs first.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from golden.errors import HelError, ended

__all__ = ["OUTPUT", "build", "main"]

OUTPUT = Path("build/site")
_NEEDED = {"mkdocs": "mkdocs", "material": "mkdocs-material", "mkdocstrings": "mkdocstrings[python]"}


def build(output: Path, root: Path = Path()) -> int:
    """Build the site of the checkout at `root` into the folder `output`, whole or not at all; returns how many pages.

    Raises
    ------
    HelError : a package of the extra docs is missing; no checkout; what mkdocs would warn of, the first of it.
    """
    for module, package in _NEEDED.items():
        if importlib.util.find_spec(module) is None:
            raise HelError(f"the site needs the extra docs, {package} is not installed; run `make docs-env`")
    config_file = root / "mkdocs.yml"
    if not config_file.is_file():
        raise HelError(
            f"the site is built in a checkout, '{config_file}' is not there; change to the checkout's folder"
        )
    if output.exists() and not (output.is_dir() and ((output / "index.html").exists() or not any(output.iterdir()))):
        raise HelError(f"the site goes into a new folder or an old site's, '{output}' is neither; choose another")
    os.environ["NO_MKDOCS_2_WARNING"] = "true"
    from mkdocs.commands.build import build as run
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort, BuildError, ConfigurationError

    output.parent.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    place = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
    try:
        config = load_config(str(config_file.resolve()), site_dir=str(place.resolve()))
        config.plugins.on_startup(command="build", dirty=False)
        run(config)
        config.plugins.on_shutdown()
        if said:
            raise HelError(_first(said))
        place.chmod(0o755)
        if output.exists():
            shutil.rmtree(output)
        place.rename(output)
    except (Abort, BuildError, ConfigurationError) as error:
        raise HelError(_first([*said, str(error)])) from None
    finally:
        logger.removeHandler(handler)
        shutil.rmtree(place, ignore_errors=True)
    return len(list(output.rglob("*.html")))


def _first(said: Sequence[str]) -> str:
    more = f" ({len(said) - 1} more)" if len(said) > 1 else ""
    return f"the site is built without a warning, got {' '.join(said[0].split())}{more}; mend the page it names"


def main(argv: Sequence[str] | None = None) -> int:
    """Build the site; exit code 2 and one line where that cannot be."""
    from hel.__main__ import guarded

    parser = argparse.ArgumentParser(prog="python -m hel.pages.site", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=OUTPUT, help=f"folder; default: {OUTPUT}")
    options = parser.parse_args(argv)

    def work() -> int:
        count = build(options.output)
        print(f"{options.output}/index.html: {count} pages")
        return 0

    return guarded(work)


if __name__ == "__main__":
    sys.exit(ended(main))
