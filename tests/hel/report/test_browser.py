"""The page as a browser shows it: wide and narrow, light and dark."""

import pytest

from hel.report import page
from hel.report.read import COMMANDS
from tests import browser
from tests.hel.report.runs import run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(page.page([run(command) for command in COMMANDS]))
    return file.as_uri()


@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_readable(address, width, scheme):
    with browser.page(width=width) as (opened, said):
        opened.emulate_media(color_scheme=scheme)
        asked = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(address)
        assert asked == [address]  # nothing else is loaded
        assert opened.evaluate("document.documentElement.scrollWidth") == width  # the body does not scroll sideways
        figures = opened.get_by_role("img").all()
        assert len(figures) == opened.locator("figure").count() >= 10
        for figure in figures:
            assert figure.is_visible() and figure.evaluate("svg => svg.querySelector('desc').textContent.length > 20")
        for name in ("Cost over the samples seen", "Positions forwards and back", "Cells taken of ulx3s_85f"):
            assert opened.get_by_role("img", name=name).first.is_visible()
        for name in ("forward", "echo", "update"):
            assert opened.get_by_role("img", name=f"Gantt chart of the {name} pass").count() == 2  # of verify and rtl
        # What is wider than the window scrolls in itself.
        outside = "e => e.getBoundingClientRect().right > innerWidth && !e.closest('.scroll, pre')"
        assert opened.evaluate(f"[...document.querySelectorAll('body *')].filter({outside}).length") == 0
        assert not said


def luminance(colour):
    """Of a CSS colour rgb(r, g, b), as WCAG 2 has it."""
    parts = [int(each) / 255 for each in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(address, scheme):
    """A contrast of 4.5 at least, in figures too: their colours follow the page's."""
    with browser.page() as (opened, _):
        opened.emulate_media(color_scheme=scheme)
        opened.goto(address)
        ground = luminance(opened.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert (ground < 0.1) == (scheme == "dark")
        style = "[...document.querySelectorAll('{}')].map(e => getComputedStyle(e).{})"
        texts = opened.evaluate(style.format("p, td, th, dd, dt, a, h2, h3, figcaption, summary", "color"))
        drawn = opened.evaluate(style.format("figure:not(.wide) svg text", "fill"))
        for colour in {*texts, *drawn}:
            low, high = sorted((luminance(colour), ground))
            assert (high + 0.05) / (low + 0.05) >= 4.5, colour


def test_the_command_is_copied(address):
    with browser.page() as (opened, said):
        opened.goto(address)
        opened.get_by_role("button", name="Copy").first.click()
        assert opened.get_by_role("button", name="Copied").count() == 1
        assert run("train").line in opened.evaluate("getSelection().toString()") and not said


def test_contents_lead_to_runs_and_sections(address):
    with browser.page() as (opened, _):
        opened.goto(address)
        opened.get_by_role("link", name="hel rtl").click()
        assert opened.url.endswith("#run3") and opened.locator("#run3").is_visible()
        opened.locator("#run3").get_by_role("link", name="Schedule").click()
        assert opened.locator(opened.url[opened.url.index("#") :]).is_visible()
