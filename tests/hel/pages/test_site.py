"""The documentation site in a browser, as it lies on the disk: no server, no network."""

import html.parser
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from golden.errors import HelError
from hel.commands import SUMMARIES
from hel.pages import site, site_hooks, site_reference
from tests.browser import page

ROOT = Path(__file__).parents[3]
WIDTHS = (400, 1400)
LEAST_FONT_PX = 14


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a site that was just built, strictly."""
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("built") / "my site"
    assert site.build(folder, ROOT) >= 30
    return folder


def pages(folder):
    return sorted(path for path in folder.rglob("*.html") if path.name != "404.html")


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_load_and_can_be_read(built, width):
    wrong = []
    with page(width) as (opened, said):
        asked = []
        opened.on("request", lambda request: asked.append(request.url))
        for path in pages(built):
            opened.goto(path.as_uri())
            found = opened.evaluate(
                """() => ({
                    title: document.querySelector("h1")?.textContent ?? "",
                    wide: document.documentElement.scrollWidth - window.innerWidth,
                    small: [...document.querySelectorAll("article p, article li, article td, article pre code")]
                        .filter(e => e.innerText.trim() && !e.closest("nav"))
                        .map(e => parseFloat(getComputedStyle(e).fontSize)).reduce((a, b) => Math.min(a, b), 99),
                    pictures: [...document.querySelectorAll("article img")]
                        .filter(e => !(e.alt.trim().length > 10) || !e.complete || !e.naturalWidth).map(e => e.src),
                })"""
            )
            name = path.relative_to(built)
            if found["wide"] > 0 or found["small"] < LEAST_FONT_PX or found["pictures"] or not found["title"]:
                wrong.append((str(name), found))
        assert wrong == [] and said == []
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


@pytest.mark.browser
def test_search_finds_the_nudge_without_a_server(built):
    with page() as (opened, said):
        opened.goto((built / "index.html").as_uri())
        opened.get_by_role("textbox", name="Search").fill("nudge")
        first = opened.locator(".md-search-result__item").first
        first.wait_for()
        assert "nudge" in first.inner_text().lower()
        first.locator("a").first.click()
        opened.wait_for_url(lambda url: "index.html" not in url)
        assert "nudge" in opened.locator("article").inner_text().lower() and said == []


class Links(html.parser.HTMLParser):
    """What a page links to, and what can be linked to on it."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id" or (name == "name" and tag == "a"):
                self.anchors.add(value)
            elif name in ("href", "src") and value:
                self.links.append(value)


@pytest.mark.browser
def test_every_link_leads_somewhere(built):
    read = {path.resolve(): Links(path.read_text()) for path in pages(built)}
    broken, followed = [], 0
    for path, found in read.items():
        for link in found.links:
            target, anchor = urldefrag(link)
            if re.match(r"[a-z]+:", target):
                continue
            there = (path.parent / unquote(target)).resolve() if target else path
            followed += 1
            known = there not in read or not anchor or anchor == "__" or unquote(anchor) in read[there].anchors
            if not there.exists() or not known:
                broken.append((path.name, link))
    assert broken == [] and followed > 1000


@pytest.mark.browser
def test_the_command_line_is_the_parsers(built):
    text = (built / "reference/command_line.html").read_text()
    for command in SUMMARIES:
        assert f'id="hel-{command}"' in text and f"usage: hel {command}" in text


@pytest.mark.browser
def test_every_public_name_is_shown(built):
    import hel

    text = "".join((built / f"reference/{name}.html").read_text() for name in site_reference.MODULES)
    homes = site_reference.homes(ROOT)
    assert {f"hel.{name}" for name in hel.__all__} - set(homes) == {
        f"hel.{name}" for name in ("costs", "errors", "rules", "systems", "tasks")
    }
    assert [name for name, path in homes.items() if f'id="{path}"' not in text] == []


@pytest.mark.browser
def test_a_page_that_links_nowhere_is_no_site(built, tmp_path):
    for name in ("docs", "hel", "golden", "rtl", "testbench", "bitstreams", "CONTRIBUTING.md", "README.md"):
        (tmp_path / name).symlink_to(ROOT / name)
    config = (ROOT / "mkdocs.yml").read_text()
    (tmp_path / "docs").unlink()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# A\n\n[nothing](nowhere.md)\n")
    (tmp_path / "mkdocs.yml").write_text(config[: config.index("nav:")] + "nav: [index.md]\n")
    with pytest.raises(HelError, match=r"built without a warning, got .*; mend the page it names"):
        site.build(tmp_path / "site", tmp_path)
    assert not list(tmp_path.glob("*site*")), "nothing half-written stays"


def test_without_the_extra_it_says_so_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(site, "_NEEDED", {"no_such_package_of_the_site": "mkdocs-material"})
    with pytest.raises(
        HelError, match=r"^the site needs the extra docs, mkdocs-material is not .*; run `make docs-env`$"
    ):
        site.build(tmp_path / "site", ROOT)


def test_without_the_extra_the_exit_code_is_2():
    hidden = "import sys; sys.modules['mkdocs'] = None; from hel.pages.site import main; sys.exit(main([]))"
    done = subprocess.run([sys.executable, "-c", hidden], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert re.fullmatch(
        r"hel: the site needs the extra docs, mkdocs is not installed; run `make docs-env`\n", done.stderr
    )


@pytest.mark.browser
def test_only_into_a_new_folder_or_an_old_sites(tmp_path):
    pytest.importorskip("mkdocs")
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(HelError, match="neither; choose another"):
        site.build(tmp_path, ROOT)
    with pytest.raises(HelError, match=r"built in a checkout, .*mkdocs.yml' is not there"):
        site.build(tmp_path / "new", tmp_path)


def test_links_out_of_docs_are_turned_to_the_site():
    text = "[a](../hel/pages/site.py) `[b](../c)` [d](https://e.f/g) [h](#i)\n```console slow\n$ hel\n```"
    assert site_hooks.rewritten(text, "architecture.md") == (
        "[a](repository/hel/pages/site.py) `[b](../c)` [d](https://e.f/g) [h](#i)\n```console\n$ hel\n```"
    )
    assert site_hooks.rewritten("```python\n>>> 1\n1\n```", "a.md") == "```pycon\n>>> 1\n1\n```"
    assert site_hooks.rewritten("[a](docs/theory.md)", "contributing/index.md") == "[a](../theory.md)"
    assert site_hooks.rewritten("[a](../../CONTRIBUTING.md)", "contributing/rule.md") == "[a](index.md)"
