"""A browser for the journeys: the system's Chromium, driven by Playwright, judged by axe."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

REQUIRED = os.environ.get("ZAGUMI_REQUIRE_BROWSER") == "1"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Playwright's event loop runs in the test's thread, and Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("e2e")
            # One worker runs all journeys: one browser and one server are enough for two cores.
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one the journeys are left out, or fail where ZAGUMI_REQUIRE_BROWSER=1."""
    with sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        if program is None and Path(playwright.chromium.executable_path).exists():
            program = playwright.chromium.executable_path
        if program is None:
            missing = "no Chromium here: install it (Debian: apt-get install chromium) to run the browser journeys"
            pytest.fail(missing) if REQUIRED else pytest.skip(missing)
        running = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh visitor (no cookies) reading Japanese on a desktop; a script error in the page fails the test."""
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    visited = context.new_page()
    errors: list[str] = []
    visited.on("pageerror", lambda error: errors.append(str(error)))
    yield visited
    context.close()
    assert not errors, f"script errors in the page: {errors}"


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """`accessible(page)` fails on any fault that axe finds against WCAG 2.2 AA or its best practices."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def judge(visited: Page) -> None:
        report = Axe().run(visited, options={"runOnly": {"type": "tag", "values": rules}})
        assert report.violations_count == 0, f"{visited.url}\n{report.generate_report()}"

    return judge
