"""What surrounds every page: headers, language, errors, menu; and core's own pages."""

from typing import Any

import pytest
from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from tests.people import Cast
from zagumi.platform import urls as ours
from zagumi.platform.core import audit, services
from zagumi.platform.core.errors import BadInput, Fault, Hidden, NotNow, Refused
from zagumi.platform.core.middleware import content_security_policy
from zagumi.platform.core.models import AuditEntry, Job, Token, User
from zagumi.platform.core.navigation import NavItem, menu


def trouble(_request: HttpRequest, name: str) -> HttpResponse:
    """Raises."""
    raise {
        "refused": Refused("これは調整役だけです"),
        "hidden": Hidden(),
        "later": NotNow("計画がまだです", next_step="採用してください", url="/plans/"),
        "bad": BadInput(Fault("B7", "abc", "数", "数ではありません")),
        "bug": ZeroDivisionError(),
    }[name]


urlpatterns = [path("trouble/<name>", trouble), path("", include(ours.urlpatterns))]


# --- headers ---


def test_pages_load_only_what_is_ours(client: Client, db: None) -> None:
    answer = client.get("/accounts/login/")

    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["style-src-attr"] == "'unsafe-inline'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "microphone=()" in answer["Permissions-Policy"]
    page = answer.content.decode()
    assert "<style" not in page
    assert "onclick=" not in page


def test_map_tiles_are_allowed_only_when_wanted(settings) -> None:
    assert "gsi.go.jp" not in content_security_policy()
    settings.ZAGUMI_TILES = True
    assert "https://cyberjapandata.gsi.go.jp" in content_security_policy()


def test_watchers_get_a_plain_answer(client: Client, db: None) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


# --- language ---


def language(client: Client, **headers: str) -> str:
    page = client.get("/accounts/login/", headers=headers).content.decode()
    return page.split('<html lang="')[1][:2]


def test_japanese_unless_the_browser_or_the_reader_says_otherwise(cast: Cast, client: Client, signed_in) -> None:
    assert language(client) == "ja"
    assert language(client, accept_language="fr") == "ja"
    assert language(client, accept_language="en-US,en") == "en"
    client.post("/language", {"language": "en"})
    assert language(client, accept_language="ja") == "en"
    client.post("/language", {"language": "xx"})
    assert language(client) == "en"

    own = signed_in(cast.member)
    own.post("/language", {"language": "en", "next": "/accounts/tokens/"})
    assert User.objects.get(pk=cast.member.user_id).language == "en"
    assert '<html lang="en"' in signed_in(cast.member).get("/accounts/tokens/").content.decode()


def test_the_language_switch_leads_back_and_never_away(client: Client, db: None) -> None:
    assert client.post("/language", {"language": "en", "next": "/log/?q=1"})["Location"] == "/log/?q=1"
    assert client.post("/language", {"language": "en", "next": "//evil.example/"})["Location"] == "/"


# --- errors ---


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("refused", 403, ["これは調整役だけです"]),
        ("hidden", 404, []),
        ("later", 409, ["計画がまだです", "採用してください", 'href="/plans/"']),
        ("bad", 422, ["B7", "abc", "数ではありません"]),
    ],
)
def test_a_refusal_is_a_page_that_says_what_to_do(
    cast: Cast, signed_in, name: str, status: int, said: list[str]
) -> None:
    answer = signed_in(cast.member).get(f"/trouble/{name}")

    assert answer.status_code == status
    page = answer.content.decode()
    assert all(words in page for words in said)
    assert "<h1>" in page


@pytest.mark.urls(__name__)
def test_a_refused_press_draws_the_page_anew_with_the_reason(cast: Cast, signed_in) -> None:
    client = signed_in(cast.member)

    answer = client.post("/trouble/later", headers={"hx-request": "true"})

    assert (answer.status_code, answer["HX-Refresh"]) == (409, "true")
    assert "計画がまだです 採用してください" in client.get("/accounts/tokens/").content.decode()


@pytest.mark.urls(__name__)
def test_a_refused_look_leaves_the_page_as_it_is(cast: Cast, signed_in) -> None:
    answer = signed_in(cast.member).get("/trouble/hidden", headers={"hx-request": "true"})

    assert answer.status_code == 404
    assert "HX-Refresh" not in answer
    assert "<html" not in answer.content.decode()


def test_a_part_of_a_page_whose_session_ended_sends_the_whole_page_to_sign_in(client: Client, db: None) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/runs/R-1/?tab=2"}

    answer = client.get("/jobs/abc", headers=headers)

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fruns%2FR-1%2F%3Ftab%3D2"


@pytest.mark.urls(__name__)
def test_a_fault_of_the_program_is_not_dressed_up(cast: Cast, signed_in) -> None:
    with pytest.raises(ZeroDivisionError):
        signed_in(cast.member).get("/trouble/bug")


def test_strangers_are_asked_to_sign_in_whatever_they_ask_for(client: Client, db: None) -> None:
    for address in ("/people/", "/log/", "/jobs/abc", "/accounts/tokens/", "/people/invite"):
        assert client.get(address)["Location"].startswith("/accounts/login/?next=")
    assert client.get("/no/such/page").status_code == 404


# --- the menu ---


def test_the_menu_has_a_fixed_order_and_knows_where_one_is(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    config = apps.get_app_config("core")
    offered = [NavItem("plans", "計画", "/plans/"), NavItem("home", "今日", "/"), NavItem("cases", "案件", "/cases/")]
    for other in apps.get_app_configs():
        monkeypatch.delattr(type(other), "navigation", raising=False)
    monkeypatch.setattr(type(config), "navigation", lambda self, actor: offered, raising=False)

    items = menu(cast.coordinator, "/cases/C-2026-0001/")

    assert [item.key for item in items] == ["home", "cases", "plans"]
    assert [item.key for item in items if item.active] == ["cases"]
    assert [item.key for item in menu(cast.coordinator, "/") if item.active] == ["home"]
    assert not [item for item in menu(cast.coordinator, "/accounts/tokens/") if item.active]
    monkeypatch.setattr(type(config), "navigation", lambda self, actor: offered * 2, raising=False)
    with pytest.raises(ValueError, match="two menu entries"):
        menu(cast.coordinator)


# --- tokens ---


def test_a_token_is_shown_once_and_can_be_revoked(cast: Cast, signed_in) -> None:
    client = signed_in(cast.buyer)

    page = client.post("/accounts/tokens/", {"name": "ERP", "days": "90"}).content.decode()

    token = Token.objects.get()
    assert f'value="{token.start}' in page
    again = client.get("/accounts/tokens/").content.decode()
    assert f'value="{token.start}' not in again
    assert token.start in again
    assert signed_in(cast.rival).post(f"/accounts/tokens/{token.pk}/revoke").status_code == 404
    client.post(f"/accounts/tokens/{token.pk}/revoke")
    assert Token.objects.get().revoked
    assert token.start not in client.get("/accounts/tokens/").content.decode()


# --- the log ---


def test_the_log_is_searched_narrowed_and_exported(cast: Cast, signed_in) -> None:
    client = signed_in(cast.coordinator)
    services.create_token(cast.member, name="ERP")

    found = client.get("/log/?q=西尾 一").context["list"]
    assert [entry.verb for entry in found.objects] == ["made the API token"]
    assert client.get("/log/?channel=api").context["list"].total == 0
    assert client.get("/log/?at_from=2000-01-01&at_to=2000-01-02").context["list"].total == 0
    exported = b"".join(client.get("/log/?export=csv&q=西尾 一").streaming_content).decode("utf-8-sig")
    assert len(exported.strip().split("\r\n")) == 2


def test_the_seals_are_checked_on_demand(cast: Cast, signed_in) -> None:
    from django.db import connection

    from zagumi.platform.core import append_only

    client = signed_in(cast.coordinator)
    count = AuditEntry.objects.filter(network=cast.network).count()
    assert str(count) in client.post("/log/verify", follow=True).content.decode()

    append_only.lift(connection, "core_auditentry")
    AuditEntry.objects.filter(network=cast.network, seq=3).update(verb="did nothing")
    answer = client.post("/log/verify")
    assert [entry.seq for entry in answer.context["broken"]] == [3]
    assert audit.verify(cast.elsewhere) == []


# --- jobs ---


@pytest.fixture
def running(cast: Cast) -> Job:
    return Job.objects.create(
        kind="test.slow",
        network=cast.network,
        state="running",
        fence=1,
        progress=0.4,
        text="searching",
        started_by=None,
    )


def test_a_running_job_asks_again_by_itself_and_a_finished_one_does_not(cast: Cast, signed_in, running: Job) -> None:
    client, address = signed_in(cast.coordinator), f"/jobs/{running.code}"

    whole = client.get(address).content.decode()
    part = client.get(address, headers={"hx-request": "true"}).content.decode()

    assert "<html" in whole
    assert "<html" not in part
    assert f'hx-get="{address}"' in part
    assert "searching" in part
    Job.objects.update(state="done")
    assert "hx-get" not in client.get(address, headers={"hx-request": "true"}).content.decode()


def test_a_failed_job_says_why(cast: Cast, signed_in, running: Job) -> None:
    Job.objects.update(
        state="failed", error="The calculation needs more than %(limit)s MB of memory.", data={"limit": 4096}
    )

    assert "4096" in signed_in(cast.coordinator).get(f"/jobs/{running.code}").content.decode()


def test_a_job_is_cancelled_or_told_to_keep_the_best(cast: Cast, signed_in, running: Job) -> None:
    client = signed_in(cast.coordinator)

    client.post(f"/jobs/{running.code}/stop", {"keep": "1"})
    assert Job.objects.get().wish == "finish"
    answer = client.post(f"/jobs/{running.code}/stop", headers={"hx-request": "true"})
    assert Job.objects.get().wish == "cancel"
    assert "hx-post" not in answer.content.decode()


@pytest.mark.parametrize("who", ["member", "buyer", "viewer", "far_coordinator"])
def test_nobody_else_learns_of_a_job(cast: Cast, signed_in, running: Job, who: str) -> None:
    client = signed_in(cast.everybody[who])

    assert client.get(f"/jobs/{running.code}").status_code == 404
    assert client.post(f"/jobs/{running.code}/stop").status_code == 404
    assert Job.objects.get().wish == ""


def test_every_page_of_core_is_drawn_for_everybody_who_may(cast: Cast, signed_in) -> None:
    services.invite(cast.coordinator, party=_own_party(cast), role="coordinator", name="二人目")
    client = signed_in(cast.coordinator)

    for address in ("/people/", "/people/invite", "/log/", "/accounts/tokens/", "/people/?role=member&q=x"):
        answer: Any = client.get(address)
        assert answer.status_code == 200
        assert "<h1" in answer.content.decode()


def _own_party(cast: Cast) -> Any:
    from zagumi.platform.core.models import Party

    return Party.objects.get(pk=cast.coordinator.party_id)
