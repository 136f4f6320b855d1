"""Headless Chromium for tests marked `browser`: `page(...)` opens an empty page and collects what it says."""

import contextlib

import pytest

from golden.errors import HelError
from hel.pages.screenshots import FLAGS, chromium


@contextlib.contextmanager
def page(width=1400, height=900):
    """Yields (page, said): a page of Playwright, and the texts of its console's errors and warnings so far."""
    try:
        program = chromium()
    except HelError as error:
        pytest.skip(str(error))
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        opened = browser.new_page(viewport={"width": width, "height": height})
        said = []
        opened.on(
            "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
        )
        opened.on("pageerror", lambda error: said.append(str(error)))
        yield opened, said
        browser.close()
