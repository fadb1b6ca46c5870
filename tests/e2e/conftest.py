"""A real browser on a real server: the system's Chromium, which must not leave this machine."""

import asyncio
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connections
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tools import browser as system

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# None: addresses without a host, such as the data: of small icons.
LOCAL = {"127.0.0.1", "localhost", None}
# A page that never comes fails all the same, and a machine that does other things is given its time.
PATIENCE_MS = 30_000
NARROWEST = 320
"""Pixels, of a screen 1280 wide that is enlarged four times (WCAG 1.4.10)."""
PASSWORD = "secret"

expect.set_options(timeout=PATIENCE_MS)

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder: « -m e2e », « -m 'not e2e' »."""
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def launched() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """The browser, started once per process, and Playwright's event loop; without a browser the tests are skipped.

    Between tests the loop is hidden from this thread, which other tests use: Django takes a thread with a running
    event loop for asynchronous code.
    """
    found = system.find()
    if found is None:
        pytest.skip(f"pas de Chromium ; pour l’obtenir : {system.ADVICE}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.path, args=FLAGS)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def chromium(launched: tuple[Browser, asyncio.AbstractEventLoop], monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """The browser, with its event loop running, in which Django gives connections that are closed afterwards."""
    browser, loop = launched
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    asyncio._set_running_loop(loop)
    yield browser
    connections.close_all()
    asyncio._set_running_loop(None)


@pytest.fixture
def open_page(chromium: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """Open pages in sessions of their own: `open_page(width=375, height=800, java_script_enabled=False)`.

    Afterwards the test fails if a page logged an error, raised one, or asked another machine for anything.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(*, width: int = 1280, height: int = 800, **options: object) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, locale="fr-FR", **options
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        listen(page, complaints)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def listen(page: Page, complaints: list[str]) -> None:
    """Add to `complaints` whatever a page should never do."""

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"console: {message.text} ({message.location['url']})")

    def watch(request: Request) -> None:
        if urlsplit(request.url).hostname not in LOCAL:
            complaints.append(f"outside: {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("request", watch)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page of 1280 × 800."""
    return open_page()


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A page of 375 × 800."""
    return open_page(width=375, height=800)


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """Assert that axe-core finds nothing to say against a page: `axe(page)`, `axe(page, runOnly=[…])`."""
    script = Axe().axe_script
    # Reading the style sheets that others import, axe would use styles of its own, which the site forbids. Describing
    # what passed takes it longer than finding what does not.
    usual = {"preload": False, "resultTypes": ["violations"]}

    def check(page: Page, **options: object) -> None:
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(script)
        results = AxeResults(page.evaluate("(options) => axe.run(options)", {**usual, **options}))
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return check


@pytest.fixture(scope="session")
def legible(axe: Callable[..., None]) -> Callable[[Page], None]:
    """Assert that everybody can read a page as it stands: in the light, then in the dark on the narrowest phone."""

    def check(page: Page) -> None:
        size = page.viewport_size
        axe(page)
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": NARROWEST, "height": 800})
        # What the theme changes, it may change little by little.
        page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, page.url
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(size)

    return check


@pytest.fixture
def sign_in(live_server: LiveServer) -> Callable[..., Page]:
    """Open the list of entries in the session of a person with a role: `sign_in(page, "relecteur")`."""

    def sign_in_as(page: Page, role: str = "relecteur") -> Page:
        user, created = User.objects.get_or_create(username=role, is_staff=True)
        if created:
            user.set_password(PASSWORD)
            user.save()
            user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        page.goto(reverse("admin:faq_entry_changelist"))
        return page

    return sign_in_as
