"""A real Chromium for tests that look at pages as people do.

`page` is a phone's page in German on the running portal; `new_page(width=1440, language="en", dark=True)` opens others.
Each page fails its test when it asked another host for anything, or when the browser refused or broke a script.
Tests that use them are marked `browser`; their rows are really committed (see `tests.services`).
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from agencies.models import User
from tests import factories

# The first is Chromium without what only a screen needs; it takes a fifth less time.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESKTOP = 390, 1440
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    assert found, "There is no Chromium; script/setup installs one, or CHROMIUM names it."
    # Playwright runs an event loop in the test's thread, in which Django would refuse to ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Watch:
    """Notes what a page must not do: ask other hosts, or run into errors of scripts or of the security policy."""

    def __init__(self, host: str) -> None:
        self._host = host
        self.findings: list[str] = []

    def request(self, request: Request) -> None:
        """Note a request to another host."""
        if urlsplit(request.url).scheme.startswith("http") and urlsplit(request.url).netloc != self._host:
            self.findings.append(f"asked another host: {request.url}")

    def console(self, message: ConsoleMessage) -> None:
        """Note an error; answers such as 404 and 400 are the test's own business."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.findings.append(message.text)


@pytest.fixture
def new_page(
    request: pytest.FixtureRequest, browser: Browser, committed_db: None, live_server
) -> Iterator[Callable[..., Page]]:
    """Open a page: `new_page(width=390, language="de", dark=False, user=None)`; paths are relative to the portal.

    The environment's PICTURES names a folder that gets a picture of each page as the test has left it.
    """
    contexts: list[BrowserContext] = []
    watch = Watch(urlsplit(live_server.url).netloc)

    def open_page(
        *, width: int = PHONE, language: str = "de", dark: bool = False, user: User | None = None, scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 844 if width == PHONE else 900},
            locale=language,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        if user is not None:
            sign_in(context, user, live_server.url)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("request", watch.request)
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.findings.append(str(error)))
        return page

    yield open_page
    if pictures := os.environ.get("PICTURES"):
        for number, shown in enumerate(page for context in contexts for page in context.pages):
            shown.screenshot(path=Path(pictures) / f"{request.node.name}-{number}.png", full_page=True)
    for context in contexts:
        context.close()
    assert not watch.findings


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page on a phone, in German, signed out."""
    return new_page()


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    """Sign somebody in without the form."""
    cookie = factories.browser(user).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": url}])


def barriers(page: Page) -> list[str]:
    """Return what axe finds on a page, one line a place: the rule, what it wants, and where."""
    results = Axe().run(page, options={"runOnly": AXE_RULES, "resultTypes": ["violations"]})
    return [
        f"{finding['id']}: {finding['help']} – {node['target']} {node['html'][:200]}"
        for finding in results.response["violations"]
        for node in finding["nodes"]
    ]


def is_wider_than_the_screen(page: Page) -> bool:
    """Whether a page must be moved sideways to be read."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
