"""What everybody sees first: in the town, and where there is nothing yet."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.people import Cast
from tests.platform.shell.conftest import Built
from zagumi.platform.cases.models import Case, Option
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Party
from zagumi.platform.network.models import Company
from zagumi.platform.planning.models import Run
from zagumi.platform.shell import queries
from zagumi.platform.shell.queries import region
from zagumi.platform.shell.queries.office import risks, tasks
from zagumi.platform.shell.queries.office.stops import hindrances
from zagumi.platform.shell.views import familiar, greeting

Visit = Callable[..., Client]
PEOPLE = ("saeki", "misaki-seiki", "shiomi-heat", "toto", "kiryu", "shioya")


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main_of(page))))


# -------------------------------------------------------------------------------------------------------- in the town


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("who", PEOPLE)
def test_every_home_opens_and_leads_only_where_there_is_something(
    town: Built, visit: Visit, who: str, language: str
) -> None:
    browser = visit(town.actor(who), language)
    page = browser.get("/").content.decode()
    assert page.count("<h1>") == 1
    assert len(re.findall(r"button-main", main_of(page))) <= 1
    for url in set(re.findall(r'href="(/(?!static/)[^"]*)"', page)):
        answer = browser.get(unescape(url))
        answer.close()
        assert answer.status_code in (200, 302), (who, url, answer.status_code)


def test_the_office_reads_what_it_has_to_decide(town: Built, visit: Visit) -> None:
    office = town.actor("saeki")
    said = words(visit(office).get("/").content.decode())
    home = queries.office.home(office)
    assert f"今日決めることは {len(home.today)}件 です" in said
    assert queries.waiting(office) == len(home.today)
    kinds = {task.kind for task in (*home.today, *home.later)}
    assert kinds == {"choice", "replan", "answer", "question", "silent", "gap"}
    for expected in (
        "案を比べる",
        "設備停止",
        "退会の予告 浜田鍛工",
        "鍛造はこの会社だけです",
        "精密鋳造ができる会社を探す",
    ):
        assert expected in said
    dated = [task.until for task in home.today if task.until]
    assert dated == sorted(dated)
    assert home.today[0].until is not None


def test_a_plan_chosen_or_a_search_begun_takes_the_task_away(town: Built) -> None:
    office = town.actor("saeki")
    held = hindrances(office)
    assert [run.cases.get().code for run in tasks.awaiting_choice(office)] == [town.town.cases["automotive"]]
    assert tasks.unplanned(office, held) == held
    run = Run.objects.get(cases__code=town.town.cases["automotive"])
    begun = {task.code for task in tasks.to_decide(office, held) if task.kind == "replan"}
    assert begun == {case.code for hindrance in held for case in hindrance.cases[:1]}
    assert run.code not in begun


def test_cases_at_risk_say_how_far_off_why_and_what_next(town: Built) -> None:
    office = town.actor("saeki")
    found = {risk.code: risk for risk in risks.cases_at_risk(office, hindrances(office))}
    cases = town.town.cases
    assert found[cases["pump"]].tag[0] == "stopped"
    assert found[cases["pump"]].is_stale
    assert found[cases["conveyor"]].slack is not None
    assert found[cases["conveyor"]].slack < 0
    assert found[cases["conveyor"]].tag[0] == "late"
    assert found[cases["titanium"]].tag[0] == "blocked"
    assert found[cases["tank"]].tag[0] == "now"
    assert found[cases["rush"]].slack is None
    assert not {cases["plastic"], cases["marine"]} & found.keys()
    assert all(risk.next_url for risk in found.values())


@pytest.mark.parametrize(
    ("slack", "on_time", "spread"),
    [(2.0, 0.9, 2.0), (-1.0, 0.1, 1.0), (1.0, 1.0, 0.0), (None, 0.5, 0.0), (1.0, 0.2, 0.0)],
)
def test_the_likely_range_comes_from_slack_and_chance(slack: float | None, on_time: float, spread: float) -> None:
    assert risks.spread_days(slack, on_time) == pytest.approx(spread)


def test_a_member_sees_its_own_day_and_no_other_company(town: Built, visit: Visit) -> None:
    actor = town.actor("shiomi-heat")
    said = words(visit(actor).get("/").content.decode())
    for expected in ("自社の設備", "真空炉 1号", "止まった"):
        assert expected in said
    others = Company.objects.exclude(party_id=actor.party_id).values_list("party__short_name", flat=True)
    assert not [name for name in others if name in said]


def test_a_member_that_was_asked_is_led_to_its_answer(town: Built, visit: Visit) -> None:
    option = Option.objects.filter(answer=Option.Answer.WAITING, machine__site__party__short_name="東雲ラップ").get()
    browser = visit(town.actor("shinonome-lapping"))
    page = browser.get("/").content.decode()
    url = f"/cases/{option.operation.case.code}/steps/{option.operation.number}/options/{option.machine.code}/"
    assert url in page
    assert browser.get(url).status_code == 200


def test_a_buyer_reads_its_dates_in_its_own_words_and_no_company(town: Built, visit: Visit) -> None:
    actor = town.actor("toto")
    said = words(visit(actor).get("/").content.decode())
    own = Case.objects.visible_to(actor).exclude(stage__in=["done", "lost"])
    assert own.count() == 4
    for case in own:
        assert case.title in said
    assert "ゲージピンの面取り C0.3 の範囲を教えてください。" in said
    foreign = [*Company.objects.values_list("party__short_name", flat=True), "見積・同意", "座組み"]
    assert not [name for name in foreign if name in said]
    assert not [case.title for case in Case.objects.exclude(buyer_id=actor.party_id) if case.title in said]


def test_a_viewer_reads_nothing_that_rests_on_fewer_than_five(town: Built, visit: Visit) -> None:
    actor = town.actor("kiryu")
    said = words(visit(actor).get("/").content.decode())
    named = [*Party.objects.exclude(pk=actor.party_id).exclude(kind="coordinator").values_list("short_name", flat=True)]
    assert not [name for name in (*named, *Case.objects.values_list("title", flat=True)) if name in said]
    figures = region.region(actor)
    assert figures.companies == 40
    counts = [family.companies for family in figures.families] + [value for _words, value in figures.stages]
    assert {value for value in counts if value is not None} >= {5}
    assert not [value for value in counts if value is not None and 0 < value < region.LEAST]
    assert "5未満" in said


@pytest.mark.parametrize(
    ("counts", "kept"),
    [
        ({"a": 7, "b": 3, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 7, "b": 3, "c": 2}, {"a": 7, "b": None, "c": None}),
        ({"a": 7, "b": 0}, {"a": 7, "b": 0}),
        ({"a": 3}, {"a": None}),
    ],
)
def test_a_part_kept_back_cannot_be_told_from_the_total(counts: dict[str, int], kept: dict[str, int | None]) -> None:
    assert region.guarded(counts) == kept


@pytest.mark.parametrize(
    ("hour", "said"),
    [(4, "おはようございます"), (10, "おはようございます"), (11, "こんにちは"), (18, "こんばんは"), (2, "こんばんは")],
)
def test_the_greeting_knows_the_time_of_day(hour: int, said: str) -> None:
    from django.utils import translation

    with translation.override("ja"):
        assert greeting(hour) == said
    assert familiar("佐伯 恵") == "佐伯"


# ------------------------------------------------------------------------------------------ where there is nothing yet


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    ("role", "japanese", "english"),
    [
        ("coordinator", "今日の分は終わりました", "Today is done"),
        ("member", "共同の仕事の予定はありません", "No joint work is planned"),
        ("buyer", "進んでいる案件はありません", "Nothing is under way"),
        ("viewer", "まだ小さな網です", "The network is still small"),
        ("carrier", "運ぶ荷はありません", "Nothing to carry"),
    ],
)
def test_an_empty_network_says_what_comes_next(
    cast: Cast, signed_in: Any, role: str, japanese: str, english: str, language: str
) -> None:
    actor: Actor = getattr(cast, role)
    page = signed_in(actor).get("/", headers={"accept-language": language})
    assert page.status_code == 200
    assert (japanese if language == "ja" else english) in words(page.content.decode())


def test_help_and_patterns_open_for_everybody(town: Built, visit: Visit) -> None:
    for who in PEOPLE:
        browser = visit(town.actor(who))
        for url in ("/guide/", "/guide/patterns/"):
            assert browser.get(url).status_code == 200
    assert Client().get("/guide/").status_code == 302
