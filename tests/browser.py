"""Headless Chromium for tests marked `browser`: `page(...)` opens an empty page and collects what it says."""

import contextlib
import shutil

import pytest

# The browser only opens files of the test: nothing of it needs a network, and as root it has no sandbox.
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def page(width=1400, height=900):
    """Yields (page, said): a page of Playwright, and the texts of its console's errors and warnings so far."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("chromium is not installed")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        opened = browser.new_page(viewport={"width": width, "height": height})
        said = []
        opened.on(
            "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
        )
        opened.on("pageerror", lambda error: said.append(str(error)))
        yield opened, said
        browser.close()
