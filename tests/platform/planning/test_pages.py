"""Planning's pages as the coordinator meets them."""

import csv
import io

import pytest
from django.test import Client

from tests.people import Cast
from tests.platform.conftest import SignedIn
from zagumi.platform.cases.models import Case
from zagumi.platform.planning.models import Plan, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast.coordinator)


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return str(response.content.decode())


def test_nothing_planned_yet(client: Client) -> None:
    assert "まだ何も計画していません" in text(client, "/plans/")


def test_starting_a_run_from_the_form(client: Client, case: Case) -> None:
    form = {
        "cases": [case.pk], "reason": "試験", "weight_date": 3, "weight_cost": 2, "weight_near": 1, "weight_fair": 1,
        "seconds": 5, "seed": 1,
    }  # fmt: skip
    response = client.post("/plans/new/", form)
    run = Run.objects.get()
    assert response.headers["Location"] == f"/plans/{run.code}/"
    assert 'hx-trigger="load delay:1s"' in text(client, f"/plans/{run.code}/"), "a search that goes on is asked again"
    client.post(f"/plans/{run.code}/stop/", {"keep": "0"})
    assert "検討を取りやめました" in text(client, f"/plans/{run.code}/")


def test_bad_conditions_keep_what_was_entered(client: Client, case: Case) -> None:
    response = client.post("/plans/new/", {"cases": [case.pk], "seconds": "many", "seed": 1, "reason": "消えない言葉"})
    assert response.status_code == 200
    assert "消えない言葉" in response.content.decode()
    assert not Run.objects.exists()


def test_the_schedule_in_three_arrangements(client: Client, run: Run) -> None:
    key = run.alternatives.exclude(key="current").first().key  # type: ignore[union-attr]
    for by in ("resource", "part", "table"):
        page = text(client, f"/plans/{run.code}/{key}/?by={by}")
        assert "プッシュロッド" in page
    bars = text(client, f"/plans/{run.code}/{key}/").count('class="bar part-')
    steps = run.cases.get().operations.count()
    assert bars >= steps


def test_now_stands_where_the_readers_clock_says(client: Client, run: Run, settings: object) -> None:
    key = run.alternatives.exclude(key="current").first().key  # type: ignore[union-attr]
    settings.ZAGUMI_NOW = "2026-11-20T18:30:00+00:00"  # type: ignore[attr-defined]
    page = text(client, f"/plans/{run.code}/{key}/")
    assert "いま 03:30" in page
    assert "いま 18:30" not in page


def test_unknown_arrangements_and_alternatives(client: Client, run: Run) -> None:
    key = run.alternatives.exclude(key="current").first().key  # type: ignore[union-attr]
    assert client.get(f"/plans/{run.code}/{key}/?by=nonsense&zoom=nonsense").status_code == 200
    assert client.get(f"/plans/{run.code}/nonsense/").status_code == 404
    assert client.get("/plans/R-2026-9999/").status_code == 404
    assert client.get(f"/plans/{run.code}/{key}/step/?step=nonsense.1").status_code == 404


def test_export_is_what_the_table_shows(client: Client, run: Run) -> None:
    key = run.alternatives.exclude(key="current").first().key  # type: ignore[union-attr]
    response = client.get(f"/plans/{run.code}/{key}/?export=csv")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert rows[0][:4] == ["案件", "工程", "会社", "機械"]
    assert len(rows) - 1 >= run.cases.get().operations.count()


def test_a_selected_step_says_why_here(client: Client, run: Run) -> None:
    case = run.cases.get()
    key = run.alternatives.exclude(key="current").first().key  # type: ignore[union-attr]
    page = text(client, f"/plans/{run.code}/{key}/step/?step={case.code}/10.1")
    assert "なぜこの会社" in page
    assert "なぜ他社でない" in page


def test_adopting_from_the_page(client: Client, run: Run) -> None:
    key = run.alternatives.exclude(key="current").first().key  # type: ignore[union-attr]
    client.post(f"/plans/{run.code}/{key}/adopt/", {"reason": ""})
    assert not Plan.objects.exists()
    client.post(f"/plans/{run.code}/{key}/adopt/", {"reason": "いちばん余裕がある"})
    plan = Plan.objects.get()
    assert plan.version == 1
    assert "いちばん余裕がある" in text(client, f"/cases/{plan.case.code}/plan/")
    assert plan.case.code in text(client, "/plans/")


def test_a_page_takes_few_queries(client: Client, run: Run, django_assert_max_num_queries: object) -> None:
    key = run.alternatives.exclude(key="current").first().key  # type: ignore[union-attr]
    text(client, f"/plans/{run.code}/{key}/")
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        text(client, f"/plans/{run.code}/{key}/")
