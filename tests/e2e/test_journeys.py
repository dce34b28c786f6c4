"""Journeys through a real server with its worker: from a workbook to a plan in force, and who sees what of it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect

from tests.conftest import _default_is
from tests.people import PASSWORD, assemble, seat
from tests.platform.core.test_serve import COMMAND, free_port
from tests.platform.planning.conftest import EXAMPLE, NOW, member_of, search
from zagumi.platform.cases import services as cases
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Party, Role, User
from zagumi.platform.planning import services as planning

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
SEARCH_MS = 120_000
REASON = "費用と納期の釣り合いがいちばん良い"
Judge = Callable[[Page], None]


@dataclass(frozen=True)
class House:
    """A served installation. In 灘浜 the automotive case is planned and adopted; 山手 is empty."""

    address: str
    case: str
    run: str
    alternative: str
    insider: str
    own_machine: str
    step: int
    step_name: str
    other_firms: frozenset[str]
    company: str
    names: tuple[str, ...]

    def without_names(self, text: str) -> str:
        """Names of people and organisations stay as they were entered, in every language."""
        for name in sorted(self.names, key=len, reverse=True):
            text = text.replace(name, "")
        return text


@pytest.fixture(scope="module")
def house(sqlite_template: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    place = override_settings(ZAGUMI_NOW=NOW, DATA_DIR=folder, MEDIA_ROOT=folder / "files")
    with django_db_blocker.unblock(), place, sqlite_template(folder) as (_url, description):
        with _default_is(description):
            facts = _furnish()
        with _serving(folder) as address:
            yield House(address=address, **facts)


def _furnish() -> dict[str, Any]:
    cast = assemble()
    case, _outcome = cases.import_case_workbook(cast.coordinator, file=EXAMPLE.read_bytes())
    run = search(cast.coordinator, [case])
    chosen = run.alternatives.exclude(key="current").order_by("position")[0]
    (plan,) = planning.adopt_alternative(cast.coordinator, alternative=chosen, reason=REASON)
    first = plan.sublots.select_related("machine__site__party", "operation").order_by("starts")[0]
    insider: Actor = member_of(cast.coordinator, run, first.machine.site.party.name)
    seat(cast.network, "orderer", "発注 者", Role.BUYER, Party.objects.get(pk=case.buyer_id))
    others = Party.objects.filter(kind=Party.Kind.COMPANY, networks=cast.network).exclude(pk=insider.party_id)
    return {
        "case": case.code,
        "run": run.code,
        "alternative": chosen.key,
        "insider": User.objects.get(pk=insider.user_id).username,
        "own_machine": first.machine.name,
        "step": first.operation.number,
        "step_name": first.operation.name,
        "other_firms": frozenset(others.values_list("name", flat=True)),
        "company": first.machine.site.party.code,
        "names": (
            *Party.objects.values_list("name", flat=True),
            *User.objects.values_list("name", flat=True),
            case.title,
            "日本語",
        ),
    }


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """Pages and worker as an installation runs them."""
    port = free_port()
    environment = os.environ | {"ZAGUMI_DATA_DIR": str(folder), "ZAGUMI_NOW": NOW, "ZAGUMI_STATIC": ""}
    process = subprocess.Popen([sys.executable, "-c", COMMAND, "serve", "--port", str(port)], env=environment)
    try:
        latest = time.monotonic() + 60
        while True:
            assert process.poll() is None, "the server ended by itself"
            assert time.monotonic() < latest, "the server does not answer"
            if _answers(port):
                break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", "/healthz")
        with connection.getresponse() as answer:
            return answer.status == 200
    return False


def sign_in(page: Page, house: House, who: str, to: str = "/") -> None:
    """Ask for ``to`` as a stranger, sign in on the page that comes instead, and arrive."""
    page.goto(house.address + to)
    page.locator("input[name=login]").fill(who)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form[action$='/accounts/login/'] button[type=submit]").click()
    page.wait_for_url(house.address + to)


def visit(page: Page, house: House, path: str) -> str:
    """Open a page that must be there; its words."""
    answer = page.goto(house.address + path)
    assert answer is not None
    assert answer.status == 200, f"{path}: {answer.status}"
    return page.locator("body").inner_text()


def status(page: Page, house: House, path: str) -> int:
    answer = page.goto(house.address + path)
    assert answer is not None
    return answer.status


def on_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})


@pytest.fixture
def sound(accessible: Judge) -> Judge:
    """``accessible``, without the marks on a map: where they stand is essential, so WCAG 2.5.8 excepts their size."""

    def judge(page: Page) -> None:
        hide = "panes => panes.forEach(pane => { pane.hidden = true; pane.style.display = 'none' })"
        page.locator(".leaflet-marker-pane").evaluate_all(hide)
        accessible(page)

    return judge


def fits(page: Page) -> None:
    """Nothing but what scrolls by itself is wider than the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


def test_from_a_workbook_to_a_plan_in_force(page: Page, house: House, sound: Judge) -> None:
    sign_in(page, house, "far_coordinator", "/cases/import/")
    sound(page)
    page.locator("input[type=file]").set_input_files(EXAMPLE)
    page.locator("main form .button-main").click()
    apply = page.locator(".action-bar .button-main")
    apply.wait_for()
    sound(page)
    apply.click()
    page.wait_for_url(re.compile(r"/cases/C-[^/]+/$"))
    case_path = page.url.removeprefix(house.address)
    sound(page)

    page.locator("main a[href*='/plans/new/']").first.click()
    page.locator("input[name=seconds]").wait_for()
    sound(page)
    page.locator("input[name=seconds]").fill("3")
    page.locator("main form.form .button-main").click()
    page.wait_for_url(re.compile(r"/plans/R-[^/]+/"))
    heads = page.locator("table.alternatives a.alternative-head")
    heads.first.wait_for(timeout=SEARCH_MS)
    assert heads.count() >= 2
    sound(page)

    with page.expect_navigation(wait_until="load"):
        heads.last.click()
    expect(heads.last).to_have_attribute("aria-current", "true")
    _ask_by_keyboard(page)
    sound(page)

    page.locator("#adopt [name=reason]").fill(REASON)
    page.locator("#adopt .button-main").click()
    page.wait_for_url(lambda address: "/plans/" not in address or "adopt" not in address)
    assert REASON in visit(page, house, f"{case_path}plan/")
    sound(page)
    on_phone(page)
    page.reload()
    sound(page)
    fits(page)


def _ask_by_keyboard(page: Page) -> None:
    """Walk along the bars until one has another machine on offer, and ask what would change with it."""
    bars = page.locator("#gantt button.bar[data-key]:not(.is-trip)")
    question = page.locator("#inspector form button")
    for number in range(bars.count()):
        bars.nth(number).focus()
        with page.expect_response(lambda answer: "/step/" in answer.url):
            page.keyboard.press("Enter")
        expect(bars.nth(number)).to_have_attribute("aria-pressed", "true")
        page.wait_for_timeout(150)
        if question.count():
            break
    question.first.focus()
    page.keyboard.press("Enter")
    page.locator("#why-not .note").wait_for(timeout=SEARCH_MS)


def test_a_member_sees_its_own_part_and_a_rival_nothing(page: Page, house: House, sound: Judge) -> None:
    sign_in(page, house, house.insider, "/work/")
    assert house.own_machine in page.locator("main").inner_text()
    for path in ("/work/", f"/cases/{house.case}/", f"/cases/{house.case}/plan/"):
        text = visit(page, house, path)
        assert not [name for name in house.other_firms if name in text], path
        assert REASON not in text
        sound(page)
    assert status(page, house, f"/plans/{house.run}/") == 404

    page.context.clear_cookies()
    sign_in(page, house, "rival")
    text = visit(page, house, "/work/")
    assert house.case not in text
    assert [status(page, house, f"/cases/{house.case}/{part}") for part in ("", "plan/", "steps/", "history/")] == [
        404
    ] * 4


def test_a_buyer_sees_its_case_and_no_company(page: Page, house: House, sound: Judge) -> None:
    sign_in(page, house, "orderer", f"/cases/{house.case}/")
    on_phone(page)
    for path in ("/", f"/cases/{house.case}/", f"/cases/{house.case}/plan/"):
        text = visit(page, house, path)
        assert not [name for name in house.other_firms if name in text], path
        assert house.own_machine not in text
        sound(page)
        fits(page)
    assert status(page, house, "/companies/") in {403, 404}


def test_everything_can_be_read_without_javascript(browser: Browser, house: House) -> None:
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, house, "coordinator")
    for path, shows in (
        ("/", house.case),
        ("/companies/", house.company),
        (f"/companies/{house.company}/", house.own_machine),
        ("/cases/list/", house.case),
        (f"/cases/{house.case}/steps/", house.step_name),
        (f"/cases/{house.case}/steps/{house.step}/", house.own_machine),
        (f"/cases/{house.case}/plan/", REASON),
        (f"/plans/{house.run}/{house.alternative}/?by=table", house.own_machine),
    ):
        assert shows in visit(page, house, path), path
    visit(page, house, f"/plans/{house.run}/{house.alternative}/")
    bars = page.locator("#gantt button.bar")
    assert bars.count() > 5
    assert all(label.strip() for label in bars.evaluate_all("bars => bars.map(bar => bar.ariaLabel)"))
    context.close()


def test_english_pages_speak_english(page: Page, house: House) -> None:
    sign_in(page, house, "coordinator")
    page.locator("footer button[name=language][value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    spoken = "nav a, h1, legend, thead th, .form label, .button, .nav summary, dt, .segments a"
    try:
        for path in ("/cases/", "/cases/list/", "/companies/", "/plans/", "/plans/new/", "/people/", "/log/", "/api/"):
            visit(page, house, path)
            words = page.locator(spoken).all_inner_texts()
            found = [text for text in words if JAPANESE.search(house.without_names(text))]
            assert not found, (path, found)
    finally:
        visit(page, house, "/")
        page.locator("footer button[name=language][value=ja]").click()


def test_a_deep_link_survives_signing_in(page: Page, house: House) -> None:
    deep = f"/plans/{house.run}/{house.alternative}/?by=part&zoom=week"
    sign_in(page, house, "coordinator", deep)
    assert page.url == house.address + deep


def test_everything_can_be_done_by_keyboard(page: Page, house: House) -> None:
    sign_in(page, house, "coordinator", f"/plans/{house.run}/{house.alternative}/")
    page.reload()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    page.reload()
    visited = []
    for _step in range(16):
        page.keyboard.press("Tab")
        visited.append(page.evaluate("document.activeElement.getAttribute('href')"))
    assert {"/", "/cases/", "/companies/", "/plans/"} <= set(visited)

    bars = page.locator("#gantt button.bar[data-key]:not(.is-trip)")
    bars.first.focus()
    before = page.evaluate("document.activeElement.dataset.key")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.key") != before
    page.keyboard.press("Enter")
    expect(page.locator("#gantt button.bar[aria-pressed=true]").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#gantt button.bar[aria-pressed=true]")).to_have_count(0)
