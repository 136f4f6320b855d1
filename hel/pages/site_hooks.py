"""What mkdocs calls while it builds the documentation site (`hooks` of mkdocs.yml).

Added to docs: pages rendered from the code (`site_reference`), CONTRIBUTING.md, the notebook as a page, and a copy of
every file of the repository that a page links to. Written for readers on GitHub, links lead out of docs; here they are
turned to where those files are on the site.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from hel.pages import notebook, site_reference

__all__ = ["on_files", "on_page_markdown", "place_of", "rewritten"]

_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)")
_CODE = re.compile(r"(^```.*?^```$|`[^`\n]+`)", re.M | re.S)
_PLACES = {"CONTRIBUTING.md": "contributing/index.md", "README.md": "index.md"}


def place_of(path: str) -> str:
    """Where a file of the repository is on the site.

    >>> place_of("docs/theory.md"), place_of("CONTRIBUTING.md"), place_of("LICENSE")
    ('theory.md', 'contributing/index.md', 'repository/LICENSE')
    """
    if path.startswith("docs/"):
        inside = path.removeprefix("docs/")
        return inside.removesuffix(".ipynb") + ".md" if inside.endswith(".ipynb") else inside
    return _PLACES.get(path, f"repository/{path}")


def _source(page: str) -> str:
    """The file of the repository that a page of the site was made from."""
    return next((path for path, place in _PLACES.items() if place == page and page != "index.md"), f"docs/{page}")


def _linked(markdown: str, page: str) -> list[str]:
    """Files of the repository that a page links to."""
    folder = posixpath.dirname(_source(page))
    links = [link for part in _CODE.split(markdown)[::2] for link in _LINK.findall(part)]
    return [posixpath.normpath(posixpath.join(folder, link)) for link in links]


def rewritten(markdown: str, page: str) -> str:
    """A page's text with its links turned to the site, and fences that say what highlighting needs.

    >>> rewritten("[plan](../hel/pages/floor_plan.toml), [theory](theory.md#3)", "architecture.md")
    '[plan](repository/hel/pages/floor_plan.toml), [theory](theory.md#3)'
    """
    folder, there = posixpath.dirname(_source(page)), posixpath.dirname(page) or "."

    def turned(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, match[1]))
        return posixpath.relpath(place_of(path), there)

    parts = _CODE.split(markdown)
    parts[::2] = [_LINK.sub(turned, part) for part in parts[::2]]
    fenced = re.sub(r"^```(\w+) slow$", r"```\1", "".join(parts), flags=re.M)
    return re.sub(r"^```python\n(?=>>> )", "```pycon\n", fenced, flags=re.M)


def on_files(files: Any, config: Any) -> Any:
    """Adds the pages and files that are not in docs."""
    from mkdocs.structure.files import File

    root = Path(config.config_file_path).parent
    made: dict[str, str | bytes] = dict(site_reference.pages(root))
    for source, place in _PLACES.items():
        if place != "index.md":
            made[place] = (root / source).read_text(encoding="utf-8")
    for file in [file for file in files if file.src_uri.endswith(".ipynb")]:
        files.remove(file)
        made |= notebook.page(
            (root / "docs" / file.src_uri).read_text(encoding="utf-8"), place_of(f"docs/{file.src_uri}")
        )
    texts = {file.src_uri: file.content_string for file in files.documentation_pages()}
    texts |= {place: text for place, text in made.items() if isinstance(text, str)}
    for page, text in texts.items():
        for path in _linked(text, page) if not page.startswith("reference/") else ():
            if place_of(path).startswith("repository/") and (root / path).is_file():
                made[place_of(path)] = (root / path).read_bytes()
    for place, content in made.items():
        files.append(File.generated(config, place, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Turns the links of a page."""
    place = page.file.src_uri
    if place == "index.md":  # the front page has the width to itself
        page.meta["hide"] = ["navigation", "toc"]
    return markdown if place.startswith(("reference/", "notebooks/")) else rewritten(markdown, place)
